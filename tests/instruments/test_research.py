"""What researchers' tables say: bands, changes in pain, and Goal Attainment Scaling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport.instruments.catalogue import SHIPPED
from peersupport.instruments.reading import read_definition
from peersupport.instruments.research import band_of, change_in_pain, goal_attainment


def total_of(code):
    return read_definition(SHIPPED / f"{code}.v1.yaml").score_rule("total")


@pytest.mark.parametrize(
    ("code", "first_of_band"),
    [("phq4", [0, 3, 6, 9]), ("gad7", [0, 5, 10, 15]), ("phq8", [0, 5, 10, 15, 20])],
)
def test_bands_begin_where_the_instruments_say(code, first_of_band):
    rule = total_of(code)
    assert [band_of(rule, value) for value in first_of_band] == list(range(len(first_of_band)))
    assert [band_of(rule, value - 1) for value in first_of_band[1:]] == list(range(len(first_of_band) - 1))
    assert band_of(rule, rule.highest) == len(first_of_band) - 1


def test_no_value_and_no_bands_have_no_band():
    assert band_of(total_of("phq4"), None) is None
    assert band_of(total_of("ons_loneliness"), 9) is None


@pytest.mark.parametrize(
    ("baseline", "later", "fall", "is_moderate", "is_substantial"),
    [
        (10, 7, 30, True, False),
        (10, 8, 20, False, False),
        (8, 4, 50, True, True),
        (4, 0, 100, True, True),
        (5, 6, -20, False, False),
        (0, 0, None, None, None),
        (0, 5, None, None, None),
        (None, 5, None, None, None),
        (5, None, None, None, None),
    ],
)
def test_fall_in_pain(baseline, later, fall, is_moderate, is_substantial):
    change = change_in_pain(baseline, later)
    assert (change.fall, change.is_moderate, change.is_substantial) == (fall, is_moderate, is_substantial)


@pytest.mark.parametrize(
    ("levels", "weights", "expected"),
    [
        ([0, 0, 0], None, 50.00),
        ([-1, -1, -1], None, 36.31),
        ([-2], None, 30.00),
        ([1, 1, 1, 1], None, 64.51),
        ([-1, -1, -2], None, 31.74),
        ([0, 0, 1], None, 54.56),
        ([2, 2, 2], None, 77.39),
        ([1, 0, -1], [3, 2, 1], 54.41),
        ([0, 1, -1], [9, 1, 1], 50.00),
    ],
)
def test_goal_attainment_is_exact(levels, weights, expected):
    assert round(goal_attainment(levels, weights), 2) == expected


def test_goals_of_no_weight_are_left_out_and_with_none_left_there_is_no_score():
    assert goal_attainment([2, -2], [1, 0]) == goal_attainment([2])
    assert goal_attainment([], []) is None
    assert goal_attainment([1, 2], [0, 0]) is None


@pytest.mark.parametrize(("levels", "weights"), [([3], [1]), ([1], [-1]), ([1, 1], [1])])
def test_levels_and_weights_that_cannot_be_are_refused(levels, weights):
    with pytest.raises(ValueError, match="Levels are -2 to 2"):
        goal_attainment(levels, weights)


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 9)), min_size=1))
def test_goal_attainment_is_monotone_and_turns_over_at_fifty(goals):
    levels, weights = zip(*goals, strict=True)
    score = goal_attainment(levels, weights)
    if score is None:
        assert not any(weights)
        return
    assert goal_attainment([-level for level in levels], weights) == pytest.approx(100 - score)
    better = goal_attainment([min(2, level + 1) for level in levels], weights)
    assert better >= score - 1e-9
    assert goal_attainment([0] * len(levels), weights) == 50
