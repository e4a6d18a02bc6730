"""The kinds of message this app sends, one module a noun: importing them registers their kinds."""

from supportplans.reminders import goal, plan

__all__ = ["goal", "plan"]
