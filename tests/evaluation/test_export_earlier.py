"""What a bundle says of the ones before it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evaluation.exports.charts import HIDDEN, charts
from evaluation.exports.earlier import previous, withdrawals
from evaluation.exports.formats.labels import within_bytes, within_characters
from evaluation.exports.identifiers import Identifiers
from evaluation.exports.profile import EVERYTHING, QUALITATIVE
from evaluation.models import ConsentDecision, ExportedParticipant
from evaluation.study_report import StudyReport
from tests.evaluation.exporting import PURPOSES, StudyWorld


@pytest.fixture
def world(db):
    return StudyWorld()


def made(world, participants=(), hours_ago=1, **facts):
    """An export that was released, with these people in it."""
    as_of = world.now - timedelta(hours=hours_ago)
    usual = {"state": "ready", "as_of": as_of, "file_name": f"eval-{hours_ago}.zip", "sha256": "ab", "size_bytes": 1}
    export = world.export(**usual | facts)
    rows = [ExportedParticipant(export=export, participant=participant) for participant in participants]
    ExportedParticipant.objects.bulk_create(rows)
    return export


def take_back(world, participant):
    for purpose in PURPOSES:
        ConsentDecision.objects.create(
            participant=participant, statement=world.statements[purpose], decision="withdrawn", method="paper",
            taken_by=world.researcher, decided_at=world.now,
        )  # fmt: skip


def listed(snapshot):
    header, *rows = withdrawals(snapshot)
    assert header == ("participant_id", "last_in")
    return rows


def test_first_export_has_none_before_it(world):
    world.participant(*PURPOSES)
    assert previous(world.snapshot()) is None
    assert listed(world.snapshot()) == []


def test_last_one_is_the_one_before(world):
    made(world, hours_ago=3)
    last = made(world, hours_ago=1)
    made(world, hours_ago=2)
    assert previous(world.snapshot()) == last


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "failed", "failure": "No."},
        {"state": "refused"},
        {"salt": "ab" * 16},
        {"profile": "qualitative"},
    ],
)
def test_only_one_that_was_released_and_can_be_linked_counts(world, facts):
    leaving = world.participant(*PURPOSES)
    made(world, [leaving], **facts)
    take_back(world, leaving)
    assert previous(world.snapshot()) is None
    assert listed(world.snapshot()) == []


def test_recalled_one_is_still_in_someones_hands(world):
    leaving = world.participant(*PURPOSES)
    recalled = {"recalled_by": world.approver, "recalled_at": world.now, "recall_reason": "No."}
    export = made(world, [leaving], state="recalled", **recalled)
    take_back(world, leaving)
    assert previous(world.snapshot()) == export
    assert [name for _identifier, name in listed(world.snapshot())] == [export.file_name]


def test_export_of_another_study_says_nothing_of_this(world):
    other = StudyWorld()
    made(other, [other.participant(*PURPOSES)])
    assert previous(world.snapshot()) is None
    assert listed(world.snapshot()) == []


def test_whoever_left_is_named_with_the_last_that_holds_them(world):
    staying, early, late = (world.participant(*PURPOSES) for _number in range(3))
    made(world, [staying, early, late], hours_ago=3)
    made(world, [staying, late], hours_ago=2)
    for participant in (early, late):
        take_back(world, participant)
    ids = Identifiers(world.study.pk)
    assert dict(listed(world.snapshot())) == {
        ids.of("participant", early.pseudonym): "eval-3.zip",
        ids.of("participant", late.pseudonym): "eval-2.zip",
    }


def test_list_is_in_the_order_of_identifiers(world):
    people = [world.participant(*PURPOSES) for _number in range(6)]
    made(world, people)
    for participant in people:
        take_back(world, participant)
    found = [identifier for identifier, _name in listed(world.snapshot())]
    assert found == sorted(found)
    assert len(found) == 6


def test_bundle_with_its_own_identifiers_names_nobody(world):
    leaving = world.participant(*PURPOSES)
    made(world, [leaving])
    take_back(world, leaving)
    alone = world.snapshot()
    alone.identifiers = Identifiers(world.study.pk, "ab" * 16)
    assert (previous(alone), listed(alone)) == (None, [])


@pytest.mark.parametrize("profile", [QUALITATIVE, EVERYTHING])
def test_each_profile_goes_by_its_own(world, profile):
    leaving = world.participant(*PURPOSES)
    export = made(world, [leaving], profile=profile.name)
    take_back(world, leaving)
    assert previous(world.snapshot(profile=profile)) == export
    assert len(listed(world.snapshot(profile=profile))) == 1
    assert previous(world.snapshot()) is None


def test_salt_makes_other_identifiers_and_another_key():
    plain, one, other = Identifiers(1), Identifiers(1, "ab" * 16), Identifiers(1, "cd" * 16)
    assert (plain.mode, one.mode) == ("study", "single")
    assert len({each.key_id for each in (plain, one, other)}) == 3
    assert len({each.of("goal", 1) for each in (plain, one, other)}) == 3
    assert len({each.shift_days(1) for each in (plain, one, other)}) > 1
    assert Identifiers(1, "ab" * 16).of("goal", 1) == one.of("goal", 1)


@given(some.text(max_size=60), some.integers(0, 80))
def test_cut_is_a_beginning_that_fits_and_the_longest(text, most):
    shorter = within_bytes(text, most)
    assert text.startswith(shorter)
    assert len(shorter.encode()) <= most
    if shorter != text:
        assert len(text[: len(shorter) + 1].encode()) > most
    assert within_characters(text, most) == text[:most]


def test_charts_of_few_people_say_so_instead_of_a_number(world):
    world.participant(*PURPOSES)
    drawn = dict(charts(StudyReport(world.study, world.now)))
    interviewed = drawn["report/charts/interviewed.svg"].decode()
    assert f"Member, Meeting: {HIDDEN}" in interviewed
    assert 'width="0"' in interviewed
