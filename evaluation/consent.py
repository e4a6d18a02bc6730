"""The one place that says what consent holds, per statement and participant, at one instant. No decision means no."""

from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from evaluation.models import (
    ConsentDecision,
    ConsentForm,
    ConsentStatement,
    IdentityKey,
    Participant,
    Study,
    Withdrawal,
)
from evaluation.models.identity import gone

#: Scopes of withdrawal after which nothing more is taken from a person or passed on. After "no more contact" what
#: they agreed to still holds.
ENDING_SCOPES = (Withdrawal.Scope.NO_COLLECTION, Withdrawal.Scope.REMOVE)


class Obstacle(StrEnum):
    """Why something may not be recorded about a participant."""

    NO_CONSENT = "no consent"
    GIVEN_LATER = "consent given later"
    TAKEN_BACK = "consent taken back since"
    NOT_TO_BE_RECORDED = "no consent to recording"
    NO_MORE_CONTACT = "asked for no more contact before"
    GONE = "has died or closed their account"


def current_form(study, as_of: datetime) -> QuerySet[ConsentForm]:
    """The form version that asks at `as_of`: at most one row. `study` may be a Study, its key or an OuterRef."""
    return ConsentForm.objects.filter(study=study, published_at__lte=as_of).order_by("-version")[:1]


def consented(study: Study | int, purpose: str, as_of: datetime) -> QuerySet[Participant]:
    """Participants of `study` (or its key) whose consent to `purpose` holds at `as_of` (aware), as one SQL query.

    Their latest decision up to then, on that purpose's statement in the form version current then, is "given", and
    they had not withdrawn. Decisions under an earlier version count for nothing.
    """
    return (
        Participant.objects.filter(study=study)
        .alias(standing=Subquery(standing_decision(study, purpose, as_of)))
        .filter(~Exists(ending_withdrawal(as_of)), standing=ConsentDecision.Decision.GIVEN)
    )


def has_consented(participant: Participant, purpose: str, as_of: datetime) -> bool:
    return consented(participant.study_id, purpose, as_of).filter(pk=participant.pk).exists()


def standing_decision(study, purpose: str, as_of: datetime) -> QuerySet[ConsentDecision]:
    """The decision that counts at `as_of` for the participant of the outer query: one value, or none."""
    return (
        ConsentDecision.objects.filter(
            participant=OuterRef("pk"),
            decided_at__lte=as_of,
            statement__purpose=purpose,
            statement__form=Subquery(current_form(study, as_of).values("pk")),
        )
        .order_by("-decided_at", "-pk")
        .values("decision")[:1]
    )


def ending_withdrawal(as_of: datetime) -> QuerySet[Withdrawal]:
    """Withdrawals that by `as_of` had ended the part of the participant of the outer query."""
    return Withdrawal.objects.filter(participant=OuterRef("pk"), withdrawn_at__lte=as_of, scope__in=ENDING_SCOPES)


def taking_part(study: Study | int, as_of: datetime) -> QuerySet[Participant]:
    """Those whose part no withdrawal had ended by `as_of`, whatever they agreed to."""
    return Participant.objects.filter(~Exists(ending_withdrawal(as_of)), study=study)


def latest_decisions(participant: Participant, as_of: datetime) -> QuerySet[ConsentDecision]:
    """The latest decision on each statement of any version that the participant ever answered."""
    return (
        ConsentDecision.objects.filter(participant=participant, decided_at__lte=as_of)
        .order_by("statement_id", "-decided_at", "-pk")
        .distinct("statement_id")
    )


def taken_back(study: Study | int, purpose: str, as_of: datetime) -> QuerySet[Participant]:
    """Participants whose last word on `purpose`, under whatever version, is not a yes, or who have withdrawn."""
    last_word = (
        ConsentDecision.objects.filter(participant=OuterRef("pk"), statement__purpose=purpose, decided_at__lte=as_of)
        .order_by("-decided_at", "-pk")
        .values("decision")[:1]
    )
    noes = (ConsentDecision.Decision.REFUSED, ConsentDecision.Decision.WITHDRAWN)
    return (
        Participant.objects.filter(study=study)
        .alias(last_word=Subquery(last_word))
        .filter(Exists(ending_withdrawal(as_of)) | Q(last_word__in=noes))
    )


