"""Two bundles with numbers of a study: none is released that tells of few people together with an earlier one."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evaluation.exports.differencing import counted, tell_of_few
from evaluation.exports.profile import PROFILES, QUALITATIVE, QUANTITATIVE
from evaluation.exports.risk import Combination, risk
from evaluation.models import ConsentDecision, Participant
from evaluation.study_report import Outcome, StudyReport
from tests.evaluation.exporting import PURPOSES, StudyWorld
from tests.factories import ParticipantFactory

FEW = 8


class Earlier:
    """An export as far as it is compared with."""

    def __init__(self, cells, people=()):
        self.counted = cells
        self.exported_participants = self
        self.people = set(people)

    def values_list(self, *_fields, **_options):
        return self.people


def tells(cells, earlier, people=(), threshold=FEW):
    return tell_of_few(cells, set(people), earlier, threshold)


@pytest.mark.parametrize(
    ("before", "after", "is_telling"),
    [
        ({}, {}, False),
        ({"member agreed": 20}, {"member agreed": 20}, False),
        ({"member agreed": 20}, {"member agreed": 21}, True),
        ({"member agreed": 20}, {"member agreed": 19}, True),
        ({"member agreed": 20}, {"member agreed": 27}, True),
        ({"member agreed": 20}, {"member agreed": 28}, False),
        # One person moved: two cells differ, by one person.
        ({"member agreed": 20, "member stopped": 0}, {"member agreed": 19, "member stopped": 1}, True),
        ({"member agreed": 20, "member stopped": 0}, {"member agreed": 12, "member stopped": 8}, False),
        # A cell that is new, or is there no more.
        ({"member agreed": 20}, {"member agreed": 20, "clinician agreed": 1}, True),
        ({"member agreed": 20, "clinician agreed": 9}, {"member agreed": 20}, False),
    ],
)
def test_tables_that_differ_by_few_people_are_held_back(before, after, is_telling):
    assert tells(after, [Earlier(before)]) is is_telling


@pytest.mark.parametrize(
    ("people", "is_telling"), [(range(20), False), (range(19), True), (range(1, 21), True), (range(12), False)]
)
def test_same_numbers_of_other_people_are_held_back_when_they_are_few(people, is_telling):
    cells = {"member agreed": 20}
    assert tells(cells, [Earlier(cells, range(20))], people) is is_telling


def test_every_earlier_one_counts_and_those_without_numbers_do_not():
    far, near, without = Earlier({"a": 40}), Earlier({"a": 21}), Earlier(None)
    assert tells({"a": 20}, [far, near])
    assert tells({"a": 20}, [near, far])
    assert not tells({"a": 20}, [far, without])
    assert not tells({"a": 20}, [])


cells = some.dictionaries(some.sampled_from("abcdef"), some.integers(0, 30))


@given(cells, cells, some.integers(3, 12))
def test_it_is_the_same_in_both_directions(one, other, threshold):
    assert tells(one, [Earlier(other)], threshold=threshold) is tells(other, [Earlier(one)], threshold=threshold)


@given(cells, some.lists(some.tuples(some.sampled_from("abcdef"), some.sampled_from("abcdef")), max_size=12))
def test_fewer_moves_than_the_threshold_are_never_let_out(start, moves):
    """However people move between the cells: fewer than the threshold, and something changed, is held back."""
    after = Counter(start)
    for left, entered in moves:
        if after[left]:
            after[left] -= 1
            after[entered] += 1
    has_changed = +after != +Counter(start)
    assert tells(dict(after), [Earlier(start)], threshold=len(moves) + 1) is has_changed


@pytest.mark.django_db
def test_what_is_counted_is_what_the_report_is_made_of():
    world = StudyWorld()
    for _number in range(2):
        world.participant(*PURPOSES)
    world.participant(refused=PURPOSES)
    report = StudyReport(world.study, world.now)
    cells = counted(report)
    assert sum(cells.values()) == Participant.objects.count()
    assert sum(number for cell, number in cells.items() if " interviewed " in cell) == report.interviewed.total()
    assert cells.get(f"member {Outcome.DECLINED}", 0) == report.outcomes["member", Outcome.DECLINED]


# How well people are hidden among each other


@pytest.fixture
def world(db):
    return StudyWorld()


def test_nobody_in_it_is_no_risk(world):
    assert risk(world.snapshot()) == risk(world.snapshot(profile=QUALITATIVE))
    assert (risk(world.snapshot()).k, risk(world.snapshot()).rare) == (None, [])


def test_k_is_the_size_of_the_smallest_combination(world):
    for number in range(1, 6):
        world.participant(*PURPOSES)
        found = risk(world.snapshot())
        assert found.k == number
        assert (found.exposed == 0) is (number >= world.study.small_number_threshold)


def test_rarest_come_first_and_each_is_said_in_words(world):
    for _number in range(4):
        world.participant(*PURPOSES)
    two = [world.participant("observation") for _number in range(2)]
    one = world.participant("observation")
    Participant.objects.filter(pk=one.pk).update(kind="tutor")
    found = risk(world.snapshot())
    assert found.rare == [
        Combination("Patient tutor", world.group.name, False),
        Combination("Member", world.group.name, False),
    ]
    assert (found.k, found.exposed) == (1, len(two) + 1)


def test_people_without_a_group_are_told_apart_from_those_of_small_ones(world):
    lone = ParticipantFactory(study=world.study, kind="clinician")
    Participant.objects.filter(pk=lone.pk).update(created_at=world.now)
    world.decide(lone, "interview", "given")
    world.participant(*PURPOSES)
    found = risk(world.snapshot())
    assert {(one.kind, one.group) for one in found.rare} == {("Clinician", None), ("Member", "")}
    assert (found.groups, found.groups_together) == (1, 1)


@pytest.mark.parametrize("name", PROFILES)
def test_only_those_in_the_bundle_are_counted(world, name):
    world.participant("app_data")
    world.participant("interview")
    world.participant(refused=PURPOSES)
    inside = len(world.snapshot(profile=PROFILES[name]).included)
    assert inside == (1 if name == "qualitative" else 2)
    assert risk(world.snapshot(profile=PROFILES[name])).exposed == inside


def test_withdrawn_consent_takes_a_person_out_of_the_risk(world):
    leaving = world.participant(*PURPOSES)
    before = risk(world.snapshot(profile=QUANTITATIVE)).exposed
    for purpose in PURPOSES:
        ConsentDecision.objects.create(
            participant=leaving, statement=world.statements[purpose], decision="withdrawn", method="paper",
            taken_by=world.researcher, decided_at=world.now,
        )  # fmt: skip
    assert (before, risk(world.snapshot()).exposed) == (1, 0)
