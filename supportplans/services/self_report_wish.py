"""What a member wants to be asked about themselves: turned on, changed and turned off by nobody else."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from members.models import Person
from peersupport.reminders import outbox
from supportplans.models import SelfReportWish

#: The kind of message that says it is time: see reminders/self_report.py.
ASKED = "supportplans.self_report"


@transaction.atomic
def edit_self_report_wish(
    *, instruments: list[str], rhythm_weeks: int | None, by: Person, now: datetime
) -> SelfReportWish:
    """Turn it on, or change it. Another rhythm counts from today; the same one keeps its days."""
    said = {"is_on": True, "instruments": instruments, "rhythm_weeks": rhythm_weeks, "changed_at": now}
    days = {"first_on": _first_on(rhythm_weeks, timezone.localdate(now, timezone=by.zone)), "left_out_on": None}
    wish, is_new = SelfReportWish.objects.select_for_update().get_or_create(person=by, defaults=said | days)
    if is_new:
        return wish
    if not wish.is_on or wish.rhythm_weeks != rhythm_weeks:
        said |= days
        _drop(wish, "The days were changed.", now)
    for name, value in said.items():
        setattr(wish, name, value)
    wish.save(update_fields=list(said))
    return wish


@transaction.atomic
def end_self_report_wish(*, by: Person, now: datetime) -> None:
    """Turn it off: nothing is asked any more. What was answered stays theirs; twice does no harm."""
    for wish in SelfReportWish.objects.select_for_update().filter(person=by, is_on=True):
        wish.is_on, wish.changed_at = False, now
        wish.save(update_fields=["is_on", "changed_at"])
        _drop(wish, "It was turned off.", now)


@transaction.atomic
def leave_out_self_report(*, by: Person, now: datetime) -> None:
    """Not this time: the next day comes as planned."""
    for wish in SelfReportWish.objects.select_for_update().filter(person=by, is_on=True):
        wish.left_out_on = wish.asked_on(timezone.localdate(now, timezone=by.zone))
        wish.save(update_fields=["left_out_on"])
        _drop(wish, "They said: not this time.", now)


def _first_on(rhythm_weeks: int | None, today: date) -> date | None:
    return today + timedelta(weeks=rhythm_weeks) if rhythm_weeks else None


def _drop(wish, reason, now):
    outbox.drop(kinds=[ASKED], subject_id=wish.pk, reason=reason, now=now)
