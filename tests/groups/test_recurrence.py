"""Rhythms over days, and wall times across both clock changes of three zones."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from groups.bank_holidays import bank_holiday_on
from groups.recurrence import COMMON, Repeat, Unit, days_of, ends_of, moment_of, rhythm_of, rule_for, say_rule

TUESDAY = date(2026, 11, 24)
# Clocks change at different times of day, and in Lord Howe by half an hour.
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe"]
REPEATS = list(COMMON)
days = some.dates(min_value=date(2024, 1, 1), max_value=date(2030, 12, 31))
times = some.times().map(lambda at: at.replace(second=0, microsecond=0))


def falls(repeat, first_on, last_on=None, *, until):
    return list(days_of(rule_for(repeat, first_on, last_on), first_on, after=date.min + timedelta(1), until=until))


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        (Repeat.WEEKLY, [TUESDAY, date(2026, 12, 1), date(2026, 12, 8)]),
        (Repeat.FORTNIGHTLY, [TUESDAY, date(2026, 12, 8), date(2026, 12, 22)]),
        (Repeat.FOUR_WEEKLY, [TUESDAY, date(2026, 12, 22), date(2027, 1, 19)]),
        (Repeat.MONTHLY, [TUESDAY, date(2026, 12, 22), date(2027, 1, 26)]),
    ],
)
def test_each_rhythm_falls_where_people_expect(repeat, expected):
    assert falls(repeat, TUESDAY, until=expected[-1]) == expected


def test_the_second_tuesday_stays_the_second():
    found = falls(Repeat.MONTHLY, date(2026, 11, 10), until=date(2027, 3, 31))
    assert found == [date(2026, 11, 10), date(2026, 12, 8), date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9)]


def test_a_fifth_weekday_becomes_the_last_of_each_month():
    found = falls(Repeat.MONTHLY, date(2026, 9, 29), until=date(2026, 12, 31))
    assert found == [date(2026, 9, 29), date(2026, 10, 27), date(2026, 11, 24), date(2026, 12, 29)]


def test_the_last_day_is_included():
    assert falls(Repeat.WEEKLY, TUESDAY, date(2026, 12, 1), until=date(2027, 12, 31)) == [TUESDAY, date(2026, 12, 1)]


def test_a_last_day_before_the_first_leaves_nothing():
    assert falls(Repeat.WEEKLY, TUESDAY, TUESDAY - timedelta(1), until=date(2027, 12, 31)) == []


@pytest.mark.parametrize(
    ("repeat", "words"),
    [
        (Repeat.WEEKLY, "every week"),
        (Repeat.FORTNIGHTLY, "every 2 weeks"),
        (Repeat.FOUR_WEEKLY, "every 4 weeks"),
        (Repeat.MONTHLY, "every month, on the fourth Tuesday"),
    ],
)
def test_a_rule_can_be_said_in_words(repeat, words):
    assert say_rule(rule_for(repeat, TUESDAY, TUESDAY)) == words


@given(repeat=some.sampled_from(REPEATS), first_on=days)
def test_every_rhythm_begins_on_its_first_day_and_keeps_its_weekday(repeat, first_on):
    found = falls(repeat, first_on, until=first_on + timedelta(days=200))
    assert found[0] == first_on
    assert {day.weekday() for day in found} == {first_on.weekday()}


@given(repeat=some.sampled_from(REPEATS), first_on=days)
def test_no_rhythm_skips_more_than_it_says(repeat, first_on):
    longest = {Repeat.WEEKLY: 7, Repeat.FORTNIGHTLY: 14, Repeat.FOUR_WEEKLY: 28, Repeat.MONTHLY: 35}[repeat]
    found = falls(repeat, first_on, until=first_on + timedelta(days=400))
    assert max((later - day).days for day, later in pairwise(found)) <= longest


@given(repeat=some.sampled_from(REPEATS), first_on=days, cut=some.integers(min_value=0, max_value=300))
def test_days_made_in_two_goes_are_those_made_in_one(repeat, first_on, cut):
    rule, end, middle = rule_for(repeat, first_on), first_on + timedelta(days=300), first_on + timedelta(days=cut)
    before = first_on - timedelta(days=1)
    in_two = [*days_of(rule, first_on, after=before, until=middle), *days_of(rule, first_on, after=middle, until=end)]
    assert in_two == list(days_of(rule, first_on, after=before, until=end))


@pytest.mark.parametrize("zone", ZONES)
def test_two_in_the_afternoon_stays_two_all_year(zone):
    moments = [moment_of(day, time(14), zone) for day in falls(Repeat.WEEKLY, TUESDAY, until=date(2027, 11, 30))]
    local = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    assert {at.time() for at in local} == {time(14)}
    # Both clock changes lie in between.
    assert len({at.utcoffset() for at in local}) == 2


@given(day=days, at=times, zone=some.sampled_from(ZONES))
def test_a_moment_shows_the_time_that_was_meant(day, at, zone):
    """Or, where the clocks skip that time, one that is later by what they skip."""
    moment = moment_of(day, at, zone)
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert moment.tzinfo is UTC
    assert shown - datetime.combine(day, at) in (timedelta(), timedelta(minutes=30), timedelta(hours=1))
    assert shown == datetime.combine(day, at) or moment_of(day, shown.time(), zone) == moment


@pytest.mark.parametrize(
    ("day", "at", "zone", "moment"),
    [
        # London, 29 March 2026: the clocks go from 1:00 to 2:00, so there is no 1:30; it is read as 2:30.
        (date(2026, 3, 29), time(1, 30), "Europe/London", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2026, 3, 29), time(2, 30), "Europe/London", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # 25 October 2026: 1:30 comes twice; the first is meant.
        (date(2026, 10, 25), time(1, 30), "Europe/London", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 3, 8), time(2, 30), "America/New_York", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        (date(2026, 11, 1), time(1, 30), "America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", datetime(2026, 10, 3, 15, 45, tzinfo=UTC)),
        (date(2026, 4, 5), time(1, 45), "Australia/Lord_Howe", datetime(2026, 4, 4, 14, 45, tzinfo=UTC)),
    ],
)
def test_times_that_the_clock_change_skips_or_repeats(day, at, zone, moment):
    assert moment_of(day, at, zone) == moment


def test_a_time_that_asks_for_the_second_of_two_still_means_the_first():
    first = moment_of(date(2026, 10, 25), time(1, 30), "Europe/London")
    assert moment_of(date(2026, 10, 25), time(1, 30, fold=1), "Europe/London") == first


# Every so many of a unit

others = some.tuples(some.sampled_from(Unit), some.integers(min_value=1, max_value=12))


def other_falls(unit, every, first_on, *, until, **end):
    rule = rule_for(Repeat.OTHER, first_on, unit=unit, every=every, **end)
    return list(days_of(rule, first_on, after=date.min + timedelta(1), until=until))


@pytest.mark.parametrize(
    ("unit", "every", "first_on", "expected"),
    [
        (Unit.DAYS, 1, TUESDAY, [TUESDAY, date(2026, 11, 25)]),
        (Unit.DAYS, 10, TUESDAY, [TUESDAY, date(2026, 12, 4)]),
        (Unit.WEEKS, 3, TUESDAY, [TUESDAY, date(2026, 12, 15)]),
        (Unit.MONTHS_BY_WEEKDAY, 2, date(2026, 11, 10), [date(2026, 11, 10), date(2027, 1, 12)]),
        (Unit.MONTHS_BY_DATE, 1, TUESDAY, [TUESDAY, date(2026, 12, 24), date(2027, 1, 24)]),
        (Unit.MONTHS_BY_DATE, 1, date(2027, 1, 31), [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]),
        (Unit.MONTHS_BY_DATE, 1, date(2028, 1, 30), [date(2028, 1, 30), date(2028, 2, 29), date(2028, 3, 30)]),
        (Unit.YEARS, 1, TUESDAY, [TUESDAY, date(2027, 11, 24)]),
        (Unit.YEARS, 1, date(2028, 2, 29), [date(2028, 2, 29), date(2029, 2, 28)]),
    ],
)
def test_any_rhythm_falls_where_people_expect(unit, every, first_on, expected):
    assert other_falls(unit, every, first_on, until=expected[-1]) == expected


@given(rhythm=others, first_on=days)
def test_any_rhythm_begins_on_its_first_day(rhythm, first_on):
    assert other_falls(*rhythm, first_on, until=first_on) == [first_on]


@given(rhythm=others, first_on=days)
def test_any_rhythm_leaves_the_span_that_it_says(rhythm, first_on):
    unit, every = rhythm
    shortest = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.YEARS: 365}.get(unit, 27) * every
    longest = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.YEARS: 366}.get(unit, 35 if unit == Unit.MONTHS_BY_WEEKDAY else 31)
    found = other_falls(unit, every, first_on, until=first_on + timedelta(days=3 * longest * every))
    spans = [(later - day).days for day, later in pairwise(found)]
    assert all(shortest <= span <= longest * every for span in spans)
    assert len(spans) >= 2


@given(rhythm=others, first_on=days, times=some.integers(min_value=1, max_value=6))
def test_a_rhythm_that_ends_after_so_many_has_so_many(rhythm, first_on, times):
    unit, every = rhythm
    found = other_falls(unit, every, first_on, until=first_on + timedelta(days=400 * every * times), times=times)
    assert len(found) == times


@given(rhythm=others, first_on=days, times=some.integers(min_value=1, max_value=9), last_on=days)
def test_a_rule_is_read_back_as_it_was_written(rhythm, first_on, times, last_on):
    for end in ({}, {"times": times}, {"last_on": last_on}):
        rule = rule_for(Repeat.OTHER, first_on, unit=rhythm[0], every=rhythm[1], **end)
        assert (rhythm_of(rule), ends_of(rule)) == (rhythm, end)


@pytest.mark.parametrize("repeat", REPEATS)
def test_a_common_rhythm_is_one_of_them(repeat):
    assert rhythm_of(rule_for(repeat, TUESDAY)) == COMMON[repeat]


@pytest.mark.parametrize(
    ("unit", "every", "words"),
    [
        (Unit.DAYS, 1, "every day"),
        (Unit.DAYS, 3, "every 3 days"),
        (Unit.WEEKS, 3, "every 3 weeks"),
        (Unit.MONTHS_BY_DATE, 1, "every month"),
        (Unit.MONTHS_BY_DATE, 6, "every 6 months"),
        (Unit.MONTHS_BY_WEEKDAY, 2, "every 2 months, on the fourth Tuesday"),
        (Unit.YEARS, 1, "every year"),
        (Unit.YEARS, 2, "every 2 years"),
    ],
)
def test_any_rule_can_be_said_in_words(unit, every, words):
    assert say_rule(rule_for(Repeat.OTHER, TUESDAY, unit=unit, every=every)) == words


def test_the_last_weekday_is_called_that():
    assert say_rule(rule_for(Repeat.MONTHLY, date(2026, 9, 29))) == "every month, on the last Tuesday"


@given(rhythm=others, first_on=days, at=times, zone=some.sampled_from(ZONES))
def test_a_rhythm_keeps_its_wall_time_through_the_years(rhythm, first_on, at, zone):
    for day in other_falls(*rhythm, first_on, until=first_on + timedelta(days=370))[:40]:
        shown = moment_of(day, at, zone).astimezone(ZoneInfo(zone))
        skipped = shown.replace(tzinfo=None) - datetime.combine(day, at)
        assert skipped in (timedelta(), timedelta(minutes=30), timedelta(hours=1))


@pytest.mark.parametrize(
    ("day", "region", "name"),
    [
        (date(2026, 12, 25), "ENG", "Christmas Day"),
        (date(2026, 11, 30), "SCT", "Saint Andrew's Day"),
        (date(2026, 11, 30), "ENG", ""),
        (date(2026, 7, 13), "NIR", "Battle of the Boyne"),
        (TUESDAY, "WLS", ""),
    ],
)
def test_bank_holidays_are_those_of_the_region(day, region, name):
    assert bank_holiday_on(day, region).startswith(name) if name else bank_holiday_on(day, region) == ""
