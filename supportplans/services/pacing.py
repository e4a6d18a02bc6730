"""Pacing: an activity, three tries, a start, and what was done. Every number is the member's own to change."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from members.models import Person
from supportplans.models import PacingBaseline, PacingDay, PacingStart, PacingTry

#: The day, the amount, and whether the mean leaves it out.
Try = tuple[date, int, bool]


@transaction.atomic
def add_pacing(*, what: str, unit: str, by: Person, now: datetime) -> PacingBaseline:
    return PacingBaseline.objects.create(person=by, what=what, unit=unit, started_at=now)


@transaction.atomic
def try_pacing(*, baseline: PacingBaseline, tries: Sequence[Try | None]) -> None:
    """Write down the tries, in place of those before; None where one is still to come."""
    baseline = _locked(baseline)
    baseline.tries.all().delete()
    PacingTry.objects.bulk_create(
        PacingTry(baseline=baseline, number=number, tried_on=one[0], amount=one[1], is_left_out=one[2])
        for number, one in enumerate(tries, start=1)
        if one
    )


@transaction.atomic
def set_pacing(
    *,
    baseline: PacingBaseline,
    from_on: date,
    amount: int,
    weekly_percent: int,
    enough: int | None,
    rest_days: list[int],
) -> None:
    """Set every number, from `from_on`; the days before keep the suggestion that they had. It takes up what stopped."""
    baseline = _locked(baseline)
    baseline.starts.filter(from_on__gte=from_on).delete()
    numbers = {"amount": amount, "weekly_percent": weekly_percent, "enough": enough, "rest_days": sorted(rest_days)}
    PacingStart.objects.create(baseline=baseline, from_on=from_on, **numbers)


@transaction.atomic
def call_pacing_enough(*, baseline: PacingBaseline, now: datetime) -> None:
    """It grows no more until numbers are set again. Sent twice it is one."""
    baseline = _locked(baseline)
    baseline.starts.filter(enough_on=None, stopped_on=None).update(enough_on=_today_of(baseline, now))


@transaction.atomic
def stop_pacing(*, baseline: PacingBaseline, now: datetime) -> None:
    """Nothing is suggested from today on, also by starts still to come. As good an end as any."""
    baseline = _locked(baseline)
    # Someone who has moved west since may have called it enough on a day that is tomorrow there.
    first_without = Greatest("enough_on", Value(_today_of(baseline, now)))
    baseline.starts.filter(stopped_on=None).update(stopped_on=first_without)


def _today_of(baseline, now):
    return timezone.localdate(now, timezone=baseline.person.zone)


@transaction.atomic
def note_pacing_day(*, baseline: PacingBaseline, done_on: date, amount: int | None) -> None:
    """What was done on a day, None for a rest; noting it again changes it."""
    baseline = _locked(baseline)
    PacingDay.objects.update_or_create(baseline=baseline, done_on=done_on, defaults={"amount": amount})


@transaction.atomic
def clear_pacing_day(*, baseline: PacingBaseline, done_on: date) -> None:
    """Take a note back: the day says nothing again."""
    PacingDay.objects.filter(baseline=baseline, done_on=done_on).delete()


def _locked(baseline):
    return PacingBaseline.objects.select_for_update(of=["self"]).select_related("person").get(pk=baseline.pk)
