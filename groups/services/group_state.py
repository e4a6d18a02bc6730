"""A group under way, having a break, or ended. It goes only where SupportGroup.NEXT_STATES lets it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from groups.models import Meeting, MeetingSeries, RoleTerm, SupportGroup
from groups.refusals import WrongState
from groups.services.invitation import withdraw_all_invitations
from groups.services.meeting import cancel_together
from members.models import Person

State = SupportGroup.State


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
def close_group(*, group: SupportGroup, reason: str, by: Person, now: datetime) -> SupportGroup:
    """End a group for good: no meetings, no way in, no roles. Its members keep seeing what it did."""
    group = _move(group, State.CLOSED, now, closing_reason=reason)
    _stop_meeting(group, _("The group has ended."), by, now)
    withdraw_all_invitations(group=group, now=now)
    RoleTerm.objects.open().filter(group=group).looking_after_group().update(ended_at=now)
    return group


def _move(group, to, now, come_from=None, **changes):
    """`group` in state `to`; WrongState where the way there is not open (`come_from` narrows it)."""
    group = SupportGroup.objects.locked(group)
    if not group.may_become(to) or group.state != (come_from or group.state):
        raise WrongState
    for field, value in {"state": to, "state_changed_at": now, **changes}.items():
        setattr(group, field, value)
    group.save(update_fields=["state", "state_changed_at", *changes])
    return group


def _stop_meeting(group, reason, by, now):
    MeetingSeries.objects.filter(group=group, ended_at=None).update(ended_at=now)
    ahead = Meeting.objects.filter(group=group, starts_at__gt=now).going_ahead().order_by("starts_at")
    cancel_together(meetings=ahead, reason=reason, by=by, now=now)
