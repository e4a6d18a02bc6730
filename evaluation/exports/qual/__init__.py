"""Approved texts in a bundle: the words, what is coded in them, and the same as a project that programs for qualitative
analysis read (REFI-QDA 1.5)."""
