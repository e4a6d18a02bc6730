"""We spoke, or we tried: one tap by either of the two, and taken back as easily."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from members.models import Person
from peersupport.reminders import outbox
from supportplans.models import CheckIn, KeepInTouch
from supportplans.refusals import PairGone, TooLateToUndo
from supportplans.reminders.keep_in_touch import DUE, MISSED

Outcome = CheckIn.Outcome
#: Who got no answer tries again after this.
TRY_AGAIN_AFTER = timedelta(days=3)
UNDO_WITHIN = timedelta(days=1)


@transaction.atomic
def note_check_in(*, pair: KeepInTouch, outcome: str, schedule_version: int, by: Person, now: datetime) -> CheckIn:
    """Note that they spoke or tried, about the date that stood when the page was shown (`schedule_version`).

    A second tap, from either of them, gives the first one's row; so does one on a day on which they spoke already.
    """
    pair = KeepInTouch.objects.locked(pair.pk)
    # There is a day while it is on, and only then.
    if pair.due_on is None or not pair.holds:
        raise PairGone
    today = timezone.localdate(now, timezone=by.zone)
    latest = _latest(pair)
    if latest and (latest.schedule_version >= schedule_version or _spoke_on(latest, today, by)):
        return latest
    check_in = CheckIn.objects.create(
        pair=pair,
        outcome=outcome,
        due_on=pair.due_on,
        schedule_version=pair.schedule_version,
        next_by=pair.next_by,
        said_by=by,
        said_at=now,
    )
    if outcome == Outcome.SPOKE:
        pair.due_on = today + timedelta(weeks=pair.rhythm_weeks)
        pair.next_by_id = _other(pair) if pair.takes_turns else pair.next_by_id
    else:
        pair.due_on = today + TRY_AGAIN_AFTER
    pair.schedule_version += 1
    pair.save(update_fields=["due_on", "next_by", "schedule_version"])
    outbox.drop(kinds=[DUE, MISSED], subject_id=pair.pk, reason="They have been in touch.", now=now)
    return check_in


@transaction.atomic
def undo_check_in(*, check_in: CheckIn, now: datetime) -> None:
    """It was a slip: what stood before stands again. Only the latest, for a day; twice does no harm."""
    pair = KeepInTouch.objects.locked(check_in.pair_id)
    check_in = CheckIn.objects.get(pk=check_in.pk)
    if check_in.undone_at:
        return
    is_latest = pair.schedule_version == check_in.schedule_version + 1
    if pair.state != KeepInTouch.State.ON or not is_latest or check_in.said_at < now - UNDO_WITHIN:
        raise TooLateToUndo
    CheckIn.objects.filter(pk=check_in.pk).update(undone_at=now)
    pair.due_on, pair.next_by = check_in.due_on, check_in.next_by
    pair.schedule_version = check_in.schedule_version
    pair.save(update_fields=["due_on", "next_by", "schedule_version"])


def _latest(pair):
    return CheckIn.objects.standing().filter(pair=pair).order_by("-said_at", "-pk").first()


def _spoke_on(check_in, day, person):
    said_on = timezone.localdate(check_in.said_at, timezone=person.zone)
    return check_in.outcome == Outcome.SPOKE and said_on == day


def _other(pair):
    return pair.second_id if pair.next_by_id == pair.first_id else pair.first_id
