"""iCalendar (RFC 5545) as feed and mails need it; a small writer of our own, since libraries take many times as long.

Times are written in UTC: an occurrence is one moment, and every calendar shows it by its owner's clock. There are no
recurrence rules in what goes out: each meeting is an event of its own, with a UID that never changes and a SEQUENCE
that rises when its time, place or state does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

LINE_OCTETS = 75
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


@dataclass(frozen=True)
class Event:
    """One meeting as a calendar entry. `changed_at` becomes DTSTAMP; `attendee` is given in mails only."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    is_cancelled: bool = False
    attendee: str = ""


def calendar_of(events: Iterable[Event], *, method: str = "", name: str = "") -> bytes:
    """A VCALENDAR in UTF-8 with CRLF line ends; `method` for mails (REQUEST, CANCEL), `name` for feeds."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Peer Support//Meetings//EN", "CALSCALE:GREGORIAN"]
    if method:
        lines.append(f"METHOD:{method}")
    if name:
        lines.append(f"X-WR-CALNAME:{escape(name)}")
    parts = [_folded(lines), *(_folded(_lines_of(event)) for event in events), "END:VCALENDAR", ""]
    return "\r\n".join(parts).encode()


def escape(text: str) -> str:
    """`text` as a TEXT value (RFC 5545, 3.3.11); control characters, which it may not hold, are left out."""
    text = _CONTROL.sub("", text)
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> str:
    """`line` in pieces of at most 75 octets, never cutting a character (RFC 5545, 3.1)."""
    if len(line) <= LINE_OCTETS and (line.isascii() or len(line.encode()) <= LINE_OCTETS):
        return line
    pieces, piece, octets = [], "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > LINE_OCTETS:
            pieces.append(piece)
            # The space that marks a continuation counts too.
            piece, octets = " ", 1
        piece, octets = piece + character, octets + size
    return "\r\n".join([*pieces, piece])


def _folded(lines):
    text = "\r\n".join(lines)
    # Most entries have no long line; looking once spares looking at each.
    return text if text.isascii() and max(map(len, lines)) <= LINE_OCTETS else "\r\n".join(map(fold, lines))


def _lines_of(event):
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_utc(event.changed_at)}",
        f"DTSTART:{_utc(event.starts_at)}",
        f"DTEND:{_utc(event.ends_at)}",
        f"SUMMARY:{escape(event.summary)}",
        f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
        "CLASS:PRIVATE",
    ]
    for name, value in (("LOCATION", event.location), ("DESCRIPTION", event.description)):
        if value:
            lines.append(f"{name}:{escape(value)}")
    if event.url:
        lines.append(f"URL:{event.url}")
    if event.attendee:
        # The organiser is the service's own address, so that no member's address reaches another.
        lines.append(f"ORGANIZER;CN={_quoted(settings.SERVICE_NAME)}:mailto:{settings.CALENDAR_ADDRESS}")
        lines.append(f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{event.attendee}")
    lines.append("END:VEVENT")
    return lines


def _utc(moment):
    at = moment.astimezone(UTC)
    # A feed has hundreds of these; strftime takes four times as long.
    return "%04d%02d%02dT%02d%02d%02dZ" % (at.year, at.month, at.day, at.hour, at.minute, at.second)  # noqa: UP031


def _quoted(text):
    return '"' + text.replace('"', "'") + '"'
