"""Instruments: sets of questions with fixed wording, as data, and the scores that they give.

Members answer them for themselves (supportplans); researchers will administer the same ones (evaluation).
"""