def is_taken_back(participant: Participant, purpose: str, as_of: datetime) -> bool:
    return taken_back(participant.study_id, purpose, as_of).filter(pk=participant.pk).exists()


def obstacle_to_interview(
    participant: Participant, *, started_at: datetime, is_recorded: bool, now: datetime
) -> Obstacle | None:
    """Why an interview that started at `started_at` may not be recorded at `now`; None if it may."""
    interview = ConsentStatement.Purpose.INTERVIEW
    if is_taken_back(participant, interview, now):
        return Obstacle.TAKEN_BACK if has_consented(participant, interview, started_at) else Obstacle.NO_CONSENT
    if not has_consented(participant, interview, started_at):
        is_later = given_after(participant, interview, started_at) is not None
        return Obstacle.GIVEN_LATER if is_later else Obstacle.NO_CONSENT
    if participant.withdrawals.filter(withdrawn_at__lte=started_at).exists():
        return Obstacle.NO_MORE_CONTACT
    if is_recorded and not has_consented(participant, ConsentStatement.Purpose.RECORDING, started_at):
        return Obstacle.NOT_TO_BE_RECORDED
    return None


def askable(as_of: datetime) -> QuerySet[Participant]:
    """Those of any study who may be given its questions at `as_of`: their yes to questionnaires holds, they want to be
    in touch, and they are there."""
    study = OuterRef(OuterRef("study"))
    word = standing_decision(study, ConsentStatement.Purpose.QUESTIONNAIRES, as_of)
    gone_keys = IdentityKey.objects.filter(participant=OuterRef("pk"), person__in=gone())
    return Participant.objects.alias(standing=Subquery(word)).filter(
        ~Exists(Withdrawal.objects.filter(participant=OuterRef("pk"), withdrawn_at__lte=as_of)),
        ~Exists(gone_keys),
        standing=ConsentDecision.Decision.GIVEN,
    )


def is_askable(participant: Participant, as_of: datetime) -> bool:
    return askable(as_of).filter(pk=participant.pk).exists()


def obstacle_to_appointment(participant: Participant, now: datetime) -> Obstacle | None:
    """Why no interview may be planned or begun with the participant at `now`; None if one may."""
    if IdentityKey.objects.filter(participant=participant, person__in=gone()).exists():
        return Obstacle.GONE
    interview = ConsentStatement.Purpose.INTERVIEW
    if is_taken_back(participant, interview, now):
        yeses = participant.decisions.filter(statement__purpose=interview, decision=ConsentDecision.Decision.GIVEN)
        return Obstacle.TAKEN_BACK if yeses.exists() else Obstacle.NO_CONSENT
    if not has_consented(participant, interview, now):
        return Obstacle.NO_CONSENT
    return Obstacle.NO_MORE_CONTACT if participant.withdrawals.filter(withdrawn_at__lte=now).exists() else None


def given_after(participant: Participant, purpose: str, moment: datetime) -> datetime | None:
    """When the participant first said yes to `purpose` after `moment`."""
    yeses = ConsentDecision.objects.filter(
        participant=participant,
        statement__purpose=purpose,
        decision=ConsentDecision.Decision.GIVEN,
        decided_at__gt=moment,
    )
    return yeses.order_by("decided_at").values_list("decided_at", flat=True).first()


def standing(study: Study | int, as_of: datetime) -> dict[int, dict[int, ConsentDecision]]:
    """What stands under the form in force: participant key > statement key > the decision that counts. One query."""
    latest = (
        ConsentDecision.objects.filter(
            statement__form=Subquery(current_form(study, as_of).values("pk")), decided_at__lte=as_of
        )
        .select_related("statement", "taken_by")
        .order_by("participant_id", "statement_id", "-decided_at", "-pk")
        .distinct("participant_id", "statement_id")
    )
    found: dict[int, dict[int, ConsentDecision]] = {}
    for decision in latest:
        found.setdefault(decision.participant_id, {})[decision.statement_id] = decision
    return found
