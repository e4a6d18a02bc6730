"""What an instrument is: its questions in their exact words, the answers to each, and the scores they give."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import get_language


class Missing(StrEnum):
    """Why there is no answer. A question that nobody got to has no row at all: it was not asked."""

    SKIPPED = "skipped"
    PREFER_NOT = "prefer_not"


@dataclass(frozen=True)
class Words:
    """One text in some languages. As a string it is in the language of the page, else in the first there is."""

    by_language: Mapping[str, str]

    @property
    def language(self) -> str:
        """The language that it is shown in, for the `lang` of what holds it."""
        active = (get_language() or "").split("-")[0]
        return active if active in self.by_language else next(iter(self.by_language))

    def __str__(self) -> str:
        return self.by_language[self.language]


@dataclass(frozen=True)
class Answer:
    value: int
    label: Words


@dataclass(frozen=True)
class Item:
    """One question. `low` and `high` stand at the two ends where the answers are a scale of bare numbers."""

    code: str
    text: Words
    answers: tuple[Answer, ...]
    low: Words | None = None
    high: Words | None = None

    @property
    def is_scale(self) -> bool:
        return self.low is not None

    @property
    def values(self) -> tuple[int, ...]:
        return tuple(answer.value for answer in self.answers)

    def label_of(self, value: int) -> Words:
        """What was said, in the words of the question."""
        return next(answer.label for answer in self.answers if answer.value == value)


@dataclass(frozen=True)
class ScoreRule:
    """How one score comes about: `rule` names a function in scoring.py, which says what missing answers do.

    `higher_is` is "better", "worse" or "neither"; `higher` says it in plain words. `cuts` are the lowest values of
    each band but the first: for researchers' tables alone. A category is one answer in words, and never a number.
    """

    code: str
    rule: str
    items: tuple[str, ...]
    lowest: int
    highest: int
    higher_is: str
    name: Words
    higher: Words
    factor: int = 1
    counted: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    may_miss: int = 0
    cuts: tuple[int, ...] = ()

    @property
    def is_category(self) -> bool:
        return self.rule == "category"


@dataclass(frozen=True)
class Instrument:
    """One version of one instrument. What is asked and how it is scored never changes within a version.

    `missing_codes` are the numbers that stand for each reason in a table of numbers; no answer has one of them.
    """

    code: str
    version: int
    name: str
    licence: str
    source: str
    recall: str
    plain_name: Words
    asks: Words
    credit: Words
    stem: Words | None
    items: tuple[Item, ...]
    scores: tuple[ScoreRule, ...]
    missing_codes: Mapping[str, int]

    def item(self, code: str) -> Item:
        return next(item for item in self.items if item.code == code)

    def score_rule(self, code: str) -> ScoreRule:
        return next(rule for rule in self.scores if rule.code == code)

    @property
    def minutes(self) -> int:
        """About how long it takes someone who is tired: three questions a minute, and never less than one."""
        return max(1, round(len(self.items) / 3))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over what is measured (wording, answers, scores), not over how it is introduced to members."""
        measured = {
            "code": self.code,
            "version": self.version,
            "recall": self.recall,
            "stem": self.stem and dict(self.stem.by_language),
            "items": [_measured(item) for item in self.items],
            "scores": [_measured_score(rule) for rule in self.scores],
            "missing": dict(self.missing_codes),
        }
        return hashlib.sha256(json.dumps(measured, sort_keys=True).encode()).hexdigest()


def _measured(item):
    ends = [end and dict(end.by_language) for end in (item.low, item.high)]
    answers = [[answer.value, dict(answer.label.by_language)] for answer in item.answers]
    return [item.code, dict(item.text.by_language), answers, ends]


def _measured_score(rule):
    how = [rule.factor, sorted(rule.counted.items()), rule.may_miss, rule.cuts]
    return [rule.code, rule.rule, rule.items, rule.lowest, rule.highest, rule.higher_is, *how]
