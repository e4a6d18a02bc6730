"""What pages show of a member's own reports: what can be answered, what was said, and the numbers over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.instruments.definition import Instrument, Item, ScoreRule
from supportplans.models import SelfReport, SelfReportAnswer, SelfReportWish
from supportplans.models.self_report import days_answered

NOT_REACHED = _("Not answered")
#: Between two reports that lie further apart than this (the longest rhythm and some days) the line is broken.
GAP = timedelta(days=100)
_WISH = ("is_on", "instruments", "rhythm_weeks", "first_on", "left_out_on")


@dataclass(frozen=True)
class Offer:
    """One instrument that a member chose: `report` is what they have begun, `given` how much of it is answered."""

    instrument: Instrument
    report: SelfReport | None
    given: int
    answered_on: date | None
    is_waiting: bool


@dataclass(frozen=True)
class Said:
    """One question and what was said to it; `number` is its place, from 1."""

    number: int
    item: Item
    answer: str


@dataclass(frozen=True)
class Number:
    """One score of a report, as its owner sees it: "" where there is none. What it means is never said."""

    rule: ScoreRule
    value: str


@dataclass(frozen=True)
class Line:
    """One row over time: a report with its numbers, or (without a report) a stretch in which there was none."""

    report: SelfReport | None
    cells: list[str]


def offers_of(wish: SelfReportWish, *, now: datetime) -> list[Offer]:
    """What the owner of `wish` (with `answered`) can answer now, in their order."""
    zone = wish.person.zone
    answered_on, today = days_answered(wish.answered, zone), timezone.localdate(now, timezone=zone)
    begun = SelfReport.objects.open().filter(person=wish.person).annotate(given=Count("answers"))
    reports = {report.instrument: report for report in begun if not report.is_old(now)}
    waiting = {instrument.code for instrument in wish.waiting(today, answered_on)}
    return [
        Offer(
            instrument=instrument,
            report=(report := reports.get(instrument.code)),
            given=report.given if report else 0,
            answered_on=answered_on.get(instrument.code),
            is_waiting=instrument.code in waiting,
        )
        for instrument in wish.chosen()
    ]


def waiting_for(person, *, now: datetime) -> list[Instrument]:
    """What the person is asked for now and has not answered."""
    wish = SelfReportWish.objects.filter(person=person, is_on=True).with_answered().first()
    today = timezone.localdate(now, timezone=person.zone)
    return wish.waiting(today, days_answered(wish.answered, person.zone)) if wish else []


def wish_at_home(person) -> QuerySet:
    """The person's wish as JSON, for a subquery: the home page has no query to spare."""
    wishes = SelfReportWish.objects.filter(person=person, is_on=True, first_on__isnull=False).with_answered()
    return wishes.values(row=JSONObject(**{name: name for name in (*_WISH, "answered")}))


def waits_at_home(rows: Sequence[dict], *, person, now: datetime) -> bool:
    """Whether what `wish_at_home` gives asks for something today."""
    if not rows:
        return False
    wish = SelfReportWish(person=person, **{name: rows[0][name] for name in _WISH})
    for name in ("first_on", "left_out_on"):
        setattr(wish, name, date.fromisoformat(rows[0][name]) if rows[0][name] else None)
    answered_on = days_answered(rows[0]["answered"], person.zone)
    return bool(wish.waiting(timezone.localdate(now, timezone=person.zone), answered_on))


def said_in(report: SelfReport) -> list[Said]:
    """Every question of a report and what was said to it, in order."""
    answers = {answer.item: answer for answer in report.answers.all()}
    items = report.definition.items
    return [Said(number, item, _spoken(item, answers.get(item.code))) for number, item in enumerate(items, start=1)]


def numbers_in(report: SelfReport) -> list[Number]:
    """The scores of a finished report, without what is a category: that is what was said, not a number."""
    values = {score.code: score.value for score in report.scores.all()}
    return [Number(rule, shown_number(values.get(rule.code))) for rule in number_rules(report.definition)]


def number_rules(instrument: Instrument) -> list[ScoreRule]:
    return [rule for rule in instrument.scores if not rule.is_category]


def lines_over_time(reports: Sequence[SelfReport], rules: Sequence[ScoreRule]) -> list[Line]:
    """`reports` (oldest first, with their scores) as rows of numbers; an empty row where the line is broken."""
    lines: list[Line] = []
    for report in reports:
        if lines and report.finished_at - lines[-1].report.finished_at > GAP:
            lines.append(Line(None, [""] * len(rules)))
        values = {score.code: score.value for score in report.scores.all()}
        lines.append(Line(report, [shown_number(values.get(rule.code)) for rule in rules]))
    return lines


def words_over_time(reports: Sequence[SelfReport], instrument: Instrument) -> list[tuple[ScoreRule, list]]:
    """For each category of an instrument, what was said when: (report, words), oldest first."""
    rules = [rule for rule in instrument.scores if rule.is_category]
    return [(rule, [(report, _words_of(report, rule)) for report in reports]) for rule in rules]


def _words_of(report, rule):
    """In the words of the version that was answered; nothing where it has no such question, or is gone."""
    value = next((score.value for score in report.scores.all() if score.code == rule.code), None)
    items = [item for item in (report.definition.items if report.definition else ()) if item.code == rule.items[0]]
    return "" if value is None or not items else str(items[0].label_of(int(value)))


def _spoken(item: Item, answer: SelfReportAnswer | None) -> str:
    if answer is None:
        return str(NOT_REACHED)
    return str(answer.get_missing_display() if answer.missing else item.label_of(answer.value))


def shown_number(value: Decimal | None) -> str:
    """ "7" or "4.3"; nothing for None."""
    return "" if value is None else f"{value.normalize():f}"
