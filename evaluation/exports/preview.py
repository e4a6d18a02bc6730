"""Who would be in an export made now, and why the others would not: small numbers hidden."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from evaluation.consent import current_form, ending_withdrawal, standing, taking_part
from evaluation.exports.profile import Profile
from evaluation.exports.risk import Risk, risk
from evaluation.exports.snapshot import Snapshot
from evaluation.models import ConsentDecision, Participant, Study
from evaluation.small_numbers import shown


@dataclass(frozen=True)
class PurposeCounts:
    """Numbers of participants by what holds for one purpose; None where a number is too small to show."""

    label: str
    consented: int | None
    refused: int | None
    not_asked: int | None


@dataclass(frozen=True)
class Preview:
    """`left_out` maps a reason to a number, which is None where too small to show. So is `included`.

    `texts`: how many transcripts go in, and how many stay out as nobody has approved them. `has_report`: with the
    numbers of the whole study, which stay out where an earlier export and they tell of few.
    """

    included: int | None
    left_out: dict[str, int | None]
    purposes: list[PurposeCounts]
    risk: Risk
    has_report: bool
    texts: tuple[int | None, int | None] | None


def preview(study: Study, now: datetime, profile: Profile) -> Preview:
    snapshot = Snapshot(study, now, profile)
    holds, inside = snapshot.consents, snapshot.included
    here = set(taking_part(study, now).values_list("pk", flat=True))
    decisions = standing(study, now)
    return Preview(
        included=_shown(study, len(inside)),
        left_out=left_out(study, now, inside),
        purposes=[_count(study, purpose, here, holds[purpose], decisions) for purpose in profile.asked],
        risk=risk(snapshot),
        has_report=snapshot.counted is not None,
        texts=_texts(snapshot) if profile.has_texts else None,
    )


def _texts(snapshot):
    texts = snapshot.texts
    return _shown(snapshot.study, len(texts.texts)), _shown(snapshot.study, texts.not_approved)


def left_out(study: Study, as_of: datetime, included: set[int]) -> dict[str, int | None]:
    """How many participants of the study are not among the `included` keys, by the one reason that comes first."""
    others = Participant.objects.filter(study=study, created_at__lte=as_of).exclude(pk__in=included)
    withdrew = Exists(ending_withdrawal(as_of))
    answered = Exists(
        ConsentDecision.objects.filter(
            participant=OuterRef("pk"),
            decided_at__lte=as_of,
            statement__form__in=current_form(study, as_of).values("pk"),
        )
    )
    numbers = {
        "withdrew": others.filter(withdrew).count(),
        "not_answered": others.exclude(withdrew).exclude(answered).count(),
        "said_no": others.exclude(withdrew).filter(answered).count(),
    }
    return {reason: _shown(study, number) for reason, number in numbers.items()}


def _count(study, purpose, here, consented, decisions):
    answered = {
        key
        for key, by_statement in decisions.items()
        if key in here and any(decision.statement.purpose == purpose for decision in by_statement.values())
    }
    return PurposeCounts(
        label=purpose.label,
        consented=_shown(study, len(consented)),
        refused=_shown(study, len(answered - consented)),
        not_asked=_shown(study, len(here - answered)),
    )


def _shown(study, number):
    return shown(number, study.small_number_threshold)
