"""Our own writer, read back by a parser that knows nothing of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as some

from groups.icalendar import Event, calendar_of, escape, fold

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
EVENT = Event(
    uid="6f1c@example.org",
    sequence=2,
    starts_at=START,
    ends_at=START + timedelta(hours=2),
    changed_at=START - timedelta(days=9),
    summary="Your group meets",
    location="Hall, 1 High Street; back door",
    description="Tuesday group",
    url="https://example.org/meetings/7/",
)
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe"]
# Anything a person can type; what XML and calendars call control characters is left out on purpose.
typed = some.text(some.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=300)


def read(event, **options):
    return icalendar.Calendar.from_ical(calendar_of([event], **options)).events[0]


def test_an_entry_holds_what_it_was_given():
    entry = read(EVENT)
    assert entry["UID"] == "6f1c@example.org"
    assert (entry.start, entry.end, entry.stamp) == (EVENT.starts_at, EVENT.ends_at, EVENT.changed_at)
    assert (entry["SEQUENCE"], entry["SUMMARY"], entry["STATUS"], entry["CLASS"]) == (
        2,
        "Your group meets",
        "CONFIRMED",
        "PRIVATE",
    )
    assert (entry["LOCATION"], entry["DESCRIPTION"]) == ("Hall, 1 High Street; back door", "Tuesday group")
    assert entry["URL"] == "https://example.org/meetings/7/"


def test_a_feed_names_nobody():
    written = calendar_of([EVENT], name="Peer Support").decode()
    assert [word for word in ("ATTENDEE", "ORGANIZER", "METHOD", "mailto") if word in written] == []
    assert icalendar.Calendar.from_ical(written)["X-WR-CALNAME"] == "Peer Support"


def test_a_cancelled_meeting_stays_and_says_so():
    assert read(replace(EVENT, is_cancelled=True))["STATUS"] == "CANCELLED"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_a_mail_names_the_service_and_its_one_recipient(settings, method):
    settings.SERVICE_NAME, settings.CALENDAR_ADDRESS = 'Peer "Support"', "meetings@example.org"
    written = calendar_of([replace(EVENT, attendee="sam@example.org")], method=method)
    calendar = icalendar.Calendar.from_ical(written)
    entry = calendar.events[0]
    assert calendar["METHOD"] == method
    assert (entry["ORGANIZER"], entry["ORGANIZER"].params["CN"]) == ("mailto:meetings@example.org", "Peer 'Support'")
    assert (entry["ATTENDEE"], entry["ATTENDEE"].params["RSVP"]) == ("mailto:sam@example.org", "FALSE")
    assert written.count(b"ATTENDEE") == 1


def test_an_empty_calendar_is_one_all_the_same():
    assert icalendar.Calendar.from_ical(calendar_of([])).events == []


@given(text=typed)
def test_any_text_comes_back_as_it_was_typed(text):
    entry = read(replace(EVENT, description=f"x{text}x"))
    assert entry["DESCRIPTION"] == f"x{text}x"


@given(text=some.text(max_size=200))
def test_no_text_breaks_out_of_its_line(text):
    """Control characters and all the line ends there are."""
    written = calendar_of([replace(EVENT, summary=text, location=text, description=text)])
    entry = icalendar.Calendar.from_ical(written).events[0]
    assert set(entry) - {"LOCATION", "DESCRIPTION"} == {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "CLASS", "URL",
    }  # fmt: skip
    assert entry["UID"] == EVENT.uid


@given(text=some.text(max_size=400))
def test_no_line_is_longer_than_75_octets(text):
    written = calendar_of([replace(EVENT, summary=text)])
    assert max(map(len, written.split(b"\r\n"))) <= 75
    assert written.endswith(b"END:VCALENDAR\r\n")
    # Never cut in the middle of a character.
    assert written.replace(b"\r\n ", b"").decode().count("SUMMARY") >= 1


@given(text=some.text(some.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=400))
def test_unfolding_gives_the_line_back(text):
    assert fold(text).replace("\r\n ", "") == text


def test_line_ends_of_any_machine_are_one():
    assert escape("one\r\ntwo\nthree") == "one\\ntwo\\nthree"


@given(
    day=some.dates(min_value=datetime(2026, 1, 1).date(), max_value=datetime(2027, 12, 31).date()),
    zone=some.sampled_from(ZONES),
)
def test_every_clock_shows_the_same_moment(day, zone):
    """Two in the afternoon there, on any day of two years with their clock changes."""
    starts_at = datetime(day.year, day.month, day.day, 14, tzinfo=ZoneInfo(zone))
    entry = read(replace(EVENT, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)))
    assert entry.start == starts_at.astimezone(UTC)
    assert entry.start.astimezone(ZoneInfo(zone)).hour == 14


@pytest.mark.parametrize("zone", ZONES)
def test_a_meeting_over_the_clock_change_lasts_as_long_as_it_lasts(zone):
    """One at midnight on every day of a year: two hours are two hours."""
    starts = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
    events = [
        replace(EVENT, starts_at=start.astimezone(ZoneInfo(zone)), ends_at=start + timedelta(hours=2))
        for start in starts
    ]
    entries = icalendar.Calendar.from_ical(calendar_of(events)).events
    assert {entry.end - entry.start for entry in entries} == {timedelta(hours=2)}
    assert {later.start - entry.start for entry, later in pairwise(entries)} == {timedelta(days=1)}
