"""Meetings: planned, moved, cancelled."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from groups.models import Meeting, MeetingSeries, Membership, SupportGroup, Venue
from groups.models.checklist import Page
from groups.recurrence import Repeat, Unit, moment_of, rule_for
from groups.refusals import GroupHasEnded, InThePast, MeetingOver, NeverHappens, NotOverYet
from groups.services.checklist import note_done
from groups.services.series import add_series
from groups.services.standing_answers import answer_for_the_usual
from members.models import Person
from peersupport.reminders import outbox

PLANNED, MOVED, CANCELLED = "groups.meeting_planned", "groups.meeting_moved", "groups.meeting_cancelled"
COMING = "groups.meeting_coming"


@transaction.atomic
def plan_meeting(
    *,
    group: SupportGroup,
    on: date,
    start_time: time,
    duration_minutes: int,
    venue: Venue | None,
    online_venue: Venue | None = None,
    capacity: int | None = None,
    repeat: str = Repeat.NOT,
    unit: str = Unit.WEEKS,
    every: int = 1,
    last_on: date | None = None,
    times: int | None = None,
    by: Person,
    now: datetime,
) -> Meeting:
    """A meeting, or the first of a series; members get one message about it, with a calendar entry."""
    if SupportGroup.objects.locked(group).state == SupportGroup.State.CLOSED:
        raise GroupHasEnded
    if moment_of(on, start_time, group.time_zone) <= now:
        raise InThePast
    place: dict[str, Any] = {"venue": venue, "online_venue": online_venue if venue else None, "capacity": capacity}
    if repeat == Repeat.NOT:
        meeting = _add_single(group, on, start_time, duration_minutes, now, **place)
        answer_for_the_usual(meetings=[meeting], now=now)
    else:
        series = add_series(
            group=group,
            rule=rule_for(repeat, on, last_on, unit=unit, every=every, times=times),
            first_on=on,
            start_time=start_time,
            duration_minutes=duration_minutes,
            now=now,
            **place,
        )
        meeting = series.meetings.order_by("original_on").first()
        if meeting is None:
            raise NeverHappens
    note_done(group=group, page=Page.MEETING, by=by, now=now)
    tell_members(kind=PLANNED, meeting=meeting, until=meeting.starts_at, now=now)
    return meeting


@transaction.atomic
def move_meeting(
    *,
    meeting: Meeting,
    on: date,
    start_time: time,
    duration_minutes: int,
    venue: Venue | None,
    online_venue: Venue | None = None,
    by: Person,
    now: datetime,
) -> Meeting:
    """Another time or place for one meeting. Old reminders go, everyone is told, and new reminders follow it."""
    meeting = locked_meeting(meeting=meeting, now=now)
    starts_at = moment_of(on, start_time, meeting.time_zone)
    if starts_at <= now:
        raise InThePast
    changed = {
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=duration_minutes),
        "venue": venue,
        "online_venue": online_venue,
    }
    if all(getattr(meeting, field) == value for field, value in changed.items()):
        return meeting
    change_meeting(meeting=meeting, reason="The meeting was moved.", now=now, **changed)
    tell_members(kind=MOVED, meeting=meeting, until=meeting.starts_at, now=now)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, by: Person, now: datetime, is_told: bool = True) -> Meeting:
    """Call a meeting off. `is_told` is False for the later ones of many that are cancelled together."""
    meeting = locked_meeting(meeting=meeting, now=now)
    state = Meeting.State.CANCELLED
    change_meeting(meeting=meeting, reason="The meeting was cancelled.", now=now, state=state, cancel_reason=reason)
    if is_told:
        # Up to its end: someone may be on the way to a meeting that has begun.
        tell_members(kind=CANCELLED, meeting=meeting, until=meeting.ends_at, now=now)
    return meeting


@transaction.atomic
def stop_series(*, series: MeetingSeries, reason: str, by: Person, now: datetime) -> int:
    """End a rhythm: what was still ahead is cancelled; gives how many. Members hear of the next one."""
    MeetingSeries.objects.filter(pk=series.pk, ended_at=None).update(ended_at=now)
    ahead = Meeting.objects.filter(series=series, starts_at__gt=now).going_ahead().order_by("starts_at")
    return cancel_together(meetings=ahead, reason=reason, by=by, now=now)


def cancel_together(*, meetings, reason: str, by: Person, now: datetime) -> int:
    """Cancel several meetings; members get one message, about the first."""
    ordered = list(meetings)
    for number, meeting in enumerate(ordered):
        cancel_meeting(meeting=meeting, reason=reason, by=by, now=now, is_told=number == 0)
    return len(ordered)


@transaction.atomic
def confirm_meeting(*, meeting: Meeting, now: datetime) -> None:
    """The room is sure. Calendars have nothing to notice."""
    meeting = locked_meeting(meeting=meeting, now=now)
    Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.PLANNED).update(state=Meeting.State.CONFIRMED)


@transaction.atomic
def settle_meeting(*, meeting: Meeting, state: str, now: datetime) -> None:
    """A meeting that is over took place, or nobody knows; who came is written down elsewhere."""
    over = Meeting.objects.filter(pk=meeting.pk, ends_at__lte=now).exclude(state=Meeting.State.CANCELLED)
    if state not in (Meeting.State.HELD, Meeting.State.NOT_KNOWN) or not over.update(state=state):
        raise NotOverYet


def _add_single(group, on, start_time, duration_minutes, now, **place):
    starts_at = moment_of(on, start_time, group.time_zone)
    return Meeting.objects.create(
        group=group,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=duration_minutes),
        time_zone=group.time_zone,
        changed_at=now,
        created_at=now,
        **place,
    )


def locked_meeting(*, meeting: Meeting, now: datetime) -> Meeting:
    """The meeting as it is now, still ahead or under way, and going ahead; MeetingOver otherwise."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not meeting.is_going_ahead or meeting.ends_at <= now:
        raise MeetingOver
    return meeting


def change_meeting(*, meeting: Meeting, reason: str, now: datetime, **changes: Any) -> None:
    """Save a change that calendars must notice; what waits to go out under the old schedule goes with it."""
    for field, value in changes.items():
        setattr(meeting, field, value)
    meeting.changed_at = now
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1, changed_at=now, **changes)
    meeting.sequence += 1
    outbox.drop(kinds=[PLANNED, MOVED, COMING], subject_id=meeting.pk, reason=reason, now=now)


def tell_members(*, kind: str, meeting: Meeting, until: datetime, now: datetime) -> None:
    """Everyone in the group hears at once, whoever did it too: their calendar needs it as well."""
    members = Membership.objects.with_account().filter(group=meeting.group_id)
    # Someone on a break hears only of what stands in their calendar already.
    members = members.joined() if kind == PLANNED else members.current()
    outbox.enqueue(
        kind=kind,
        subject_id=meeting.pk,
        recipient_ids=members.values_list("person_id", flat=True),
        expires_at=until,
        now=now,
        schedule_version=meeting.sequence,
    )
