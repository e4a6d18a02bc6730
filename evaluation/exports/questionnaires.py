"""The tables of the bundle that hold answers to a study's questions: what was asked, what was said, what it adds up to.

Which instruments, items and scales there can be follows from their definitions, in every version that is there. Only
what is closed has answers here; each question then has one row, the last that was said, or why there is no answer.
"""

from collections.abc import Iterator

from evaluation.exports.columns import Purpose, days_since_entry, key, number, on
from evaluation.exports.tables import ENTRY, PARTICIPANT
from evaluation.exports.variables import Table, Variable, choices
from evaluation.models import Administration, Event, Response
from peersupport.instruments.catalogue import every_version
from peersupport.instruments.scoring import ANSWERS_MISSING

ADMINISTRATION = key("administration", "One instrument on one occasion, the same in every table", "administration.id")
_ASKED = """
    FROM people
    JOIN evaluation_occasion occasion ON occasion.participant_id = people.pk
    JOIN evaluation_administration administration ON administration.occasion_id = occasion.id
    JOIN evaluation_instrumentversion instrument ON instrument.id = administration.instrument_id"""
_WHERE = " WHERE people.questionnaires AND occasion.opened_at <= %(as_of)s"
_CLOSED = _WHERE + " AND administration.closed_at <= %(as_of)s"
_ORDER = " ORDER BY people.place, occasion.due_on, administration.id"
# The last of each that stood at the instant.
_RESPONSES = """
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (said.item_id) said.* FROM evaluation_response said
        WHERE said.administration_id = administration.id AND said.answered_at <= %(as_of)s
        ORDER BY said.item_id, said.id DESC) response
    JOIN evaluation_instrumentitem item ON item.id = response.item_id"""
_SCORES = """
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (made.code) made.* FROM evaluation_score made
        WHERE made.administration_id = administration.id AND made.scored_at <= %(as_of)s
        ORDER BY made.code, made.id DESC) score"""
_IS_ANSWERED = "administration.state IN ('answered', 'part')"


def _instruments() -> dict[str, str]:
    return {instrument.code: instrument.name for instrument in every_version()}


def _named_items() -> Iterator[tuple[str, str]]:
    for instrument in every_version():
        for item in instrument.items:
            yield f"{instrument.code}_{item.code}", f"{instrument.name}: {item.text}"


def _named_scales() -> Iterator[tuple[str, str]]:
    for instrument in every_version():
        for rule in instrument.scores:
            yield f"{instrument.code}_{rule.code}", f"{instrument.name}: {rule.name}. {rule.higher}"


QUESTIONNAIRE_TABLES = (
    Table(
        "administrations",
        "What a participant was asked, and what came of it",
        (Purpose.QUESTIONNAIRES,),
        (
            ADMINISTRATION,
            PARTICIPANT,
            Variable("instrument", "Instrument", "instrument.code", categories=_instruments()),
            number("version", "Version of its wording", "instrument.version"),
            Variable("event", "When it was asked", "occasion.event", categories=choices(Event)),
            Variable("state", "What came of it", "administration.state", categories=choices(Administration.State)),
            days_since_entry("due_day", f"{ENTRY} to the day it was due", "occasion.due_on"),
            days_since_entry(
                "answered_day",
                f"{ENTRY} to the day it was finished; empty where it was not answered",
                f"CASE WHEN {_IS_ANSWERED} THEN {on('administration.closed_at')} END",
            ),
            Variable(
                "mode",
                "How it was answered; empty where it was not",
                f"CASE WHEN {_IS_ANSWERED} THEN administration.mode END",
                categories=choices(Administration.Mode),
            ),
        ),
        _ASKED + _WHERE + _ORDER,
    ),
    Table(
        "responses",
        "One row for each question of what is closed: the answer that stands, or why there is none",
        (Purpose.QUESTIONNAIRES,),
        (
            ADMINISTRATION,
            PARTICIPANT,
            Variable(
                "item",
                "Question, as instrument and item",
                "instrument.code || '_' || item.code",
                categories=dict(_named_items()),
            ),
            number("value", "The number of the answer; empty where there is none", "response.value"),
            Variable(
                "missing",
                "Why there is no answer",
                "nullif(response.missing, '')",
                categories=choices(Response.Missing),
            ),
        ),
        f"{_ASKED}{_RESPONSES}{_CLOSED}{_ORDER}, item.number",
    ),
    Table(
        "scores",
        "Scores of what was answered; no band says what a number means",
        (Purpose.QUESTIONNAIRES,),
        (
            ADMINISTRATION,
            PARTICIPANT,
            Variable(
                "scale",
                "Scale, as instrument and score",
                "instrument.code || '_' || score.code",
                categories=dict(_named_scales()),
            ),
            Variable("value", "The score; empty where there is none", "trim_scale(score.value)", "number"),
            Variable(
                "reason",
                "Why there is no score",
                "nullif(score.reason, '')",
                categories={ANSWERS_MISSING: "Answers are missing"},
            ),
            number("scorer_version", "Version of the arithmetic", "score.scorer_version"),
        ),
        f"{_ASKED}{_SCORES}{_CLOSED}{_ORDER}, score.code",
    ),
)
