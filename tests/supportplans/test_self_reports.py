"""A report of oneself: each answer is kept as given, and once finished nothing of it changes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peersupport.instruments.catalogue import instrument_of
from peersupport.instruments.definition import Missing
from peersupport.instruments.scoring import NotAnAnswer, score
from supportplans.models import SelfReport, SelfReportAnswer, SelfReportScore
from supportplans.refusals import NothingAnswered, ReportFinished
from supportplans.services.self_report import answer_item, finish_report, start_report, take_out_report
from tests.factories import NOW, PersonFactory, SelfReportFactory, finished_report
from tests.groups.test_at_once import at_once

PHQ4 = {"nervous": 1, "worrying": 2, "interest": 3, "down": 0}


@pytest.fixture
def person(db):
    return PersonFactory()


@pytest.fixture
def report(person):
    return start_report(instrument=instrument_of("phq4"), by=person, now=NOW)


def answer(report, item, value=None, missing=None, now=NOW):
    return answer_item(report=report, item=item, value=value, missing=missing, now=now)


def said(report):
    return {row.item: row.missing or row.value for row in report.answers.all()}


def scores(report):
    return {row.code: row.reason or int(row.value) for row in report.scores.all()}


def test_starting_twice_is_one_report(person, report):
    again = start_report(instrument=instrument_of("phq4"), by=person, now=NOW + timedelta(hours=3))
    assert (again, SelfReport.objects.count()) == (report, 1)
    assert (again.version, again.started_at) == (1, NOW)


def test_each_instrument_and_each_person_has_one_of_its_own(person, report):
    others = [
        start_report(instrument=instrument_of("pain_nrs"), by=person, now=NOW),
        start_report(instrument=instrument_of("phq4"), by=PersonFactory(), now=NOW),
    ]
    assert report not in others
    assert SelfReport.objects.open().count() == 3


def test_an_answer_given_again_is_one_answer_and_the_last_counts(report):
    for value in (1, 1, 3):
        answer(report, "nervous", value)
    answer(report, "worrying", 2)
    answer(report, "worrying", missing=Missing.SKIPPED)
    answer(report, "down", missing=Missing.PREFER_NOT)
    answer(report, "down", 0)
    assert said(report) == {"nervous": 3, "worrying": "skipped", "down": 0}


@pytest.mark.parametrize(("item", "value"), [("nervous", 4), ("nervous", -1), ("pain", 1), ("", 1)])
def test_what_is_no_answer_is_not_kept(report, item, value):
    with pytest.raises(NotAnAnswer):
        answer(report, item, value)
    assert said(report) == {}


def test_finishing_keeps_answers_versions_and_scores(report):
    for item, value in PHQ4.items():
        answer(report, item, value)
    done = finish_report(report=report, now=NOW + timedelta(minutes=4))
    assert (done.version, done.finished_at) == (1, NOW + timedelta(minutes=4))
    assert said(done) == PHQ4
    assert scores(done) == {"total": 6, "anxiety": 3, "depression": 3}
    assert set(done.scores.values_list("scorer", "scorer_version")) == {("sum", 1)}


def test_finishing_early_leaves_out_what_was_not_reached(report):
    answer(report, "nervous", 1)
    answer(report, "worrying", missing=Missing.SKIPPED)
    done = finish_report(report=report, now=NOW)
    assert said(done) == {"nervous": 1, "worrying": "skipped"}
    assert set(scores(done).values()) == {"answers_missing"}


def test_finishing_twice_is_finishing_once(report):
    answer(report, "nervous", 1)
    first = finish_report(report=report, now=NOW)
    again = finish_report(report=report, now=NOW + timedelta(hours=1))
    assert (again.finished_at, again.scores.count()) == (first.finished_at, 3)


def test_nothing_answered_is_not_finished(report):
    with pytest.raises(NothingAnswered):
        finish_report(report=report, now=NOW)
    assert not SelfReport.objects.finished().exists()


def test_finished_report_takes_no_answer_and_another_one_can_begin(person, report):
    answer(report, "nervous", 1)
    finish_report(report=report, now=NOW)
    with pytest.raises(ReportFinished):
        answer(report, "nervous", 2)
    assert start_report(instrument=instrument_of("phq4"), by=person, now=NOW) != report
    assert said(report) == {"nervous": 1}


def test_what_was_left_open_for_long_is_closed_on_the_day_of_its_last_answer(person, report):
    answer(report, "nervous", 1, now=NOW + timedelta(days=1))
    in_time = start_report(instrument=instrument_of("phq4"), by=person, now=NOW + timedelta(days=6))
    assert in_time == report
    later = start_report(instrument=instrument_of("phq4"), by=person, now=NOW + timedelta(days=9))
    report.refresh_from_db()
    assert later != report
    assert report.finished_at == NOW + timedelta(days=1)
    assert scores(report)["total"] == "answers_missing"


def test_what_was_left_open_without_an_answer_leaves_every_page(person, report):
    start_report(instrument=instrument_of("phq4"), by=person, now=NOW + timedelta(days=9))
    report.refresh_from_db()
    assert report.taken_out_at
    assert SelfReport.objects.standing().count() == 1


def test_taken_out_is_in_no_list_and_takes_no_answer(report):
    answer(report, "nervous", 1)
    take_out_report(report=report, now=NOW)
    take_out_report(report=report, now=NOW + timedelta(days=1))
    report.refresh_from_db()
    assert report.taken_out_at == NOW
    assert not SelfReport.objects.standing().exists()
    with pytest.raises(ReportFinished):
        answer(report, "worrying", 1)
    assert finish_report(report=report, now=NOW).finished_at is None


def refused(change):
    """Whether the database refuses `change`, whoever asks."""
    try:
        with transaction.atomic():
            change()
    except DatabaseError:
        return True
    return False


def test_database_keeps_a_finished_report_as_it_is(person):
    report = finished_report(person=person, at=NOW, pain=7)
    rows, answers = SelfReport.objects.filter(pk=report.pk), report.answers.all()
    changes = [
        lambda: rows.update(finished_at=None),
        lambda: rows.update(finished_at=NOW + timedelta(days=1)),
        lambda: rows.update(instrument="ons4"),
        lambda: rows.update(version=2),
        lambda: rows.update(person=PersonFactory()),
        lambda: answers.update(value=3),
        lambda: answers.update(value=None, missing="skipped"),
        lambda: answers.delete(),
        lambda: SelfReportAnswer.objects.create(report=report, item="more", value=1, answered_at=NOW),
        lambda: report.scores.update(value=3),
        lambda: report.scores.all().delete(),
        lambda: rows._raw_delete(rows.db),
    ]
    assert [refused(change) for change in changes] == [True] * len(changes)
    report.refresh_from_db()
    assert (said(report), report.scores.get().value) == ({"pain": 7}, 7)


def test_database_lets_what_was_taken_out_be_erased_but_not_brought_back(person):
    report = finished_report(person=person, at=NOW, pain=7)
    take_out_report(report=report, now=NOW)
    rows = SelfReport.objects.filter(pk=report.pk)
    assert refused(lambda: rows.update(taken_out_at=None))
    assert refused(lambda: report.answers.update(value=1))
    report.answers.all().delete()
    report.scores.all().delete()
    rows.delete()
    assert not SelfReport.objects.exists()


def test_answer_stays_with_its_question_and_its_report(person, report):
    kept = answer(report, "nervous", 1)
    other = start_report(instrument=instrument_of("gad7"), by=person, now=NOW)
    own = SelfReportAnswer.objects.filter(pk=kept.pk)
    assert refused(lambda: own.update(report=other))
    assert refused(lambda: own.update(item="down"))


@pytest.mark.parametrize(
    "row",
    [
        {"value": None, "missing": ""},
        {"value": 3, "missing": "skipped"},
        {"value": None, "missing": "the dog ate it"},
    ],
)
def test_database_takes_a_number_or_a_reason(report, row):
    with pytest.raises(IntegrityError), transaction.atomic():
        SelfReportAnswer.objects.create(report=report, item="nervous", answered_at=NOW, **row)


@pytest.mark.parametrize("row", [{"value": None, "reason": ""}, {"value": 3, "reason": "answers_missing"}])
def test_database_takes_a_score_or_a_reason(report, row):
    with pytest.raises(IntegrityError), transaction.atomic():
        SelfReportScore.objects.create(report=report, code="total", scorer="sum", scorer_version=1, **row)


def test_database_takes_one_open_report_each_and_no_end_before_the_start(person, report):
    with pytest.raises(IntegrityError), transaction.atomic():
        SelfReportFactory(person=person, instrument="phq4")
    with pytest.raises(IntegrityError), transaction.atomic():
        SelfReport.objects.filter(pk=report.pk).update(finished_at=NOW - timedelta(days=1))


def test_stored_scores_are_those_that_the_stored_answers_give_again(person):
    """What a researcher would check: raw answers and versions suffice."""
    finished_report(person=person, pain=7)
    finished_report(person=person, instrument="phq4", **PHQ4)
    finished_report(person=person, instrument="ons4", satisfied=7, worthwhile=None, happy=3, anxious=10)
    finished_report(person=person, instrument="ons_loneliness", companionship=1, left_out=2, isolated=3, lonely=4)
    for report in SelfReport.objects.finished():
        again = score(report.definition, dict(report.answers.values_list("item", "value")))
        stored = {(row.code, row.value, row.reason, row.scorer, row.scorer_version) for row in report.scores.all()}
        assert stored == {(one.code, one.value, one.reason, one.scorer, one.scorer_version) for one in again}
    assert SelfReportScore.objects.count() == 1 + 3 + 4 + 2


@pytest.mark.django_db(transaction=True)
def test_two_tabs_start_answer_and_finish_at_once():
    person, phq4 = PersonFactory(), instrument_of("phq4")
    begun = at_once(*[lambda: start_report(instrument=phq4, by=person, now=NOW)] * 4)
    assert (begun, SelfReport.objects.count()) == (["done"] * 4, 1)
    report = SelfReport.objects.get()
    assert at_once(*[lambda value=value: answer(report, "nervous", value) for value in (0, 1, 2, 3)]) == ["done"] * 4
    assert report.answers.count() == 1
    at_once(
        lambda: answer(report, "down", 3),
        *[lambda: finish_report(report=report, now=NOW)] * 3,
    )
    report.refresh_from_db()
    assert report.scores.count() == 3
    again = score(phq4, dict(report.answers.values_list("item", "value")))
    assert {one.code: one.value for one in again} == dict(report.scores.values_list("code", "value"))
