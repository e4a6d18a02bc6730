"""What pages show of answers to a study's questions: what was said, and a participant's own numbers over time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from evaluation.models import Administration, Participant, Response
from peersupport.instruments.definition import Instrument, Item, ScoreRule
from supportplans.self_report_page import NOT_REACHED, number_rules, shown_number


@dataclass(frozen=True)
class Line:
    """One question and what was said to it; `number` is its place, from 1. `reason`: why it was put right, if so."""

    number: int
    item: Item
    answer: str
    is_given: bool
    reason: str = ""


@dataclass(frozen=True)
class Numbers:
    """What one instrument gave over time: for each occasion a number to each rule, "" where there is none."""

    instrument: Instrument
    rules: list[ScoreRule]
    rows: list[tuple[datetime, list[tuple[ScoreRule, str]]]]


def standing_of(administration: Administration) -> dict[str, Response]:
    """The last that was said to each question, by the code of its item."""
    rows = Response.objects.filter(administration=administration).select_related("item").standing()
    return {row.item.code: row for row in rows}


def lines_of(administration: Administration) -> list[Line]:
    """Every question, in order; those without an answer too. Its definition must be there."""
    said = standing_of(administration)
    return [
        _line(number, item, said.get(item.code)) for number, item in enumerate(administration.definition.items, start=1)
    ]


def numbers_over_time(participant: Participant) -> list[Numbers]:
    """A participant's own numbers, oldest first; what a number means is never said."""
    answered = Administration.objects.answered().filter(occasion__participant=participant)
    by_version = defaultdict(list)
    for one in answered.select_related("instrument").prefetch_related("scores").order_by("closed_at"):
        by_version[one.instrument].append(one)
    return [
        Numbers(definition, rules, [(one.closed_at, _cells(one, rules)) for one in those])
        for version, those in by_version.items()
        if (definition := version.definition) and (rules := number_rules(definition))
    ]


def _cells(administration, rules):
    latest = {score.code: score for score in sorted(administration.scores.all(), key=lambda score: score.pk)}
    return [(rule, shown_number(latest[rule.code].value) if rule.code in latest else "") for rule in rules]


def _line(number, item, said):
    if said is None:
        return Line(number, item, str(NOT_REACHED), is_given=False)
    words = said.get_missing_display() if said.missing else item.label_of(said.value)
    return Line(number, item, str(words), is_given=True, reason=said.correction_reason)
