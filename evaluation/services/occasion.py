"""Asking participants when their day has come, and closing what is over. Done twice, it is done once."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from evaluation.consent import askable, is_askable
from evaluation.models import (
    Administration,
    Event,
    IdentityKey,
    Occasion,
    Participant,
    PlannedInstrument,
    QuestionnairePlan,
)
from evaluation.services.administration import close_administration
from members.models import Person
from peersupport.reminders import outbox

#: The kinds of message: see reminders/questions.py.
OPEN, WAITING = "evaluation.questions_open", "evaluation.questions_waiting"
Kind = Participant.Kind
#: When a day of questions begins and ends, by the service's clock.
BEGINS, ENDS = time(9), time(23, 59)
State = Administration.State
#: Clinicians and coordinators are interviewed; how they are themselves is not what a study asks.
ASKED_KINDS = [Kind.MEMBER, Kind.LEFT, Kind.NEVER_ATTENDED, Kind.TUTOR]
#: A month more or less, and a day for the clocks of the world.
AROUND = timedelta(days=4)


def settle_occasions(*, now: datetime) -> None:
    """Close what is over, then ask those whose day has come, each participant in a transaction of their own."""
    for occasion in Occasion.objects.open().filter(closes_at__lte=now):
        _close(occasion, now)
    for plan in QuestionnairePlan.objects.select_related("study"):
        for participant, event, due_on in list(_due(plan, now)):
            _ask(plan, participant, event, due_on, now)


@transaction.atomic
def decline_occasion(*, occasion: Occasion, by: Person, now: datetime) -> None:
    """Not this time: what has no answer is not asked any more, and nothing reminds of it. Twice does no harm."""
    Participant.objects.select_for_update().get(pk=occasion.participant_id)
    _close_open(occasion, now, unanswered=State.DECLINED, why="They said: not this time.")


def drop_occasions_of(*, participant: Participant, now: datetime) -> None:
    """Ask nothing more of someone whose yes does not hold any more.

    For services that hold the participant's row, when consent changes.
    """
    if is_askable(participant, now):
        return
    for occasion in Occasion.objects.open().filter(participant=participant):
        _close_open(occasion, now, unanswered=State.WITHDRAWN, why="Consent was taken back.")


def _due(plan: QuestionnairePlan, now: datetime) -> Iterator[tuple[Participant, Event, date]]:
    """Whom to ask now, and about which event: once its day has come, and until its last day is over."""
    window = timedelta(days=plan.window_days)
    planned = PlannedInstrument.objects.current().filter(study=plan.study_id)
    for event in map(Event, sorted(set(planned.values_list("event", flat=True)))):
        latest = now - timedelta(days=30 * event.months) + AROUND
        earliest = now - timedelta(days=31 * event.months) - window - AROUND
        entered = askable(now).filter(study=plan.study_id, kind__in=ASKED_KINDS, created_at__range=(earliest, latest))
        for participant in entered.exclude(occasions__event=event).order_by("pk"):
            due_on = event.due_on(timezone.localdate(participant.created_at, timezone=_zone()))
            if _moment(due_on, BEGINS) <= now < _moment(due_on + window, ENDS):
                yield participant, event, due_on


@transaction.atomic
def _ask(plan, participant, event, due_on, now):
    """One occasion with all that is planned for it, and one message in the same transaction."""
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    if not is_askable(participant, now):
        return
    closes_at = _moment(due_on + timedelta(days=plan.window_days), ENDS)
    facts = {"study_id": plan.study_id, "due_on": due_on, "opened_at": now, "closes_at": closes_at}
    occasion, is_new = Occasion.objects.get_or_create(participant=participant, event=event, defaults=facts)
    if not is_new:
        return
    planned = PlannedInstrument.objects.current().filter(study=plan.study_id, event=event).order_by("pk")
    Administration.objects.bulk_create(
        Administration(occasion=occasion, instrument_id=instrument)
        for instrument in planned.values_list("instrument", flat=True)
    )
    person = IdentityKey.objects.filter(participant=participant).values_list("person", flat=True).first()
    if person:
        outbox.enqueue(kind=OPEN, subject_id=occasion.pk, recipient_ids=[person], expires_at=closes_at, now=now)


@transaction.atomic
def _close(occasion, now):
    """What was begun counts as far as it goes."""
    Participant.objects.select_for_update().get(pk=occasion.participant_id)
    _close_open(occasion, now, unanswered=State.MISSED, why="The questions are closed.")


def _close_open(occasion, now, *, unanswered, why):
    rows = Administration.objects.open().filter(occasion=occasion).select_related("instrument")
    for administration in rows.select_for_update(of=["self"]):
        close_administration(administration=administration, now=now, unanswered=unanswered)
    outbox.drop(kinds=[OPEN, WAITING], subject_id=occasion.pk, reason=why, now=now)


def _moment(day, at):
    return datetime.combine(day, at, _zone())


def _zone():
    return ZoneInfo(settings.TIME_ZONE)
