"""Meetings: planned, moved, cancelled."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F

from groups.models import Meeting, MeetingSeries, Membership, SupportGroup, Venue
from groups.models.checklist import Page
from groups.recurrence import Repeat, moment_of, rule_for
from groups.refusals import GroupHasEnded, InThePast, MeetingOver, NeverHappens
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
    repeat: str = Repeat.NOT,
    last_on: date | None = None,
    by: Person,
    now: datetime,
) -> Meeting:
    """A meeting, or the first of a series; members get one message about it, with a calendar entry."""
    if SupportGroup.objects.locked(group).state == SupportGroup.State.CLOSED:
        raise GroupHasEnded
    if moment_of(on, start_time, group.time_zone) <= now:
        raise InThePast
    if repeat == Repeat.NOT:
        meeting = _add_single(group, on, start_time, duration_minutes, venue, now)
        answer_for_the_usual(meetings=[meeting], now=now)
    else:
        series = add_series(
            group=group,
            rule=rule_for(repeat, on, last_on),
            first_on=on,
            start_time=start_time,
            duration_minutes=duration_minutes,
            venue=venue,
            now=now,
        )
        meeting = series.meetings.order_by("original_on").first()
        if meeting is None:
            raise NeverHappens
    note_done(group=group, page=Page.MEETING, by=by, now=now)
    _tell(PLANNED, meeting, now, until=meeting.starts_at)
    return meeting


@transaction.atomic
def move_meeting(
    *,
    meeting: Meeting,
    on: date,
    start_time: time,
    duration_minutes: int,
    venue: Venue | None,
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
    }
    if all(getattr(meeting, field) == value for field, value in changed.items()):
        return meeting
    _change(meeting, now, reason="The meeting was moved.", **changed)
    _tell(MOVED, meeting, now, until=meeting.starts_at)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, by: Person, now: datetime, is_told: bool = True) -> Meeting:
    """Call a meeting off. `is_told` is False for the later ones of many that are cancelled together."""
    meeting = locked_meeting(meeting=meeting, now=now)
    _change(meeting, now, reason="The meeting was cancelled.", state=Meeting.State.CANCELLED, cancel_reason=reason)
    if is_told:
        # Up to its end: someone may be on the way to a meeting that has begun.
        _tell(CANCELLED, meeting, now, until=meeting.ends_at)
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


def _add_single(group, on, start_time, duration_minutes, venue, now):
    starts_at = moment_of(on, start_time, group.time_zone)
    return Meeting.objects.create(
        group=group,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=duration_minutes),
        time_zone=group.time_zone,
        venue=venue,
        changed_at=now,
        created_at=now,
    )


def locked_meeting(*, meeting: Meeting, now: datetime) -> Meeting:
    """The meeting as it is now, still ahead or under way, and going ahead; MeetingOver otherwise."""
    meeting = Meeting.objects.select_for_update(of=["self"]).select_related("group").get(pk=meeting.pk)
    if not meeting.is_going_ahead or meeting.ends_at <= now:
        raise MeetingOver
    return meeting


def _change(meeting, now, *, reason, **changes):
    """Save a change that calendars must notice; what waits to go out under the old schedule goes with it."""
    for field, value in changes.items():
        setattr(meeting, field, value)
    meeting.changed_at = now
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1, changed_at=now, **changes)
    meeting.sequence += 1
    outbox.drop(kinds=[PLANNED, MOVED, COMING], subject_id=meeting.pk, reason=reason, now=now)


def _tell(kind, meeting, now, *, until):
    """Everyone in the group hears at once, whoever did it too: their calendar needs it as well."""
    members = Membership.objects.with_account().current().filter(group=meeting.group_id)
    outbox.enqueue(
        kind=kind,
        subject_id=meeting.pk,
        recipient_ids=members.values_list("person_id", flat=True),
        due_at=now,
        expires_at=until,
        now=now,
        schedule_version=meeting.sequence,
    )
