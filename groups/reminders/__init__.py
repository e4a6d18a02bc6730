"""The kinds of message this app sends, one module a noun: importing them registers their kinds."""

from groups.reminders import invitation, joining, meeting, membership, role

__all__ = ["invitation", "joining", "meeting", "membership", "role"]
