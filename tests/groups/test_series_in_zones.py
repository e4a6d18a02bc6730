"""Meetings keep their wall time through both clock changes of three zones, however they came about."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from groups.calendar_entries import entry_of
from groups.icalendar import calendar_of
from groups.models import Meeting
from groups.recurrence import Repeat, Unit
from groups.services.meeting import move_meeting, plan_meeting
from groups.services.series import extend_series
from groups.services.series_change import move_series
from tests.factories import PersonFactory, SupportGroupFactory

pytestmark = pytest.mark.django_db
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe"]
#: So early that half a year ahead holds one clock change and a year both.
BEGINNING = datetime(2026, 1, 5, 12, tzinfo=UTC)
FIRST = date(2026, 1, 20)
DAY = timedelta(days=1)
quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Times that no clock change skips: those are for tests/groups/test_recurrence.py.
hours = some.times(min_value=time(4), max_value=time(21)).map(lambda at: at.replace(second=0, microsecond=0))


def plan(zone, at, unit=Unit.WEEKS, every=2, **fields):
    group = SupportGroupFactory(time_zone=zone)
    details = {"on": FIRST, "start_time": at, "duration_minutes": 90, "venue": None}
    rhythm = {"repeat": Repeat.OTHER, "unit": unit, "every": every}
    return plan_meeting(group=group, by=PersonFactory(), now=BEGINNING, **details | rhythm | fields).series


def shown_times(meetings, zone):
    return {timezone.localtime(meeting.starts_at, ZoneInfo(zone)).time() for meeting in meetings}


def offsets(meetings, zone):
    return {timezone.localtime(meeting.starts_at, ZoneInfo(zone)).utcoffset() for meeting in meetings}


@quick
@given(zone=some.sampled_from(ZONES), at=hours)
def test_a_year_of_meetings_is_at_one_time_of_day(zone, at):
    series = plan(zone, at)
    for days in (150, 300):
        extend_series(series=series, now=BEGINNING + days * DAY)
    meetings = list(series.meetings.all())
    assert shown_times(meetings, zone) == {at}
    assert len(offsets(meetings, zone)) == 2
    assert {meeting.ends_at - meeting.starts_at for meeting in meetings} == {timedelta(minutes=90)}


@quick
@given(zone=some.sampled_from(ZONES), at=hours, later=hours)
def test_from_one_meeting_on_it_is_at_another(zone, at, later):
    series = plan(zone, at)
    third = series.meetings.order_by("starts_at")[2]
    details = {"duration_minutes": 90, "venue": None, "by": PersonFactory(), "now": BEGINNING}
    if later == at:
        return
    changed = move_series(meeting=third, is_from_now=False, on=third.original_on, start_time=later, **details)
    new = changed.first.series
    extend_series(series=new, now=BEGINNING + 300 * DAY)
    assert shown_times(series.meetings.all(), zone) == {at}
    assert shown_times(new.meetings.all(), zone) == {later}
    assert len(offsets(new.meetings.all(), zone)) == 2


@quick
@given(zone=some.sampled_from(ZONES), at=hours, unit=some.sampled_from([Unit.DAYS, Unit.WEEKS, Unit.MONTHS_BY_WEEKDAY]))
def test_no_day_comes_twice_and_none_is_left_out(zone, at, unit):
    every = 9 if unit == Unit.DAYS else 1
    series = plan(zone, at, unit=unit, every=every)
    for days in (60, 61, 120, 240):
        extend_series(series=series, now=BEGINNING + days * DAY)
    found = list(series.meetings.order_by("starts_at").values_list("original_on", flat=True))
    assert len(set(found)) == len(found)
    spans = {(after - before).days for before, after in pairwise(found)}
    assert spans <= {Unit.DAYS: {9}, Unit.WEEKS: {7}}.get(unit, {28, 35})


@quick
@given(zone=some.sampled_from(ZONES), day=some.dates(date(2026, 2, 1), date(2026, 12, 20)), at=hours)
def test_one_that_is_moved_is_where_it_was_put(zone, day, at):
    meeting = plan(zone, time(14)).meetings.order_by("starts_at").first()
    details = {"duration_minutes": 60, "venue": None, "by": PersonFactory(), "now": BEGINNING}
    moved = move_meeting(meeting=meeting, on=day, start_time=at, **details)
    shown = timezone.localtime(moved.starts_at, ZoneInfo(zone))
    assert (shown.date(), shown.time()) == (day, at)


@quick
@given(zone=some.sampled_from(ZONES), at=hours, own=some.sampled_from(ZONES))
def test_every_calendar_shows_each_at_that_moment(zone, at, own):
    series = plan(zone, at, times=12)
    meetings = list(Meeting.objects.filter(series=series).select_related("group", "venue", "online_venue"))
    entries = icalendar.Calendar.from_ical(calendar_of(map(entry_of, meetings))).events
    for meeting, entry in zip(meetings, entries, strict=True):
        assert entry.start.astimezone(ZoneInfo(own)) == meeting.starts_at.astimezone(ZoneInfo(own))
        assert entry.end - entry.start == timedelta(minutes=90)
