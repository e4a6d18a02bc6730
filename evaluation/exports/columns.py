"""The columns that tables are made of, as short as they can be said."""

from evaluation.exports.variables import YES_NO, Variable
from evaluation.models import ConsentStatement

Purpose = ConsentStatement.Purpose
#: Consents that put nobody into a bundle, but say what may be done with what is in it.
NOTED = (Purpose.QUOTES,)


def key(use: str, label: str, sql: str, *, can_be_hidden: bool = False) -> Variable:
    return Variable(f"{use}_id", label, sql, identifies=use, is_raw_key=True, can_be_hidden=can_be_hidden)


def known(use: str, label: str, sql: str) -> Variable:
    """An identifier that `people` or `covered` holds ready-made."""
    return Variable(f"{use}_id", label, sql, identifies=use)


def number(name: str, label: str, sql: str) -> Variable:
    return Variable(name, label, sql, "integer")


def yes_no(name: str, label: str, sql: str, purpose: str = "") -> Variable:
    return Variable(name, label, f"({sql})::text", "boolean", YES_NO, purpose=purpose)


def holds(purpose: Purpose, what: str) -> Variable:
    is_noted = purpose in NOTED
    return yes_no(f"consents_{purpose}", f"Consent holds: {what}", f"people.{purpose}", "" if is_noted else purpose)


def days_since_entry(name: str, label: str, day: str) -> Variable:
    return number(name, label, f"{day} - people.entered_on")


def on(moment: str) -> str:
    """The day of a moment, in the service's own time zone."""
    return f"({moment} AT TIME ZONE %(zone)s)::date"
