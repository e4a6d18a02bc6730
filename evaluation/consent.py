"""The one place that says what consent holds: per statement, per participant, as of one instant. No decision means no."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from evaluation.models import ConsentDecision, ConsentForm, Participant, Study, Withdrawal

#: Scopes of withdrawal after which nothing more is taken from a person or passed on. After "no more contact" what
#: they agreed to still holds.
ENDING_SCOPES = (Withdrawal.Scope.NO_COLLECTION, Withdrawal.Scope.REMOVE)


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
    return Withdrawal.objects.filter(
        participant=OuterRef("pk"), withdrawn_at__lte=as_of, scope__in=ENDING_SCOPES
    )
