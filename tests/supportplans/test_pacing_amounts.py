"""The arithmetic of pacing, by example and by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportplans.models import PacingStart
from supportplans.pacing_amounts import MOST_WEEKS, days_of, grown, start_on, suggested_on, suggested_start

MONDAY = date(2026, 11, 2)
amounts = st.integers(0, 100_000)


def start(from_on=MONDAY, amount=10, rest_days=(), **more):
    return PacingStart(from_on=from_on, amount=amount, rest_days=list(rest_days), **more)


def weekly(one, weeks):
    return [grown(one, one.from_on + timedelta(weeks=week)) for week in range(weeks)]


# Where to begin


@pytest.mark.parametrize(
    ("tries", "expected"),
    [([], None), ([5, 7, 6], 4), ([10, 10, 10], 8), ([0, 0, 0], 1), ([1], 1), ([1000, 1500, 1250], 1000), ([0, 20], 8)],
)
def test_start_is_four_fifths_of_the_mean_rounded_down_and_at_least_one(tries, expected):
    assert suggested_start(tries) == expected


@given(st.lists(amounts, min_size=1, max_size=3))
def test_start_is_never_more_than_meant_and_never_far_below(tries):
    meant = sum(tries) / len(tries) * 0.8
    assert meant - 1 < suggested_start(tries) <= max(1, meant + 1e-6)


@given(st.lists(amounts, min_size=1, max_size=3))
def test_start_does_not_hang_on_the_order_of_the_tries(tries):
    assert suggested_start(tries) == suggested_start(sorted(tries)) == suggested_start(reversed(tries))


# How it grows


def test_it_grows_by_a_tenth_each_week_and_is_rounded_down_at_the_end():
    assert weekly(start(amount=5), 6) == [5, 5, 6, 6, 7, 8]
    assert weekly(start(amount=1000), 4) == [1000, 1100, 1210, 1331]


def test_it_grows_after_each_full_week_and_on_no_other_day():
    one = start(amount=100)
    assert [grown(one, MONDAY + timedelta(days=days)) for days in (0, 6, 7, 13, 14)] == [100, 100, 110, 110, 121]


def test_it_stops_growing_at_enough_but_a_start_above_it_stays():
    assert weekly(start(amount=10, enough=12), 5) == [10, 11, 12, 12, 12]
    assert weekly(start(amount=20, enough=12), 3) == [20, 20, 20]


def test_it_grows_for_twelve_weeks_and_then_waits_to_be_changed():
    grown_for_years = weekly(start(amount=100), 120)
    assert grown_for_years[MOST_WEEKS:] == [313] * (120 - MOST_WEEKS)


@given(st.integers(1, 100_000), st.integers(0, 50), st.integers(0, 400), st.integers(0, 400))
def test_it_never_falls_and_never_begins_below_its_start(amount, percent, one_day, other_day):
    one = start(amount=amount, weekly_percent=percent)
    earlier, later = sorted((one_day, other_day))
    assert amount <= grown(one, MONDAY + timedelta(days=earlier)) <= grown(one, MONDAY + timedelta(days=later))


@given(st.integers(1, 100_000), st.integers(0, 400))
def test_nothing_more_each_week_stays_for_good(amount, days):
    assert grown(start(amount=amount, weekly_percent=0), MONDAY + timedelta(days=days)) == amount


@given(st.integers(1, 100_000), st.integers(1, 100_000), st.integers(0, 50), st.integers(0, 400))
def test_enough_is_never_passed_by_growing(amount, enough, percent, days):
    reached = grown(start(amount=amount, enough=enough, weekly_percent=percent), MONDAY + timedelta(days=days))
    assert reached <= max(amount, enough)


# What is suggested on a day


def test_before_the_start_on_rest_days_and_once_stopped_nothing_is_suggested():
    starts = [start(rest_days=[6])]
    assert suggested_on(MONDAY - timedelta(days=1), starts) is None
    assert suggested_on(MONDAY + timedelta(days=6), starts) is None
    assert suggested_on(MONDAY + timedelta(days=7), starts) == 11
    assert suggested_on(MONDAY, []) is None
    stopped = [start(stopped_on=MONDAY + timedelta(days=2))]
    assert suggested_on(MONDAY + timedelta(days=1), stopped) == 10
    assert suggested_on(MONDAY + timedelta(days=2), stopped) is None


def test_enough_holds_it_where_it_is():
    assert weekly(start(amount=100, enough_on=MONDAY + timedelta(weeks=1)), 4) == [100, 110, 110, 110]


def test_the_last_start_counts_and_days_before_keep_theirs():
    starts = [start(amount=10), start(from_on=MONDAY + timedelta(weeks=2), amount=5, weekly_percent=0, rest_days=[0])]
    assert suggested_on(MONDAY + timedelta(weeks=1), starts) == 11
    assert suggested_on(MONDAY + timedelta(weeks=2), starts) is None
    assert suggested_on(MONDAY + timedelta(weeks=2, days=1), starts) == 5
    assert start_on(MONDAY - timedelta(days=1), starts) is None


def test_days_without_a_note_are_gaps_and_a_rest_is_no_nought():
    last = MONDAY + timedelta(days=3)
    noted = {MONDAY: 12, MONDAY + timedelta(days=1): None, MONDAY + timedelta(days=2): 0}
    days = days_of(MONDAY - timedelta(days=1), last, [start(rest_days=[3])], noted)
    assert [day.on for day in days] == [last - timedelta(days=back) for back in (4, 3, 2, 1, 0)]
    assert [day.suggested for day in days] == [None, 10, 10, 10, None]
    assert [day.done for day in days] == [None, 12, None, 0, None]
    assert [day.has_rested for day in days] == [False, False, True, False, False]
    assert [day.is_rest_day for day in days] == [False, False, False, False, True]
