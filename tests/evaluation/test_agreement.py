"""Agreement between coders, against vectors from the literature and against counting every character one by one."""

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.agreement import Position, Stretch, disagreements, over_characters, over_turns
from evaluation.agreement.coefficients import Pair, Tally, agreement_of, alpha, jaccard, kappa, percent
from evaluation.agreement.stretches import merged, stretches

# Vectors


def test_kappa_of_two_overlapping_stretches_in_1000_characters():
    """A codes 100-200, B codes 150-250: observed 0.9, by chance 0.82."""
    found = over_characters(
        {"t": 1000}, ["A", "B"], [Position("t", "c", "A", 100, 200), Position("t", "c", "B", 150, 250)]
    )["c"]
    assert found.units == 1000
    assert found.percent == pytest.approx(0.9)
    assert found.jaccard == pytest.approx(50 / 150)
    assert found.kappa == pytest.approx(0.4444, abs=0.00005)
    assert found.alpha == pytest.approx(0.4447, abs=0.00005)


def test_kappa_of_cohens_own_kind_of_table():
    """50 grant proposals read by two: 20 yes yes, 5 yes no, 10 no yes, 15 no no give 0.4."""
    assert kappa(Pair(20, 5, 10, 15)) == pytest.approx(0.4)
    assert percent(Pair(20, 5, 10, 15)) == pytest.approx(0.7)


def test_alpha_of_krippendorffs_binary_example():
    """Computing Krippendorff's Alpha-Reliability (2011), A: two observers, ten articles, alpha 0.095."""
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    tally = Tally(2)
    for one, other in zip(first, second, strict=True):
        tally.count(one + 2 * other, 1)
    assert alpha(tally) == pytest.approx(0.095, abs=0.0005)


# What is undefined is None


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (Pair(0, 0, 0, 0), (None, None, None)),
        (Pair(0, 0, 0, 9), (1, None, None)),
        (Pair(9, 0, 0, 0), (1, 1, None)),
        (Pair(5, 0, 0, 4), (1, 1, 1)),
        (Pair(0, 5, 0, 4), (4 / 9, 0, 0)),
        (Pair(0, 4, 4, 0), (0, 0, -1)),
    ],
    ids=["no units", "nobody coded", "both coded all", "the same", "only one coded", "opposites"],
)
def test_coefficient_at_its_edges(pair, expected):
    assert (percent(pair), jaccard(pair), kappa(pair)) == expected


def test_alpha_is_undefined_with_one_value_or_one_coder():
    nobody, everyone, alone = Tally(2), Tally(2), Tally(1)
    nobody.count(0, 9)
    everyone.count(3, 9)
    alone.count(1, 4)
    alone.count(0, 4)
    assert [alpha(tally) for tally in (nobody, everyone, alone)] == [None, None, None]


def test_one_coder_agrees_with_nobody():
    found = over_characters({"t": 10}, ["A"], [Position("t", "c", "A", 0, 5)])["c"]
    assert (found.percent, found.jaccard, found.kappa, found.alpha) == (None, None, None, None)


def test_pairs_that_are_undefined_stay_out_of_the_mean():
    """A and B coded nothing: their Jaccard is undefined and does not make the others' 0 look better or worse."""
    found = over_characters({"t": 10}, ["A", "B", "C"], [Position("t", "c", "C", 0, 5)])["c"]
    assert found.jaccard == 0
    assert found.percent == pytest.approx((1 + 0.5 + 0.5) / 3)


def test_code_that_nobody_used_has_no_agreement():
    assert over_characters({"t": 10}, ["A", "B"], []) == {}
    assert over_turns({"t": [(0, 5)]}, ["A", "B"], []) == {}


# Turns


def test_turn_is_coded_where_any_part_of_it_is():
    turns = {"t": [(5, 20), (25, 40), (45, 60)]}
    codings = [Position("t", "c", "A", 10, 30), Position("t", "c", "B", 12, 14), Position("t", "c", "B", 40, 45)]
    found = over_turns(turns, ["A", "B"], codings)["c"]
    assert found.units == 3
    assert found.percent == pytest.approx(2 / 3)
    assert found.jaccard == pytest.approx(1 / 2)


def test_other_texts_count_as_coded_by_nobody():
    found = over_characters(
        {"t": 100, "other": 900}, ["A", "B"], [Position("t", "c", "A", 0, 100), Position("t", "c", "B", 50, 100)]
    )["c"]
    assert (found.units, found.percent) == (1000, 0.95)
    turned = over_turns({"t": [(0, 50), (50, 100)], "other": [(0, 900)]}, ["A", "B"], [Position("t", "c", "A", 0, 10)])[
        "c"
    ]
    assert (turned.units, turned.percent) == (3, pytest.approx(2 / 3))


