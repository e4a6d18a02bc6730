"""The rule for small numbers, and by brute force that nothing which is hidden can be worked out."""

from collections import defaultdict
from itertools import product

import pytest

from evaluation.small_numbers import shown, shown_within, total_of


@pytest.mark.parametrize(
    ("threshold", "numbers"),
    [
        (8, {0: 0, 1: None, 7: None, 8: 10, 12: 10, 13: 15, 22: 20, 23: 25}),
        (3, {0: 0, 2: None, 3: 5, 7: 5, 8: 10}),
        (10, {9: None, 10: 10, 12: 10, 13: 15}),
        (12, {11: None, 12: 15, 17: 15, 18: 20}),
    ],
)
def test_small_numbers_are_hidden_and_others_rounded(threshold, numbers):
    assert {number: shown(number, threshold) for number in numbers} == numbers


def test_totals_are_sums_of_what_is_shown():
    assert total_of([shown(number, 8) for number in (9, 3, 14, 0)]) == 25


def test_a_part_is_never_more_than_the_total_that_is_shown():
    """9 and 4 are 13, of whom all would be 15; beside the 10 that is shown that would say that some are hidden."""
    total = total_of([shown(9, 8), shown(4, 8)])
    assert [shown_within(number, total, 8) for number in (13, 9, 4, 0)] == [10, 10, None, 0]


@pytest.mark.parametrize(("threshold", "most"), [(3, 9), (4, 9), (8, 15)])
def test_whoever_knows_the_rule_and_sees_everything_can_not_work_out_a_hidden_number(threshold, most):
    """People of one kind in three parts, and those of them with a code: of all worlds that look alike, each hidden
    number is each of the small ones in some."""
    could_be = defaultdict(set)
    for parts in product(range(most + 1), repeat=3):
        cells = tuple(shown(number, threshold) for number in parts)
        total = total_of(cells)
        for coded in range(sum(parts) + 1) if total else [None]:
            look = (cells, total, coded if coded is None else shown_within(coded, total, threshold))
            for place, cell in enumerate(cells):
                if cell is None:
                    could_be[look, place].add(parts[place])
            if coded is not None and look[2] is None:
                could_be[look, "coded"].add(coded)
    assert len(could_be) > 50
    assert {frozenset(values) for values in could_be.values()} == {frozenset(range(1, threshold))}
