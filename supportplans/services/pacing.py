"""Pacing: an activity, three tries, a start, and what was done. Every number is the member's own to change."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
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
) -> PacingBaseline:
    """Set every number, from `from_on`; the days before keep the suggestion that they had. It goes on with that."""
    baseline = _locked(baseline)
    baseline.starts.filter(from_on__gte=from_on).delete()
    numbers = {"amount": amount, "weekly_percent": weekly_percent, "enough": enough, "rest_days": sorted(rest_days)}
    PacingStart.objects.create(baseline=baseline, from_on=from_on, **numbers)
    baseline.enough_on = baseline.stopped_on = None
    baseline.save(update_fields=["enough_on", "stopped_on"])
    return baseline


@transaction.atomic
def call_pacing_enough(*, baseline: PacingBaseline, now: datetime) -> PacingBaseline:
    """It grows no more. `set_pacing` takes it up again; sent twice it is one."""
    baseline = _locked(baseline)
    if not baseline.enough_on and not baseline.stopped_on:
        baseline.enough_on = _today_of(baseline, now)
        baseline.save(update_fields=["enough_on"])
    return baseline


@transaction.atomic
def stop_pacing(*, baseline: PacingBaseline, now: datetime) -> PacingBaseline:
    """Nothing is suggested from today on. As good an end as any; `set_pacing` takes it up again."""
    baseline = _locked(baseline)
    if not baseline.stopped_on:
        baseline.stopped_on = _today_of(baseline, now)
        baseline.save(update_fields=["stopped_on"])
    return baseline


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
