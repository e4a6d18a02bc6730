"""Checks of what was recorded: each finding names an interview and what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evaluation.consent import current_form, taking_part
from evaluation.models import ConsentDecision, Interview, RecordLock, Source, Study, TranscriptStep
from evaluation.models.record import last_lock

#: After how long a step that did not follow is a finding.
TRANSCRIPT_AFTER, APPROVED_AFTER, DESTROYED_AFTER = timedelta(days=14), timedelta(days=60), timedelta(days=180)
#: Minutes outside of which the length is asked about.
USUAL_MINUTES = (5, 180)


@dataclass(frozen=True)
class Check:
    """`condition` says of a moment what is found then; it stands on what `_looked_into` adds to interviews."""

    name: str
    label: Promise
    advice: Promise
    condition: Callable[[datetime], Q]


_IS_OPEN = Q(last_lock=None) | ~Q(last_lock=RecordLock.Step.LOCKED)
_IS_APPROVED = Q(last_step=TranscriptStep.Step.APPROVED)
CHECKS = (
    Check(
        "no_transcript",
        _("No transcript two weeks after the interview"),
        _("Add the transcript, or a field note that says why there is none."),
        lambda now: Q(started_at__lt=now - TRANSCRIPT_AFTER, newest_transcript=None, has_note=False),
    ),
    Check(
        "not_approved",
        _("Transcript not approved two months after the interview"),
        _("Take its next step: check, give back, redact or approve."),
        lambda now: (
            Q(started_at__lt=now - APPROVED_AFTER, newest_transcript__isnull=False)
            & (Q(last_step=None) | ~_IS_APPROVED)
        ),
    ),
    Check(
        "still_held",
        _("Recording still held half a year after the interview"),
        _("Destroy it as the protocol says, then write down when."),
        lambda now: Q(started_at__lt=now - DESTROYED_AFTER, recording=Interview.Recording.HELD),
    ),
    Check(
        "no_day",
        _("Recording destroyed, and no day given"),
        _("Write down when it was destroyed."),
        lambda now: Q(recording=Interview.Recording.DESTROYED, recording_destroyed_on=None),
    ),
    Check(
        "distress_unexplained",
        _("Distress protocol used, and no field note"),
        _("Write a field note that says what was done."),
        lambda now: Q(is_distress_protocol_used=True, has_note=False),
    ),
    Check(
        "odd_length",
        _("Shorter than 5 minutes, or longer than 3 hours"),
        _("Check how long it took. Once the record is locked this is not asked again."),
        lambda now: _IS_OPEN & (Q(length_minutes__lt=USUAL_MINUTES[0]) | Q(length_minutes__gt=USUAL_MINUTES[1])),
    ),
    Check(
        "same_day",
        _("Two interviews with one person on a day"),
        _("Check that it was not recorded twice. Once the record is locked this is not asked again."),
        lambda now: _IS_OPEN & Q(has_same_day=True),
    ),
    Check(
        "earlier_form",
        _("The person has not answered the form in force"),
        _("Ask them. Until they answer, nothing of it goes into an export."),
        lambda now: Q(has_answered=False),
    ),
    Check(
        "not_locked",
        _("Transcript approved, and not locked"),
        _("Lock it once everything about it is done."),
        lambda now: _IS_APPROVED & _IS_OPEN,
    ),
)


def with_findings(study: Study, *, now: datetime) -> QuerySet[Interview]:
    """The interviews that some check finds something in, each with one truth a check: `finds_` and its name.

    Nothing is asked about people who have withdrawn: nothing about them is to be worked on.
    """
    truths = {f"finds_{check.name}": _truth(check.condition(now)) for check in CHECKS}
    found = Q(*[(name, True) for name in truths], _connector=Q.OR)
    return _looked_into(study, now).annotate(**truths).filter(found)


def findings(study: Study, *, now: datetime) -> list[tuple[Check, list[Interview]]]:
    """Each check that finds something, with the interviews, oldest first. One query."""
    interviews = list(with_findings(study, now=now).select_related("participant").order_by("started_at", "pk"))
    found = [(check, [row for row in interviews if getattr(row, f"finds_{check.name}")]) for check in CHECKS]
    return [(check, rows) for check, rows in found if rows]


def _truth(condition):
    return Case(When(condition, then=Value(True)), default=Value(False))


def _looked_into(study, now):
    notes = Source.objects.filter(interview=OuterRef("pk"), kind=Source.Kind.FIELD_NOTE)
    others = Interview.objects.filter(participant=OuterRef("participant")).exclude(pk=OuterRef("pk"))
    same_day = others.filter(started_at__date=OuterRef("day"))
    answered = ConsentDecision.objects.filter(
        participant=OuterRef("participant"), statement__form__in=current_form(study, now).values("pk")
    )
    return (
        Interview.objects.filter(study=study, participant__in=taking_part(study, now))
        .with_transcript_steps()
        .annotate(day=TruncDate("started_at"))
        .annotate(
            has_note=Exists(notes),
            has_same_day=Exists(same_day),
            has_answered=Exists(answered),
            last_lock=last_lock("interview"),
        )
    )
