"""The group's rule, row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportplans.agreement import is_agreed
from supportplans.models import MutualSupportPlan, PlanWord

A, N, S = PlanWord.Word.AGREE, PlanWord.Word.NOT_YET, PlanWord.Word.STAND_ASIDE
RULES = MutualSupportPlan.Rule
ABC = {1, 2, 3}


@pytest.mark.parametrize(
    ("rule", "words", "agreed"),
    [
        (RULES.EVERYONE, {1: A, 2: A, 3: A}, True),
        (RULES.EVERYONE, {1: A, 2: A, 3: S}, True),
        (RULES.EVERYONE, {1: A, 2: A}, False),
        (RULES.EVERYONE, {1: A, 2: A, 3: N}, False),
        (RULES.EVERYONE, {1: S, 2: S, 3: S}, False),
        (RULES.MOST, {1: A, 2: A}, True),
        (RULES.MOST, {1: A, 2: A, 3: N}, True),
        (RULES.MOST, {1: A}, False),
        (RULES.MOST, {1: A, 2: S, 3: S}, False),
        (RULES.NO_ONE_AGAINST, {1: A}, True),
        (RULES.NO_ONE_AGAINST, {1: A, 2: S}, True),
        (RULES.NO_ONE_AGAINST, {1: A, 2: N}, False),
        (RULES.NO_ONE_AGAINST, {1: S}, False),
    ],
)
def test_rule_over_the_words_of_three_members(rule, words, agreed):
    assert is_agreed(rule, ABC, words) is agreed


@pytest.mark.parametrize("rule", RULES.values)
def test_words_of_people_who_left_count_for_nothing(rule):
    assert not is_agreed(rule, ABC, {7: A, 8: A})
    assert is_agreed(rule, {1}, {1: A, 7: N})


def test_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="nobody"):
        is_agreed("nobody", ABC, {1: A})


@given(st.sets(st.integers(0, 8), min_size=1), st.dictionaries(st.integers(0, 8), st.sampled_from([A, N, S])))
def test_one_more_agreement_never_undoes_an_agreed_plan(members, words):
    for rule in RULES.values:
        if is_agreed(rule, members, words):
            for person in members:
                assert is_agreed(rule, members, {**words, person: A})
