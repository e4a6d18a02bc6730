"""Who would be in an export made now, and why the others would not: small numbers hidden."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists

from evaluation.consent import ending_withdrawal, standing
from evaluation.exports.profile import PURPOSES
from evaluation.models import ConsentDecision, Participant, Study


@dataclass(frozen=True)
class PurposeCounts:
    """Numbers of participants by what holds for one purpose; None where a number is too small to show."""

    label: str
    consented: int | None
    refused: int | None
    not_asked: int | None


def preview(study: Study, now: datetime) -> tuple[list[PurposeCounts], int | None]:
    """The counts for each purpose, and how many have withdrawn from the study."""
    participants = Participant.objects.filter(study=study)
    withdrawn = set(participants.filter(Exists(ending_withdrawal(now))).values_list("pk", flat=True))
    here = set(participants.values_list("pk", flat=True)) - withdrawn
    decisions = standing(study, now)
    counts = [_count(study, purpose, here, decisions) for purpose in PURPOSES]
    return counts, _shown(study, len(withdrawn))


def _count(study, purpose, here, decisions):
    said = {
        key: decision.decision
        for key, by_statement in decisions.items()
        for decision in by_statement.values()
        if key in here and decision.statement.purpose == purpose
    }
    given = sum(word == ConsentDecision.Decision.GIVEN for word in said.values())
    return PurposeCounts(
        label=purpose.label,
        consented=_shown(study, given),
        refused=_shown(study, len(said) - given),
        not_asked=_shown(study, len(here) - len(said)),
    )


def _shown(study, number):
    return number if number == 0 or number >= study.small_number_threshold else None