# Disagreements


def test_disagreements_are_the_stretches_that_only_some_coded():
    codings = [
        Position("t", "c", "A", 100, 200),
        Position("t", "c", "B", 150, 250),
        Position("t", "same", "A", 5, 9),
        Position("t", "same", "B", 5, 9),
    ]
    assert disagreements({"t": 1000}, ["A", "B"], codings) == [
        ("t", "c", Stretch(100, 150, 1)),
        ("t", "c", Stretch(200, 250, 2)),
    ]


def test_nested_and_touching_codings_of_one_coder_are_one_stretch():
    assert merged([(5, 9), (0, 5), (2, 3), (12, 14)]) == [(0, 9), (12, 14)]
    assert list(stretches(20, [[(5, 9), (0, 5)], [(0, 9)]])) == [Stretch(0, 9, 3), Stretch(9, 20, 0)]


# Against counting one by one

LENGTH = 40
INTERVAL = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 12)).map(lambda at: (at[0], min(at[0] + at[1], LENGTH)))
CODERS = st.lists(st.lists(INTERVAL, max_size=5), min_size=2, max_size=4)


def one_by_one(by_coder, units):
    """For each coder a list of 0 and 1, one for each unit (a pair of positions)."""
    return [
        [int(any(start < unit_end and unit_start < end for start, end in intervals)) for unit_start, unit_end in units]
        for intervals in by_coder
    ]


def brute_alpha(rows):
    """From the coincidences of every ordered pair of values within each unit, as it is defined."""
    coincidences = {(one, other): 0.0 for one in (0, 1) for other in (0, 1)}
    for values in zip(*rows, strict=True):
        for one, other in permutations(range(len(values)), 2):
            coincidences[values[one], values[other]] += 1 / (len(values) - 1)
    zeros, ones = (coincidences[value, 0] + coincidences[value, 1] for value in (0, 1))
    if not zeros or not ones:
        return None
    observed = coincidences[0, 1] + coincidences[1, 0]
    return 1 - observed * (zeros + ones - 1) / (2 * zeros * ones)


def brute_kappa(rows):
    found = []
    for one, other in combinations(rows, 2):
        share = [sum(row) / len(row) for row in (one, other)]
        by_chance = share[0] * share[1] + (1 - share[0]) * (1 - share[1])
        observed = sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
        if abs(1 - by_chance) > 1e-12:
            found.append((observed - by_chance) / (1 - by_chance))
    return sum(found) / len(found) if found else None


def is_about(value, expected):
    return value is None if expected is None else value == pytest.approx(expected, abs=1e-9)


@given(CODERS)
def test_over_characters_is_what_counting_each_character_gives(by_coder):
    names = list(range(len(by_coder)))
    codings = [Position("t", "c", name, *one) for name in names for one in by_coder[name]]
    rows = one_by_one(by_coder, [(at, at + 1) for at in range(LENGTH)])
    if not codings:
        assert over_characters({"t": LENGTH}, names, codings) == {}
        return
    found = over_characters({"t": LENGTH}, names, codings)["c"]
    assert is_about(found.alpha, brute_alpha(rows))
    assert is_about(found.kappa, brute_kappa(rows))
    assert found.units == LENGTH


@given(CODERS)
def test_over_turns_is_what_looking_at_each_turn_gives(by_coder):
    turns = [(0, 7), (9, 10), (10, 22), (25, 40)]
    names = list(range(len(by_coder)))
    codings = [Position("t", "c", name, *one) for name in names for one in by_coder[name]]
    found = over_turns({"t": turns}, names, codings).get("c")
    rows = one_by_one(by_coder, turns)
    if found is None:
        assert codings == []
        return
    assert is_about(found.alpha, brute_alpha(rows))
    assert is_about(found.kappa, brute_kappa(rows))


@given(CODERS)
def test_stretches_cover_the_text_once_and_in_order(by_coder):
    found = list(stretches(LENGTH, by_coder))
    assert [found[0].start, *(stretch.end for stretch in found)] == [
        *(stretch.start for stretch in found),
        LENGTH,
    ]
    rows = one_by_one(by_coder, [(at, at + 1) for at in range(LENGTH)])
    for stretch in found:
        for at in range(stretch.start, stretch.end):
            assert sum(row[at] << number for number, row in enumerate(rows)) == stretch.coders


def test_agreement_of_a_tally_names_its_units():
    tally = Tally(2)
    tally.count(3, 4)
    tally.count(0, 6)
    found = agreement_of(tally)
    assert (found.units, found.percent, found.jaccard, found.kappa, found.alpha) == (10, 1, 1, 1, 1)
