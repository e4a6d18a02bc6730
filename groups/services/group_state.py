"""A group under way, having a break, or ended. It goes only where SupportGroup.NEXT_STATES lets it."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from groups.models import JoinRequest, Meeting, MeetingSeries, RoleTerm, SupportGroup
from groups.refusals import WrongState
from groups.services.invitation import withdraw_all_invitations
from groups.services.meeting import cancel_together
from members.models import Person

State = SupportGroup.State

_NOTE_LAST_MEETINGS = """
    UPDATE groups_supportgroup SET quiet_since = last.ends_at
    FROM groups_supportgroup quiet CROSS JOIN LATERAL (
        SELECT max(meeting.ends_at) AS ends_at FROM groups_meeting meeting
        WHERE meeting.group_id = quiet.id AND meeting.starts_at > quiet.quiet_since - interval '1 day'
          AND meeting.ends_at <= %s AND meeting.state = 'held'
    ) last
    WHERE groups_supportgroup.id = quiet.id AND quiet.state <> 'closed' AND last.ends_at > quiet.quiet_since
"""


@transaction.atomic
def activate_group(*, group: SupportGroup, now: datetime) -> SupportGroup:
    """An organiser says that the group has started to meet."""
    return _move(group, State.ACTIVE, now, come_from=State.FORMING)


@transaction.atomic
def pause_group(*, group: SupportGroup, cancel_meetings: bool, by: Person, now: datetime) -> SupportGroup:
    """Give the group a break; meetings still ahead are cancelled, or left for those who want to come."""
    group = _move(group, State.PAUSED, now)
    if cancel_meetings:
        _stop_meeting(group, _("The group is having a break."), by, now)
    return group


@transaction.atomic
def resume_group(*, group: SupportGroup, now: datetime) -> SupportGroup:
    return _move(group, State.ACTIVE, now, come_from=State.PAUSED)


@transaction.atomic
def close_group(
    *, group: SupportGroup, reason: str, by: Person, now: datetime, merged_into: SupportGroup | None = None
) -> SupportGroup:
    """End a group for good: no meetings, no way in, no roles. Its members keep seeing what it did.

    `merged_into` is the group that its people go on with, if one was named; nobody is moved there.
    """
    group = _move(group, State.CLOSED, now, closing_reason=reason, merged_into=merged_into)
    _stop_meeting(group, _("The group has ended."), by, now)
    withdraw_all_invitations(group=group, now=now)
    # Nobody is left to answer.
    JoinRequest.objects.filter(group=group, state=JoinRequest.State.ASKED).update(state=JoinRequest.State.WITHDRAWN)
    RoleTerm.objects.open().filter(group=group).looking_after_group().update(ended_at=now)
    return group


def say_group_goes_on(*, group: SupportGroup, now: datetime) -> None:
    """An organiser says that the group still meets: nobody asks again for as long as a quiet time takes."""
    SupportGroup.objects.meeting_on().filter(pk=group.pk).update(quiet_since=now)


def note_last_meetings(*, now: datetime) -> int:
    """Have every group count as heard of since its last held meeting; gives how many groups that changed."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_LAST_MEETINGS, [now])
        return cursor.rowcount


def _move(group, to, now, come_from=None, **changes):
    """`group` in state `to`; WrongState where the way there is not open (`come_from` narrows it)."""
    group = SupportGroup.objects.locked(group)
    if not group.may_become(to) or group.state != (come_from or group.state):
        raise WrongState
    if to == State.ACTIVE:
        changes["quiet_since"] = now
    for field, value in {"state": to, "state_changed_at": now, **changes}.items():
        setattr(group, field, value)
    group.save(update_fields=["state", "state_changed_at", *changes])
    return group


def _stop_meeting(group, reason, by, now):
    MeetingSeries.objects.filter(group=group, ended_at=None).update(ended_at=now)
    ahead = Meeting.objects.filter(group=group, starts_at__gt=now).going_ahead().order_by("starts_at")
    cancel_together(meetings=ahead, reason=reason, by=by, now=now)
