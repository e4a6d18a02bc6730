"""The kinds of message this app sends, one module a noun: importing them registers their kinds."""

from groups.reminders import (
    answer,
    concern,
    first_meeting,
    group,
    invitation,
    joining,
    meeting,
    membership,
    place,
    role,
    safeguarding,
    support_request,
)

__all__ = [
    "answer",
    "concern",
    "first_meeting",
    "group",
    "invitation",
    "joining",
    "meeting",
    "membership",
    "place",
    "role",
    "safeguarding",
    "support_request",
]
