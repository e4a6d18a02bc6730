"""The kinds of message this app sends, one module a noun: importing them registers their kinds."""

from evaluation.reminders import appointment, export, identity, invitation, notice, questions

__all__ = ["appointment", "export", "identity", "invitation", "notice", "questions"]
