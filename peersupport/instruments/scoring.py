"""From answers to scores: pure functions, one for each rule that a definition may name.

Each takes the answers of one sitting (item code to the number answered, None or absent where there is none) and the
rule of the score. Each gives a number within the rule's `lowest` to `highest`, or None where answers are missing: a
gap is never filled in. Which way a score runs and where it comes from stands with the definition (`higher_is`,
`source`), because the same arithmetic serves several instruments.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from peersupport.instruments.definition import Instrument, ScoreRule

Answers = Mapping[str, int | None]
#: The one reason for which there is no score.
ANSWERS_MISSING = "answers_missing"
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Score:
    """`value` is None and `reason` says why, or `value` is a number and `reason` is "".

    `scorer` and `scorer_version` name the arithmetic, so that it can be done again and compared.
    """

    code: str
    value: Decimal | None
    reason: str
    scorer: str
    scorer_version: int


class NotAnAnswer(ValueError):
    """Answers hold an item that the instrument doesn't have, or a number that the item doesn't take."""


def single(answers: Answers, rule: ScoreRule) -> Decimal | None:
    """The one answer as it stands; missing: none. Pain 0-10, ONS4 0-10 each, PGIC 1-7."""
    values = _given(answers, rule)
    return Decimal(values[0]) if values else None


def category(answers: Answers, rule: ScoreRule) -> Decimal | None:
    """The number of the one answer, which stands for words and is never added or averaged; missing: none."""
    return single(answers, rule)


def total(answers: Answers, rule: ScoreRule) -> Decimal | None:
    """The sum of all items times `factor`; one missing: none.

    PHQ-4 0-12, GAD-7 0-21, PHQ-8 0-24 (Kroenke, Spitzer, Williams); ONS loneliness 3-9; WHO-5 times 4, 0-100.
    """
    values = _given(answers, rule)
    return Decimal(sum(values) * rule.factor) if len(values) == len(rule.items) else None


def mean(answers: Answers, rule: ScoreRule) -> Decimal | None:
    """The mean of the items to one decimal, halves up; more than `may_miss` missing: none. PEG 0-10 (Krebs 2009)."""
    values = _given(answers, rule)
    if not values or len(rule.items) - len(values) > rule.may_miss:
        return None
    return (Decimal(sum(values)) / len(values)).quantize(TENTH, ROUND_HALF_UP)


def count(answers: Answers, rule: ScoreRule) -> Decimal | None:
    """How many items were answered with one of the values that `counted` names for them; more than `may_miss`
    missing: none. De Jong Gierveld 0-6 (de Jong Gierveld and van Tilburg 2006)."""
    if len(rule.items) - len(_given(answers, rule)) > rule.may_miss:
        return None
    return Decimal(sum(answers.get(item) in rule.counted[item] for item in rule.items))


@dataclass(frozen=True)
class Scorer:
    """A rule's function, and the version of its arithmetic: it rises when a change gives another number."""

    function: Callable[[Answers, ScoreRule], Decimal | None]
    version: int


SCORERS = {
    "single": Scorer(single, 1),
    "category": Scorer(category, 1),
    "sum": Scorer(total, 1),
    "mean": Scorer(mean, 1),
    "count": Scorer(count, 1),
}


def score(instrument: Instrument, answers: Answers) -> list[Score]:
    """Every score of the instrument, in its order. Raises NotAnAnswer for what it can't have been answered with."""
    check(instrument, answers)
    return list(_scores(instrument, answers))


def check(instrument: Instrument, answers: Answers) -> None:
    """Raise NotAnAnswer unless each answer belongs to the instrument and lies within its item's range."""
    values = {item.code: item.values for item in instrument.items}
    for code, value in answers.items():
        if code not in values or (value is not None and value not in values[code]):
            raise NotAnAnswer(f"{instrument.code} takes no {value} for {code}.")


def _scores(instrument: Instrument, answers: Answers) -> Iterator[Score]:
    for rule in instrument.scores:
        scorer = SCORERS[rule.rule]
        value = scorer.function(answers, rule)
        yield Score(rule.code, value, "" if value is not None else ANSWERS_MISSING, rule.rule, scorer.version)


def _given(answers, rule) -> list[int]:
    """The numbers answered to the items of a rule."""
    values = [answers.get(item) for item in rule.items]
    return [value for value in values if value is not None]
