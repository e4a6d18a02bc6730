"""A message as it would go out: what it is about, how it reads, and why it stays."""

from email import message_from_bytes, policy

from peersupport.reminders.letters import letter_for
from peersupport.reminders.registry import kind_named


def row_of(message):
    """What a message is about, read as sending reads it; None if it is gone."""
    return kind_named(message.kind).rows().in_bulk([message.subject_id]).get(message.subject_id)


def letter_of(message):
    kind = kind_named(message.kind)
    return letter_for(message, kind, kind.compose(message, row_of(message)))


def received(letter):
    """The letter as a mail program reads it."""
    return message_from_bytes(letter.message().as_bytes(), policy=policy.default)


def html_of(letter):
    return next(part.content for part in letter.alternatives if part.mimetype == "text/html")


def reason_against(message, now):
    """Why it is not sent after all, or ""."""
    return kind_named(message.kind).reason_not_to_send(message, row_of(message), now)
