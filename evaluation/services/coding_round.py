"""Rounds: the same texts coded unseen by each other; what differs is settled afterwards."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from evaluation.models import Code, CodingRound, Settlement, Source, Study
from members.models import Person


class TooFewCoders(Exception):
    """A round takes two coders at least, and a text."""


class InAnotherRound(Exception):
    """One of the texts is being coded in a round that is open."""

    def __init__(self, source):
        super().__init__(f"source {source.pk}")
        self.source = source


class RoundStillOpen(Exception):
    """Nothing is settled before everyone has coded."""


@transaction.atomic
def start_round(
    *, study: Study, coders: Collection[Person], sources: Collection[Source], by: Person, now: datetime
) -> CodingRound:
    Study.objects.select_for_update().get(pk=study.pk)
    if len(set(coders)) < 2 or not sources:
        raise TooFewCoders
    open_sources = Source.objects.filter(coding_rounds__in=study.coding_rounds.open())
    if taken := open_sources.filter(pk__in=[source.pk for source in sources]).first():
        raise InAnotherRound(taken)
    number = study.coding_rounds.count() + 1
    round = CodingRound.objects.create(study=study, number=number, started_by=by, started_at=now)
    round.coders.set(coders)
    round.sources.set(sources)
    return round


@transaction.atomic
def close_round(*, round: CodingRound, by: Person, now: datetime) -> None:
    """From now on its codings stay as they are, and everyone who codes sees them. Twice does no harm."""
    CodingRound.objects.open().filter(pk=round.pk).update(closed_at=now, closed_by=by)


@transaction.atomic
def settle_disagreement(
    *,
    round: CodingRound,
    source: Source,
    code: Code,
    start: int,
    end: int,
    outcome: str,
    note: str,
    by: Person,
    now: datetime,
) -> Settlement:
    """What the coders agreed about this stretch, and why. The same sent twice is one; a later one replaces it."""
    locked = CodingRound.objects.select_for_update().get(pk=round.pk)
    if locked.closed_at is None:
        raise RoundStillOpen
    where = {"round": round, "source": source, "code": code, "start": start, "end": end}
    latest = Settlement.objects.filter(**where).last()
    if latest and (latest.outcome, latest.note) == (outcome, note):
        return latest
    return Settlement.objects.create(**where, outcome=outcome, note=note, settled_by=by, settled_at=now)
