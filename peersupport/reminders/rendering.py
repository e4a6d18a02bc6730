"""Text and HTML of a mail, rendered once for all who are told the same and then addressed to each of them.

A group's members get the same words but for their name and their own way to stop them, which only the base templates
know. Nothing rendered outlives the rows it is about: a batch reads them anew after a second.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from peersupport.reminders.models import Message
from peersupport.reminders.registry import Email, Kind


@dataclass(frozen=True)
class Reader:
    """Whoever reads a mail, as far as its templates know them."""

    preferred_name: str


#: Stand in what is rendered for whoever reads it, and for their way to stop it.
SOMEONE = Reader(secrets.token_hex(16))
STOP = secrets.token_hex(16)
MOST_KEPT = 200
#: What is equal reads alike.
PLAIN = (str, int, float, date, time)
#: The fields of an e-mail that are read as they stand: its context is compared with more care.
_READ = [field.name for field in fields(Email) if field.name not in {"context", "calendar", "to"}]
#: What was rendered last, oldest first: the e-mail, and its text and HTML for someone.
_kept: OrderedDict[tuple, tuple[Email, str, str]] = OrderedDict()


def rendered(message: Message, kind: Kind, email: Email, unsubscribe: str) -> tuple[str, str]:
    """Text and HTML for the message's recipient, in the language and time zone that are active."""
    name = message.recipient.preferred_name if message.recipient else ""
    text, html = _for_someone(kind, email, SOMEONE if message.recipient else None, STOP if unsubscribe else "")
    return _addressed(text, name, unsubscribe), _addressed(html, escape(name), escape(unsubscribe))


def kept_with[T](row: Model, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gave the first time it was asked for this key of this row, as it was read."""
    kept = row.__dict__.setdefault("_said", {})
    if key not in kept:
        kept[key] = make()
    return kept[key]


def _addressed(text, name, unsubscribe):
    return text.replace(SOMEONE.preferred_name, name).replace(STOP, unsubscribe)


def _for_someone(kind, email, reader, stop):
    key = (kind.name, email.action, reader, stop, translation.get_language(), timezone.get_current_timezone_name())
    same, text, html = _kept.get(key, (None, "", ""))
    if same is None or not _say_the_same(same, email):
        context = _context(kind, email, reader, stop)
        text, html = (render_to_string(f"{email.template}.{ending}", context) for ending in ("txt", "html"))
        _keep(key, (email, text, html))
    return text, html


def _keep(key, value):
    _kept[key] = value
    _kept.move_to_end(key)
    if len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)


def _context(kind, email, reader, stop):
    return {
        **email.context,
        "email": email,
        "kind": kind,
        "recipient": reader,
        "service_name": settings.SERVICE_NAME,
        "service_run_by": settings.SERVICE_RUN_BY,
        "unsubscribe_url": stop,
        "preferences_url": settings.BASE_URL + reverse("reminders:preferences"),
    }


def _say_the_same(one, other):
    """Whether two e-mails render alike. Their calendar part and address are in neither text nor HTML."""
    return all(getattr(one, name) == getattr(other, name) for name in _READ) and _is_alike(one.context, other.context)


def _is_alike(one: Any, other: Any) -> bool:
    """Whether two values in a context are sure to read alike: a row that was read again may have changed since."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_is_alike(value, other[name]) for name, value in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_is_alike, one, other))
    return bool(one == other) if isinstance(one, PLAIN) else one is other
