"""Writing a feed of 500 meetings, against putting ready-made words into lines, and against a library."""

from datetime import UTC, datetime, timedelta

import icalendar

from groups.icalendar import Event, calendar_of
from tests.benchmarks.measure import Measure, in_turn

MEETINGS = 500
START = datetime(2026, 11, 24, 14, tzinfo=UTC)


def measures():
    events = [_event(number) for number in range(MEETINGS)]
    ready = [[line.partition(":") for line in calendar_of([event]).decode().split("\r\n")] for event in events]
    ours, limit = in_turn(lambda: calendar_of(events), lambda: _joined(ready))
    yield Measure("calendar feed of 500 against ready strings", ours, "s", limit, bar=5)
    ours, library = in_turn(lambda: calendar_of(events), lambda: _by_library(events))
    yield Measure("calendar feed of 500 against a library", ours, "s", library, bar=1 / 16)


def _event(number):
    starts_at = START + timedelta(days=number)
    return Event(
        uid=f"6f1c0b1e-9c2a-4b1d-8f7e-{number:012}@example.org",
        sequence=number % 3,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        changed_at=START,
        summary="Your group meets",
        location="Hall, 1 High Street, Bristol BS1 1AA",
        description="Tuesday group",
        url=f"https://example.org/meetings/{number}/",
    )


def _joined(ready):
    return "\r\n".join("\r\n".join(f"{name}{colon}{value}" for name, colon, value in lines) for lines in ready).encode()


def _by_library(events):
    calendar = icalendar.Calendar()
    for event in events:
        entry = icalendar.Event()
        entry.add("uid", event.uid)
        entry.add("sequence", event.sequence)
        entry.add("dtstamp", event.changed_at)
        entry.add("dtstart", event.starts_at)
        entry.add("dtend", event.ends_at)
        for name in ("summary", "location", "description", "url"):
            entry.add(name, getattr(event, name))
        entry.add("status", "CONFIRMED")
        entry.add("class", "PRIVATE")
        calendar.add_component(entry)
    return calendar.to_ical()
