"""Answers to a study's questions: kept as they are given, closed, scored, put in from paper and put right."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F

from evaluation.models import Administration, InstrumentItem, Response, Score
from evaluation.question_refusals import (
    AnsweredThemselves,
    AnswersClosed,
    AnswersNotTaken,
    NothingAnswered,
    QuestionsGone,
)
from evaluation.refusals import NothingToCorrect
from evaluation.services.administration import (
    Said,
    correct_administration,
    enter_administration,
    finish_administration,
)
from evaluation.services.consent import withdraw
from evaluation.services.occasion import decline_occasion, settle_occasions
from evaluation.services.questionnaire import pin_instrument
from peersupport.access.log import AccessLogEntry
from peersupport.instruments.scoring import NotAnAnswer, score
from tests.evaluation.questions import PHQ4, asked, days, say, scores_of, standing

pytestmark = pytest.mark.django_db
WHOLE = {"total": 6, "anxiety": 3, "depression": 3}


@pytest.fixture
def administration(study, lead, willing, now):
    return asked(study, lead, now).administrations.get()


def finish(administration, by, now):
    finish_administration(administration=administration, by=by, now=now)
    administration.refresh_from_db()
    return administration


def enter(administration, by, now, *, mode="paper", **said):
    """From paper: PHQ-4 with `said` in place of what it usually is."""
    answers = {code: Said(value=value) for code, value in PHQ4.items()} | said
    enter_administration(administration=administration, answers=answers, mode=mode, by=by, now=now)
    administration.refresh_from_db()
    return administration


def correct(administration, by, now, **said):
    answers = {code: Said(value=value) for code, value in PHQ4.items()} | said
    correct_administration(administration=administration, answers=answers, reason="Misread.", by=by, now=now)


def stop(participant, by, now):
    withdraw(participant=participant, scope="no_collection", by=by, method="own_page", now=now)


# On one's own page


def test_answers_are_kept_as_they_are_given_and_the_last_counts(administration, member, now):
    say(administration, member, now, nervous=3, worrying="skipped")
    say(administration, member, now + timedelta(minutes=1), nervous=1)
    assert standing(administration) == {"nervous": 1, "worrying": "skipped"}
    values = administration.responses.order_by("pk").values_list("value", "missing", "entered_by")
    assert list(values) == [(3, "", member.pk), (None, "skipped", member.pk), (1, "", member.pk)]
    administration.refresh_from_db()
    assert administration.is_open


def test_same_answer_sent_twice_is_one(administration, member, now):
    for _time in range(2):
        say(administration, member, now, nervous=3)
    assert administration.responses.count() == 1


def test_whole_set_is_answered_and_scored(administration, member, now):
    say(administration, member, now, **PHQ4)
    finish(administration, member, now)
    assert (administration.state, administration.closed_at, administration.mode) == ("answered", now, "own_page")
    assert scores_of(administration) == WHOLE
    assert set(administration.scores.values_list("scorer", "scorer_version")) == {("sum", 1)}


def test_scores_can_be_worked_out_again_from_what_is_kept(administration, member, now):
    say(administration, member, now, **PHQ4)
    finish(administration, member, now)
    again = score(administration.definition, standing(administration))
    kept = administration.scores.order_by("pk").values_list("code", "value", "reason", "scorer", "scorer_version")
    assert [(one.code, one.value, one.reason, one.scorer, one.scorer_version) for one in again] == list(kept)


@pytest.mark.parametrize("reason", ["skipped", "prefer_not"])
def test_reason_for_no_answer_gives_no_score_and_is_an_answer(administration, member, now, reason):
    say(administration, member, now, **PHQ4 | {"down": reason})
    finish(administration, member, now)
    assert administration.state == "answered"
    assert scores_of(administration) == {"total": None, "anxiety": 3, "depression": None}
    assert set(administration.scores.filter(value=None).values_list("reason", flat=True)) == {"answers_missing"}


def test_what_nobody_got_to_was_not_asked(administration, member, now):
    say(administration, member, now, nervous=3)
    finish(administration, member, now)
    assert administration.state == "part"
    assert standing(administration) == {
        **{"nervous": 3, "worrying": "not_asked", "interest": "not_asked", "down": "not_asked"}
    }


def test_finishing_twice_is_finishing_once(administration, member, now):
    say(administration, member, now, **PHQ4)
    for _time in range(2):
        finish(administration, member, now)
    assert (administration.responses.count(), administration.scores.count()) == (4, 3)


def test_nothing_answered_can_not_be_finished(administration, member, now):
    with pytest.raises(NothingAnswered):
        finish(administration, member, now)


def test_closed_takes_no_more_answers(administration, member, now):
    say(administration, member, now, nervous=3)
    finish(administration, member, now)
    with pytest.raises(AnswersClosed):
        say(administration, member, now, nervous=0)


@pytest.mark.parametrize("said", [{"nervous": 4}, {"nervous": -1}, {"pain": 3}])
def test_what_is_no_answer_is_refused(administration, member, now, said):
    with pytest.raises(NotAnAnswer):
        say(administration, member, now, **said)
    assert not administration.responses.exists()


def test_nothing_is_taken_after_consent_was_taken_back(administration, willing, member, interviewer, now):
    stop(willing, member, now)
    for try_to in (
        lambda: say(administration, member, now, nervous=1),
        lambda: finish(administration, member, now),
        lambda: enter(administration, interviewer, now),
        lambda: correct(administration, interviewer, now),
    ):
        with pytest.raises(AnswersNotTaken):
            try_to()
    assert set(standing(administration).values()) == {"withdrawn"}


def test_not_this_time_closes_all_that_is_left(administration, member, now):
    for _time in range(2):
        decline_occasion(occasion=administration.occasion, by=member, now=now)
    administration.refresh_from_db()
    assert administration.state == "declined"
    assert not administration.scores.exists()


def test_worst_and_best_answers_set_nothing_off(administration, member, now, mailoutbox):
    before = AccessLogEntry.objects.count()
    say(administration, member, now, nervous=3, worrying=3, interest=3, down=3)
    finish(administration, member, now)
    assert AccessLogEntry.objects.count() == before
    assert mailoutbox == []


# From paper


def test_paper_is_put_in_whole_with_who_did_it(administration, member, interviewer, now):
    enter(administration, interviewer, now, down=Said(missing="not_applicable"))
    assert (administration.state, administration.mode, administration.closed_at) == ("answered", "paper", now)
    assert set(administration.responses.values_list("entered_by", flat=True)) == {interviewer.pk}
    assert scores_of(administration) == {"total": None, "anxiety": 3, "depression": None}
    entry = AccessLogEntry.objects.get(object_type="evaluation.administration")
    assert (entry.actor, entry.subject, entry.action) == (interviewer, member, "added")


def test_paper_may_come_late(administration, interviewer, now):
    late = administration.occasion.closes_at
    settle_occasions(now=late)
    enter(administration, interviewer, late + days(3), mode="voice")
    assert (administration.state, administration.mode) == ("answered", "voice")
    assert standing(administration) == PHQ4
    assert scores_of(administration) == WHOLE


def test_paper_is_not_put_beside_their_own_answers(administration, member, interviewer, now):
    say(administration, member, now, nervous=3)
    with pytest.raises(AnsweredThemselves):
        enter(administration, interviewer, now)
    assert standing(administration) == {"nervous": 3}


def test_paper_is_put_in_once(administration, interviewer, now):
    enter(administration, interviewer, now)
    with pytest.raises(AnswersClosed):
        enter(administration, interviewer, now)


# Putting right


def test_correction_keeps_what_stood_and_scores_again(administration, interviewer, now):
    enter(administration, interviewer, now)
    correct(administration, interviewer, now + days(1), nervous=Said(value=3), down=Said(missing="prefer_not"))
    assert standing(administration) == PHQ4 | {"nervous": 3, "down": "prefer_not"}
    assert scores_of(administration) == {"total": None, "anxiety": 5, "depression": None}
    said = administration.responses.filter(item__code="nervous").order_by("pk")
    assert list(said.values_list("value", "correction_reason")) == [(1, ""), (3, "Misread.")]
    assert (administration.responses.count(), administration.scores.count()) == (6, 6)
    administration.refresh_from_db()
    assert administration.closed_at == now


def test_correction_of_nothing_is_refused(administration, interviewer, now):
    enter(administration, interviewer, now)
    with pytest.raises(NothingToCorrect):
        correct(administration, interviewer, now)


def test_their_own_answers_are_not_corrected_by_others(administration, member, interviewer, now):
    say(administration, member, now, **PHQ4)
    finish(administration, member, now)
    with pytest.raises(AnswersClosed):
        correct(administration, interviewer, now, nervous=Said(value=3))


# Definitions that are gone


def test_questions_that_are_gone_take_no_answer_and_close_without_a_score(
    administration, member, now, settings, monkeypatch
):
    say(administration, member, now, **PHQ4)
    monkeypatch.setattr("evaluation.models.questionnaire.instrument_of", lambda *key: None)
    with pytest.raises(QuestionsGone):
        say(administration, member, now, nervous=2)
    finish(administration, member, now)
    assert (administration.state, administration.scores.count()) == ("answered", 0)


# What the database holds


def row(administration, **facts):
    return {"administration": administration, "answered_at": administration.occasion.opened_at} | facts


@pytest.mark.parametrize(
    "said",
    [{"value": 1, "missing": "skipped"}, {"value": None, "missing": ""}, {"value": None, "missing": "forgot"}],
)
def test_database_wants_a_number_or_a_reason(administration, said):
    item = administration.instrument.items.first()
    with pytest.raises(IntegrityError, match="response_or_reason"), transaction.atomic():
        Response.objects.create(**row(administration, item=item, **said))


@pytest.mark.parametrize("value", [-1, 4, 99])
def test_database_takes_no_number_out_of_range(administration, value):
    item = administration.instrument.items.first()
    with pytest.raises(IntegrityError, match="no such answer"), transaction.atomic():
        Response.objects.create(**row(administration, item=item, value=value))


def test_database_takes_no_answer_to_another_set(administration, now):
    item = InstrumentItem.objects.get(instrument=pin_instrument(code="pain_nrs", now=now))
    with pytest.raises(IntegrityError, match="no such answer"), transaction.atomic():
        Response.objects.create(**row(administration, item=item, value=1))


def test_answers_and_scores_only_grow(administration, member, now):
    say(administration, member, now, **PHQ4)
    finish(administration, member, now)
    for model in (Response, Score):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.all().delete()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(value=F("value"))


@pytest.mark.parametrize("change", [{"closed_at": None, "state": "invited"}, {"instrument": None}])
def test_closed_is_not_opened_and_asks_nothing_else(administration, member, now, change):
    say(administration, member, now, nervous=1)
    finish(administration, member, now)
    if "instrument" in change:
        change = {"instrument": pin_instrument(code="pain_nrs", now=now)}
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Administration.objects.update(**change)
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Administration.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    "facts",
    [{"state": "answered"}, {"state": "lost"}, {"state": "invited", "closed": True}, {"mode": "dream"}],
)
def test_states_that_can_not_be(administration, now, facts):
    change = {name: value for name, value in facts.items() if name != "closed"}
    change |= {"closed_at": now} if "closed" in facts else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Administration.objects.update(**change)
