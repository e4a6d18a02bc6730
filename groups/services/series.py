"""A rhythm of meetings: its occurrences are rows, made some months ahead."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from groups.models import Meeting, MeetingSeries, SupportGroup, Venue
from groups.recurrence import day_before, days_of, moment_of
from groups.services.standing_answers import answer_for_the_usual

#: How far ahead occurrences are made.
AHEAD = timedelta(days=182)


@transaction.atomic
def add_series(
    *,
    group: SupportGroup,
    rule: str,
    first_on: date,
    start_time: time,
    duration_minutes: int,
    venue: Venue | None,
    now: datetime,
    online_venue: Venue | None = None,
    capacity: int | None = None,
) -> MeetingSeries:
    """A series with its first half year of meetings."""
    series = MeetingSeries.objects.create(
        group=group,
        rule=rule,
        first_on=first_on,
        start_time=start_time,
        duration_minutes=duration_minutes,
        time_zone=group.time_zone,
        venue=venue,
        online_venue=online_venue,
        capacity=capacity,
        planned_until=day_before(first_on),
        created_at=now,
    )
    extend_series(series=series, now=now)
    return series


@transaction.atomic
def extend_series(*, series: MeetingSeries, now: datetime) -> int:
    """Make the occurrences up to half a year ahead that are not there yet; gives how many. Twice adds nothing."""
    series = MeetingSeries.objects.select_for_update().get(pk=series.pk)
    until = max(timezone.localdate(now, timezone=series.zone), series.first_on) + AHEAD
    if series.ended_at or series.planned_until >= until:
        return 0
    days = days_of(series.rule, series.first_on, after=series.planned_until, until=until)
    occurrences = [_occurrence(series, day, now) for day in days]
    # What a group's long break left out stays out.
    meetings = Meeting.objects.bulk_create(occurrence for occurrence in occurrences if occurrence.starts_at > now)
    answer_for_the_usual(meetings=meetings, now=now)
    series.planned_until = until
    series.save(update_fields=["planned_until"])
    return len(meetings)


def _occurrence(series, day, now):
    starts_at = moment_of(day, series.start_time, series.time_zone)
    return Meeting(
        group_id=series.group_id,
        series=series,
        original_on=day,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=series.duration_minutes),
        time_zone=series.time_zone,
        venue_id=series.venue_id,
        online_venue_id=series.online_venue_id,
        capacity=series.capacity,
        changed_at=now,
        created_at=now,
    )


def extend_all_series(*, now: datetime) -> int:
    """Every series that goes on, of groups that are meeting."""
    going_on = MeetingSeries.objects.filter(ended_at=None, group__in=SupportGroup.objects.meeting_on())
    short = going_on.filter(planned_until__lt=now.date() + AHEAD - timedelta(days=7))
    return sum(extend_series(series=series, now=now) for series in short)
