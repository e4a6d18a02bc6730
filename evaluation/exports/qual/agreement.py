"""report/agreement.csv: how far coders agree in each closed round, over the texts of those whose consent holds.

The texts are those that were coded, also where a redacted version stands for them since. Only numbers leave.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations

from evaluation.agreement import Agreement, Position, over_characters, over_turns
from evaluation.exports.bundle import Row
from evaluation.exports.qual.texts import Texts
from evaluation.models import Coding, CodingRound, Source
from evaluation.passages import units_of

PATH = "report/agreement.csv"
ALL = "all"
Place = tuple[int, int]
_COLUMNS = ("round", "code_name", "code_id", "coders", "over", "units", "percent", "jaccard", "kappa", "alpha")


def agreement(texts: Texts) -> Iterator[Row]:
    """Of all coders of a round and, where they are more than two, of each two. Empty is undefined."""
    yield _COLUMNS
    for round in CodingRound.objects.filter(study=texts.study, closed_at__lte=texts.as_of).order_by("number"):
        yield from _of_round(texts, round)


def _of_round(texts, round) -> Iterator[Row]:
    sources = Source.objects.filter(coding_rounds=round, interview__participant__in=texts.people)
    lengths: dict[Hashable, int] = {}
    turns: dict[Hashable, Sequence[Place]] = {}
    for source in sources.order_by("pk").iterator(chunk_size=1):
        lengths[source.pk], turns[source.pk] = len(source.text), units_of(source)
    codings = Coding.objects.standing().filter(round=round, source__in=lengths, coded_at__lte=texts.as_of)
    positions = [Position(*row) for row in codings.values_list("source", "code_now", "coder", "start", "end")]
    coders = sorted(round.coders.values_list("pk", flat=True), key=texts.coder)
    for name, some in _sets(texts, coders):
        theirs = [position for position in positions if position.coder in some]
        characters, over = over_characters(lengths, some, theirs), over_turns(turns, some, theirs)
        for branch in texts.tree:
            if branch.code.pk in characters:
                about = round.number, branch.code.name, texts.code_guid(branch.code), name
                yield *about, "characters", *_numbers(characters[branch.code.pk])
                yield *about, "turns", *_numbers(over[branch.code.pk])


def _sets(texts, coders):
    yield ALL, coders
    if len(coders) > 2:
        for pair in combinations(coders, 2):
            yield " ".join(map(texts.coder, pair)), list(pair)


def _numbers(found: Agreement) -> Row:
    values = (found.percent, found.jaccard, found.kappa, found.alpha)
    return found.units, *("" if value is None else f"{value:.4f}" for value in values)
