"""Answers to a study's questions: one by one on one's own page, or all at once from paper; then closed and scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from evaluation import looks
from evaluation.consent import is_askable
from evaluation.models import Administration, InstrumentItem, Participant, Response, Score
from evaluation.question_refusals import (
    AnsweredThemselves,
    AnswersClosed,
    AnswersNotTaken,
    NothingAnswered,
    QuestionsGone,
)
from evaluation.refusals import NothingToCorrect
from members.models import Person
from peersupport.access.log import Action
from peersupport.instruments.scoring import check, score

Missing, State = Response.Missing, Administration.State
#: Reasons that nobody gave.
NOT_REACHED = (Missing.NOT_ASKED, Missing.WITHDRAWN)


@dataclass(frozen=True)
class Said:
    """What was said to one question: a number, or why there is none."""

    value: int | None = None
    missing: str = ""


@transaction.atomic
def answer_question(*, administration: Administration, item: str, said: Said, by: Person, now: datetime) -> Response:
    """Keep what a participant says on their own page. Said again, the last counts; the same again adds nothing."""
    locked = _locked(administration, now)
    if not locked.is_open:
        raise AnswersClosed
    check(_definition(locked), {item: said.value})
    known = _standing(locked).get(item)
    if known and Said(known.value, known.missing) == said:
        return known
    items = {row.code: row for row in InstrumentItem.objects.filter(instrument=locked.instrument_id, code=item)}
    return _response(locked, items[item], said, by, now, save=True)


@transaction.atomic
def finish_administration(*, administration: Administration, by: Person, now: datetime) -> Administration:
    """Nothing changes any more on one's own page. Finishing twice is finishing once."""
    locked = _locked(administration, now)
    if not locked.is_open:
        return locked
    if not _standing(locked):
        raise NothingAnswered
    close_administration(administration=locked, now=now)
    return locked


@transaction.atomic
def enter_administration(
    *, administration: Administration, answers: Mapping[str, Said], mode: str, by: Person, now: datetime
) -> Administration:
    """Put in what a participant said on paper or by voice: every question at once. Paper may come late."""
    locked = _locked(administration, now)
    if not locked.can_be_entered:
        raise AnswersClosed
    if locked.responses.filter(entered_by__isnull=False).exists():
        raise AnsweredThemselves
    _write(locked, answers, by, now)
    locked.mode = mode
    close_administration(administration=locked, now=now)
    _log(locked, by, Action.ADDED, "evaluation:administration_enter", now)
    return locked


@transaction.atomic
def correct_administration(
    *, administration: Administration, answers: Mapping[str, Said], reason: str, by: Person, now: datetime
) -> Administration:
    """Put right what was put in from paper: what differs gets another row, and the scores are worked out again."""
    locked = _locked(administration, now)
    if not locked.can_be_corrected:
        raise AnswersClosed
    known = {code: Said(row.value, row.missing) for code, row in _standing(locked).items()}
    changed = {code: said for code, said in answers.items() if known.get(code) != said}
    if not changed:
        raise NothingToCorrect
    _write(locked, changed, by, now, reason)
    _settle(locked, now, closed_at=locked.closed_at)
    _log(locked, by, Action.CHANGED, "evaluation:administration_correct", now)
    return locked


def close_administration(*, administration: Administration, now: datetime, unanswered: str = State.MISSED) -> None:
    """What has no answer gets a reason; the state is `unanswered` where nothing was said, or consent taken back.

    For services that hold the administration's row. One whose definition is gone is closed as it is, without scores.
    """
    is_withdrawn = unanswered == State.WITHDRAWN
    gap = Said(missing=Missing.WITHDRAWN if is_withdrawn else Missing.NOT_ASKED)
    known = _standing(administration)
    is_said = any(row.missing not in NOT_REACHED for row in known.values())
    left = [item for item in administration.instrument.items.all() if item.code not in known]
    Response.objects.bulk_create(_response(administration, item, gap, None, now) for item in left)
    _settle(administration, now, closed_at=now, state="" if is_said and not is_withdrawn else unanswered)


def _settle(administration, now, *, closed_at, state=""):
    """State and scores follow from the answers that stand; `state` says so where there are none."""
    standing = _standing(administration)
    is_whole = all(row.missing not in NOT_REACHED for row in standing.values())
    administration.state = state or (State.ANSWERED if is_whole else State.PART)
    administration.closed_at = closed_at
    administration.save(update_fields=["state", "mode", "closed_at"])
    definition = administration.definition
    if definition and not state:
        scores = score(definition, {code: row.value for code, row in standing.items()})
        Score.objects.bulk_create(_score(administration, one, now) for one in scores)


def _score(administration, one, now):
    return Score(
        administration=administration,
        code=one.code,
        value=one.value,
        reason=one.reason,
        scorer=one.scorer,
        scorer_version=one.scorer_version,
        scored_at=now,
    )


def _write(administration, answers, by, now, reason=""):
    check(_definition(administration), {code: said.value for code, said in answers.items()})
    items = {item.code: item for item in administration.instrument.items.all()}
    Response.objects.bulk_create(
        _response(administration, items[code], said, by, now, reason=reason) for code, said in answers.items()
    )


def _response(administration, item, said, by, now, *, reason="", save=False):
    response = Response(
        administration=administration,
        item=item,
        value=said.value,
        missing=said.missing,
        correction_reason=reason,
        entered_by=by,
        answered_at=now,
    )
    if save:
        response.save()
    return response


def _standing(administration) -> dict[str, Response]:
    """By the code of the item; nothing is asked of the database for each."""
    rows = Response.objects.filter(administration=administration).select_related("item").standing()
    return {row.item.code: row for row in rows}


def _definition(administration):
    definition = administration.definition
    if definition is None:
        raise QuestionsGone
    return definition


def _locked(administration, now):
    """As it is now, its participant's row locked before it; AnswersNotTaken where their yes does not hold."""
    participant = Participant.objects.select_for_update(of=["self"]).get(occasions__administrations=administration)
    if not is_askable(participant, now):
        raise AnswersNotTaken
    rows = Administration.objects.select_for_update(of=["self"]).select_related("instrument", "occasion__participant")
    return rows.get(pk=administration.pk)


def _log(administration, by, action, route, now):
    about = [administration.occasion.participant_id]
    looks.record(actor=by, action=action, obj=administration, participants=about, route=route, now=now)
