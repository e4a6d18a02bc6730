"""Changing several meetings of a rhythm: this one and those after it, or all that are still ahead.

The rhythm ends where the change begins, and a new one goes on from there. Meetings keep their row, and with it their
place in people's calendars. What was changed on its own before, or cancelled, stays as it is.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db import transaction

from groups.models import Meeting, MeetingSeries, Venue
from groups.recurrence import Repeat, day_before, days_of, ends_of, moment_of, rhythm_of, rule_for
from groups.refusals import InThePast, MeetingOver
from groups.services.meeting import MOVED, cancel_together, change_meeting, locked_meeting, tell_members
from groups.services.series import extend_series
from members.models import Person

#: Further than any rhythm reaches in the years that a form lets people plan.
FAR = timedelta(days=366 * 12)


@dataclass(frozen=True)
class Changed:
    """The first meeting that changed, how many did, and how many keep the change they had on their own."""

    first: Meeting
    number: int
    kept: int


@transaction.atomic
def move_series(
    *,
    meeting: Meeting,
    is_from_now: bool,
    on: date,
    start_time: time,
    duration_minutes: int,
    venue: Venue | None,
    online_venue: Venue | None = None,
    by: Person,
    now: datetime,
) -> Changed:
    """Give `meeting` and those after it (or, with `is_from_now`, all still ahead) another day, time or place.

    `on` is the new day of `meeting` itself; the others follow by the same rhythm. Members get one mail, about the
    first of them; calendars that read a feed get all.
    """
    meeting = locked_meeting(meeting=meeting, now=now)
    old = MeetingSeries.objects.select_for_update().get(meetings=meeting)
    ahead = _ahead(old, meeting, is_from_now, now)
    new = _new_series(old, ahead, meeting, on, start_time, duration_minutes, venue, online_venue, now)
    days = _days_for(new, ahead, meeting, on)
    if moment_of(days[0], start_time, old.time_zone) <= now:
        raise InThePast
    changed = [
        _follow(each, new, day, now)
        for each, day in zip(ahead, days, strict=True)
        if each.is_going_ahead and _is_as_planned(each, old)
    ]
    if not changed:
        raise MeetingOver
    kept = sum(each.is_going_ahead for each in ahead) - len(changed)
    MeetingSeries.objects.filter(pk=old.pk).update(ended_at=now)
    extend_series(series=new, now=now)
    tell_members(kind=MOVED, meeting=changed[0], until=changed[0].starts_at, now=now)
    return Changed(changed[0], len(changed), kept)


@transaction.atomic
def cancel_following(*, meeting: Meeting, reason: str, by: Person, now: datetime) -> int:
    """Cancel this meeting and all after it; the rhythm ends. Gives how many; members hear of the first."""
    meeting = locked_meeting(meeting=meeting, now=now)
    MeetingSeries.objects.filter(meetings=meeting, ended_at=None).update(ended_at=now)
    following = Meeting.objects.filter(series=meeting.series_id, starts_at__gte=meeting.starts_at)
    return cancel_together(meetings=following.going_ahead().order_by("starts_at"), reason=reason, by=by, now=now)


def _ahead(series, meeting, is_from_now, now):
    """The meetings that the change is about, cancelled ones among them: they keep the rhythm's count."""
    rows = Meeting.objects.filter(series=series, starts_at__gt=now).select_for_update(of=["self"])
    if not is_from_now:
        rows = rows.filter(original_on__gte=meeting.original_on)
    return list(rows.select_related("group").order_by("original_on"))


def _new_series(old, ahead, meeting, on, start_time, duration_minutes, venue, online_venue, now):
    unit, every = rhythm_of(old.rule)
    end = ends_of(old.rule)
    if "times" in end:
        gone = Meeting.objects.filter(series=old, original_on__lt=ahead[0].original_on).count()
        end["times"] = max(end["times"] - gone, len(ahead))
    elif "last_on" in end:
        end["last_on"] += on - meeting.original_on
    first_on = on if ahead[0] == meeting else _steps_before(on, unit, every, ahead.index(meeting))
    return MeetingSeries.objects.create(
        group_id=old.group_id,
        rule=rule_for(Repeat.OTHER, on, unit=unit, every=every, **end),
        first_on=first_on,
        start_time=start_time,
        duration_minutes=duration_minutes,
        time_zone=old.time_zone,
        venue=venue,
        online_venue=online_venue,
        capacity=old.capacity,
        planned_until=day_before(first_on),
        created_at=now,
    )


def _steps_before(on, unit, every, steps):
    """A day from which the rhythm through `on` has `steps` meetings before it."""
    back = steps * every
    if unit == "days":
        return on - timedelta(days=back)
    if unit == "weeks":
        return on - timedelta(weeks=back)
    months = 12 * back if unit == "years" else back
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _days_for(series, ahead, meeting, on):
    """As many days of the new rhythm as there are meetings; `on` is the one of `meeting`."""
    days = days_of(series.rule, series.first_on, after=day_before(series.first_on), until=on + FAR)
    found = list(islice(days, len(ahead)))
    series.planned_until = found[-1]
    series.save(update_fields=["planned_until"])
    return found


def _is_as_planned(meeting, series):
    """Whether it still has the time and place that its rhythm gave it."""
    starts_at = moment_of(meeting.original_on, series.start_time, series.time_zone)
    planned = (starts_at, starts_at + timedelta(minutes=series.duration_minutes))
    places = (series.venue_id, series.online_venue_id)
    return (meeting.starts_at, meeting.ends_at, meeting.venue_id, meeting.online_venue_id) == (*planned, *places)


def _follow(meeting, series, day, now):
    starts_at = moment_of(day, series.start_time, series.time_zone)
    change_meeting(
        meeting=meeting,
        reason="The meeting was moved.",
        now=now,
        series=series,
        original_on=day,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=series.duration_minutes),
        venue_id=series.venue_id,
        online_venue_id=series.online_venue_id,
    )
    return meeting
