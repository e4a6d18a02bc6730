"""Pairs follow what became of their members: they rest, wake, or end, though nobody tells them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from groups.models import Membership
from supportplans.models import KeepInTouch, KeepInTouchWish

#: So long a membership must have been over: a mistake (someone is here after all) can be taken back until then.
ENDS_AFTER = timedelta(days=7)


@transaction.atomic
def settle_pairs(*, now: datetime) -> None:
    """End what is over for good, take out what was written for it, and note who has a rest and who is back."""
    gone = Membership.objects.filter(ended_at__lt=now - ENDS_AFTER)
    over = KeepInTouch.objects.open().filter(Q(first__in=gone) | Q(second__in=gone))
    KeepInTouch.objects.filter(pk__in=over.values("pk")).update(
        state=KeepInTouch.State.ENDED, due_on=None, ended_at=now
    )
    wishes = KeepInTouchWish.objects.filter(membership__in=gone).exclude(state=KeepInTouchWish.State.OFF)
    wishes.update(state=KeepInTouchWish.State.OFF, reach="", best_time="", changed_at=now)
    rest_and_wake(pairs=KeepInTouch.objects.all(), now=now)


def rest_and_wake(*, pairs: QuerySet[KeepInTouch], now: datetime) -> None:
    """Note which of `pairs` don't hold, and which hold again: what fell due meanwhile is due tomorrow."""
    holding = KeepInTouch.objects.holding().values("pk")
    kept = KeepInTouch.objects.on().filter(pk__in=pairs.values("pk"))
    today = timezone.localdate(now)
    kept.filter(is_resting=False).exclude(pk__in=holding).update(is_resting=True)
    awake = kept.filter(is_resting=True, pk__in=holding)
    awake.filter(due_on__lte=today).update(
        due_on=today + timedelta(days=1), schedule_version=F("schedule_version") + 1, is_resting=False
    )
    awake.update(is_resting=False)
