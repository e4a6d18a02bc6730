"""Answers and scores in a bundle: of those whose yes to questionnaires holds, the last that was said, and no words."""

from datetime import timedelta

import pytest

from evaluation.exports.profile import QUALITATIVE, QUANTITATIVE
from evaluation.exports.questionnaires import QUESTIONNAIRE_TABLES
from evaluation.exports.verify import verify
from evaluation.services.administration import Said, correct_administration
from peersupport.instruments.catalogue import every_version
from tests.evaluation.exporting import PURPOSES, StudyWorld, table
from tests.factories import AdministrationFactory, OccasionFactory, answered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("only_csv")]
NAMES = [described.name for described in QUESTIONNAIRE_TABLES]


@pytest.fixture
def world():
    """One who agreed to all and answered about company a month ago: one question skipped, one not reached."""
    world = StudyWorld()
    world.one = world.participant(*PURPOSES)
    return world


def without(rows, *names):
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


IDS = ("administration_id", "participant_id")


def test_what_was_asked_and_what_came_of_it(world, tmp_path):
    asked = {"instrument": "ons_loneliness", "version": "1", "event": "baseline"}
    rows = without(table(world.bundle(tmp_path), "administrations"), *IDS)
    assert rows == [asked | {"state": "part", "due_day": "20", "answered_day": "20", "mode": "own_page"}]


def test_each_question_has_a_row_with_its_answer_or_why_there_is_none(world, tmp_path):
    rows = without(table(world.bundle(tmp_path), "responses"), *IDS)
    assert [tuple(row.values()) for row in rows] == [
        ("ons_loneliness_companionship", "2", ""),
        ("ons_loneliness_left_out", "3", ""),
        ("ons_loneliness_isolated", "", "skipped"),
        ("ons_loneliness_lonely", "", "not_asked"),
    ]


def test_scores_say_their_arithmetic_and_why_there_is_none(world, tmp_path):
    occasion = OccasionFactory(
        study=world.study, participant=world.one, event="month_3", opened_at=world.now - timedelta(days=9)
    )
    answered(occasion=occasion, code="phq4", nervous=1, worrying=2, interest=3, down=0)
    rows = without(table(world.bundle(tmp_path), "scores"), *IDS)
    assert [tuple(row.values()) for row in rows] == [
        ("ons_loneliness_lonely", "", "answers_missing", "1"),
        ("ons_loneliness_total", "", "answers_missing", "1"),
        ("phq4_anxiety", "3", "", "1"),
        ("phq4_depression", "3", "", "1"),
        ("phq4_total", "6", "", "1"),
    ]


def test_rows_of_one_administration_belong_together(world, tmp_path):
    path = world.bundle(tmp_path)
    keys = {name: {(row["administration_id"], row["participant_id"]) for row in table(path, name)} for name in NAMES}
    assert len(keys["administrations"]) == 1
    assert keys["responses"] == keys["scores"] == keys["administrations"]


def test_correction_counts_and_its_reason_stays(world, tmp_path):
    occasion = OccasionFactory(
        study=world.study, participant=world.one, event="month_6", opened_at=world.now - timedelta(days=9)
    )
    row = answered(occasion=occasion, code="pain_nrs", pain=3)
    type(row).objects.filter(pk=row.pk).update(mode="paper")
    correct_administration(
        administration=row, answers={"pain": Said(value=8)}, reason="canary-zq7", by=world.researcher, now=world.now
    )
    path = world.bundle(tmp_path)
    assert [one["value"] for one in table(path, "responses") if one["item"] == "pain_nrs_pain"] == ["8"]
    assert [one["value"] for one in table(path, "scores") if one["scale"] == "pain_nrs_pain"] == ["8"]
    assert b"canary" not in path.read_bytes()


def test_what_is_open_has_no_answers_yet(world, tmp_path):
    occasion = OccasionFactory(study=world.study, participant=world.one, event="month_3", opened_at=world.now)
    AdministrationFactory(occasion=occasion)
    path = world.bundle(tmp_path)
    rows = table(path, "administrations")
    assert [(row["state"], row["answered_day"], row["mode"]) for row in rows if row["instrument"] == "phq4"] == [
        ("invited", "", "")
    ]
    assert {row["item"].split("_")[0] for row in table(path, "responses")} == {"ons"}


def test_only_those_whose_yes_to_questionnaires_holds_are_in_it(world, tmp_path):
    alone = world.participant("questionnaires")
    world.participant("app_data", "interview", refused=["questionnaires"])
    path = world.bundle(tmp_path)
    ids = world.snapshot().identifiers
    expected = {ids.of("participant", one.pseudonym) for one in (world.one, alone)}
    for name in NAMES:
        assert {row["participant_id"] for row in table(path, name)} == expected
    agreed = {row["participant_id"]: row["consents_questionnaires"] for row in table(path, "participants")}
    assert sorted(agreed.values()) == ["false", "true", "true"]
    assert table(path, "goals")[0]["participant_id"] != ids.of("participant", alone.pseudonym)


def test_it_reads_back(world, tmp_path):
    assert verify(world.bundle(tmp_path)) == QUANTITATIVE


def test_answers_are_in_no_bundle_of_texts():
    assert [described.name for described in QUALITATIVE.tables if described.name in NAMES] == []
    assert [described.name for described in QUANTITATIVE.tables if described.name in NAMES] == NAMES


def test_categories_are_every_instrument_item_and_scale_there_is():
    by_name = {variable.name: variable for described in QUESTIONNAIRE_TABLES for variable in described.variables}
    for instrument in every_version():
        assert by_name["instrument"].categories[instrument.code] == instrument.name
        for item in instrument.items:
            assert f"{instrument.code}_{item.code}" in by_name["item"].categories
        for rule in instrument.scores:
            assert f"{instrument.code}_{rule.code}" in by_name["scale"].categories
