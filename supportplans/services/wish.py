"""Wanting to be kept in touch with: turned on, changed, paused and turned off by the member alone, at once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from groups.models import Membership, SupportGroup
from members.models import Person
from supportplans.models import KeepInTouch, KeepInTouchWish
from supportplans.refusals import NotAMember, WishIsOff
from supportplans.services.pair import end_pair
from supportplans.services.resting import rest_and_wake

State = KeepInTouchWish.State


@transaction.atomic
def edit_wish(
    *,
    membership: Membership,
    ways: list[str],
    rhythm_weeks: int,
    reach: str,
    best_time: str,
    by: Person,
    now: datetime,
) -> KeepInTouchWish:
    """Turn it on, or change what was said. What is having a rest goes on resting."""
    current = Membership.objects.current().exclude(group__state=SupportGroup.State.CLOSED)
    if not current.filter(pk=membership.pk, person=by).exists():
        raise NotAMember
    said = {"ways": ways, "rhythm_weeks": rhythm_weeks, "reach": reach, "best_time": best_time, "changed_at": now}
    wish, is_new = KeepInTouchWish.objects.select_for_update().get_or_create(membership=membership, defaults=said)
    if is_new:
        return wish
    has_new_rhythm = wish.state != State.OFF and wish.rhythm_weeks != rhythm_weeks
    wish.state = State.ON if wish.state == State.OFF else wish.state
    for name, value in said.items():
        setattr(wish, name, value)
    wish.save()
    if has_new_rhythm:
        _follow_rhythm(_pairs_of(wish), timezone.localdate(now, timezone=by.zone), by)
    return wish


@transaction.atomic
def pause_wish(*, wish: KeepInTouchWish, now: datetime) -> None:
    """Have a rest from it, with no reason, until they say so: nobody is asked to get in touch, on either side."""
    _move(wish, State.PAUSED, now)
    rest_and_wake(pairs=_pairs_of(wish), now=now)


@transaction.atomic
def resume_wish(*, wish: KeepInTouchWish, now: datetime) -> None:
    _move(wish, State.ON, now)
    rest_and_wake(pairs=_pairs_of(wish), now=now)


@transaction.atomic
def end_wish(*, wish: KeepInTouchWish, by: Person, now: datetime) -> None:
    """Turn it off: all their pairs end, and what they wrote on how to reach them is taken out."""
    _move(wish, State.OFF, now, reach="", best_time="")
    for pair in _pairs_of(wish):
        end_pair(pair=pair, by=by, now=now)


def _pairs_of(wish):
    members = KeepInTouch.objects.open()
    return members.filter(first=wish.membership_id) | members.filter(second=wish.membership_id)


def _move(wish, to, now, **changes):
    moved = KeepInTouchWish.objects.filter(pk=wish.pk).exclude(state=State.OFF)
    if not moved.update(state=to, changed_at=now, **changes):
        raise WishIsOff


def _follow_rhythm(pairs, today, person):
    """What is still ahead moves with the new rhythm, to tomorrow at the earliest. What is due stays due."""
    ahead = pairs.on().filter(due_on__gt=today).with_truth().select_for_update(of=["self"])
    for pair in ahead:
        last = timezone.localdate(pair.spoke_at or pair.started_at, timezone=person.zone)
        due_on = max(last + timedelta(weeks=pair.rhythm_weeks), today + timedelta(days=1))
        if due_on != pair.due_on:
            pair.due_on, pair.schedule_version = due_on, pair.schedule_version + 1
            pair.save(update_fields=["due_on", "schedule_version"])
