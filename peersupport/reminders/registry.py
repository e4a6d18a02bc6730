"""The kinds of message there are. The kernel knows no app: each declares its kinds in its `reminders` module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from peersupport.access.roles import Role

#: Words that are translated when they are read.
Words = str | Promise


@dataclass(frozen=True)
class Email:
    """What one message says, made at the moment of sending.

    `template` names a pair of templates, `<template>.txt` and `<template>.html`. `action` is the one thing to do next:
    a label and an address in full. `calendar` is an iCalendar object sent with `calendar_method`. `to` is given only
    where the message has no recipient with an account.
    """

    subject: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    action: tuple[str, str] | None = None
    brief: str = ""
    calendar: bytes = b""
    calendar_method: str = "REQUEST"
    to: str = ""


@dataclass(frozen=True)
class Ahead:
    """Something that lies ahead of a person, as one line of the weekly digest."""

    at: datetime
    when: str
    text: str
    url: str


@dataclass(frozen=True)
class Kind:
    """A sort of message.

    `rows()` gives the queryset from which the rows that messages are about are read, for many messages at once.
    `reason_not_to_send(message, row, now)` is "" while the message is still true, else why not, in words that hold no
    content. `compose(message, row)` writes it. Neither should ask the database: what they need belongs into `rows`.
    `plan(since, until)` gives the SQL and parameters of a SELECT of subject_id, recipient_id, lead_minutes,
    schedule_version, due_at, expires_at for what falls due in that time. `subject` names what the message is about
    where several kinds share it: messages about one thing reach a person in the order they were written.
    `at_most_once` kinds are not sent again when nobody knows whether they went out. `leads` are the lead times that
    a person can choose from, minutes to words; `usual_leads` those that hold until they do. `roles` are those whom the
    kind concerns; empty: everyone. `ahead(person, since, until)` says what it would remind of in that time: whoever
    wants a weekly digest gets that in place of single messages.
    """

    name: str
    label: Words
    why: Words
    rows: Callable[[], QuerySet]
    reason_not_to_send: Callable[[Any, Any, datetime], str]
    compose: Callable[[Any, Any], Email]
    plan: Callable[[datetime, datetime], tuple[str, Any]] | None = None
    subject: str = ""
    can_turn_off: bool = True
    at_most_once: bool = False
    leads: Mapping[int, str] = field(default_factory=dict)
    usual_leads: tuple[int, ...] = (0,)
    roles: frozenset[Role] = frozenset()
    ahead: Callable[[Any, datetime, datetime], list[Ahead]] | None = None

    @property
    def about(self) -> str:
        return self.subject or self.name


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known; called when the app's `reminders` module is imported. Raises ValueError for a name in use."""
    known = _kinds.setdefault(kind.name, kind)
    if known is not kind:
        raise ValueError(f"There is a kind of message called {kind.name} already.")
    return kind


def forget(name: str) -> None:
    _kinds.pop(name, None)


def kind_named(name: str) -> Kind | None:
    """The kind with this name; None for one that the running code no longer knows."""
    return _kinds.get(name)


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)
