"""A month as a calendar and months beside one another: what is known, and no more."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from supportplans.models import FlareUp
from supportplans.month_grid import weeks_of
from supportplans.over_time import days_known, last_months, last_of, month_later, months_of
from tests.factories import FlareUpFactory, GoalReviewFactory, MembershipFactory

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)
CALENDAR = reverse("supportplans:flareup_calendar")


@pytest.fixture
def person(client):
    person = MembershipFactory().person
    client.force_login(person)
    return person


def span(start, end=None, still_going=None):
    """A flare-up in March 2026, by days of the month, as the database would give it."""
    days = [day and date(2026, 3, day) for day in (start, end, still_going)]
    known = days[1] or days[2] or days[0]
    return FlareUp(started_on=days[0], ended_on=days[1], still_going_on=days[2], known_until_on=known)


def day_of(number, *flareups):
    return next(day for week in weeks_of(MARCH, flareups) for day in week if day and day.date.day == number)


# The grid


def test_month_has_all_its_days_from_monday_and_none_of_others():
    weeks = weeks_of(MARCH, [])
    assert [len(week) for week in weeks] == [7] * 6
    assert [day for day in weeks[0] if day] == [weeks[0][6]]
    days = [day.date for week in weeks for day in week if day]
    assert days == [MARCH + timedelta(days=number) for number in range(31)]


@pytest.mark.parametrize("month", [date(2026, 3, 1), date(2026, 10, 1), date(2024, 2, 1), date(2026, 2, 1)])
def test_clocks_that_change_and_leap_days_leave_no_gap(month):
    days = [day.date for week in weeks_of(month, []) for day in week if day]
    assert (days[0], days[-1], len(days)) == (month, last_of(month), last_of(month).day)
    assert len(set(days)) == len(days)


def test_flareup_with_an_end_runs_from_its_first_to_its_last_day():
    one = span(3, 5)
    assert [day_of(number, one).in_words for number in range(2, 7)] == [
        "", "flare-up, begins", "flare-up", "flare-up, ends", "",
    ]  # fmt: skip
    assert day_of(4, span(4, 4)).in_words == "flare-up, begins, ends"


def test_open_one_is_known_to_its_start_and_not_until_today():
    one = span(3)
    assert day_of(3, one).in_words == "flare-up, begins, no end noted"
    assert (day_of(3, one).is_open, day_of(3, one).ends) == (True, False)
    assert [day_of(number, one).number for number in range(4, 32)] == [0] * 28


def test_open_one_is_known_as_far_as_it_was_said_to_be_going():
    one = span(3, None, 6)
    assert [day_of(number, one).in_words for number in (3, 5, 6, 7)] == [
        "flare-up, begins", "flare-up", "flare-up, no end noted", "",
    ]  # fmt: skip


def test_overlaps_are_counted_and_end_where_all_end():
    both = (span(3, 6), span(5, 6))
    assert day_of(5, *both).in_words == "2 flare-ups"
    assert (day_of(6, *both).number, day_of(6, *both).ends) == (2, True)
    assert not day_of(5, *both).begins


# Months beside one another


def test_months_hold_what_was_logged_and_nothing_is_not_a_number():
    flareups = [
        (date(2026, 3, 1), None, date(2026, 3, 1)),
        (date(2026, 2, 27), date(2026, 3, 2), date(2026, 3, 2)),
        (date(2020, 1, 1), None, date(2020, 1, 1)),
    ]
    months = months_of(date(2026, 3, 15), flareups, [date(2025, 4, 30)])
    assert [month.first_day for month in (months[0], months[-1])] == [date(2025, 4, 1), date(2026, 3, 1)]
    assert [(month.flareups, month.still_open, month.days) for month in months[-2:]] == [(1, 0, 2), (1, 1, 2)]
    assert (months[0].reviews, months[5].flareups, months[5].days) == (1, 0, 0)


@given(st.dates(date(1901, 1, 1), date(2200, 1, 1)), st.integers(-600, 600))
def test_months_later_and_back_are_where_they_were(day, number):
    first = day.replace(day=1)
    later = month_later(first, number)
    assert later.day == 1
    assert month_later(later, -number) == first
    assert len(last_months(day)) == 12
    assert last_months(day)[-1] == first


@given(st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(0, 400)), max_size=8))
def test_each_day_counts_once_however_many_overlap(spans):
    spans = [(start, start + timedelta(days=length)) for start, length in spans]
    known = days_known(spans, date(2026, 1, 1), date(2026, 12, 31))
    assert len(known) <= 365
    for number in range(0, 365, 30):
        day = date(2026, 1, 1) + timedelta(days=number)
        assert (day in known) is any(start <= day <= until for start, until in spans)


# The page


def test_calendar_marks_days_in_words_and_shapes(client, person):
    FlareUpFactory(person=person, started_on=date(2026, 3, 3), ended_on=date(2026, 3, 5))
    FlareUpFactory(person=person, started_on=date(2026, 3, 20))
    page = client.get(CALENDAR, {"month": "2026-03"}).text
    assert "March 2026</caption>" in page
    assert page.count("app-month__bar--begins") == 2 + 2  # two in the key
    assert ": flare-up, begins</span>" in page
    assert ": flare-up, begins, no end noted</span>" in page
    assert "Tuesday 3 March 2026 to Thursday 5 March 2026" in page
    assert "From Friday 20 March 2026, no end noted" in page
    assert page.count('abbr="Monday"') == 1


def test_calendar_turns_back_to_the_first_and_on_to_this_month(client, person):
    FlareUpFactory(person=person, started_on=date(2026, 1, 30), ended_on=date(2026, 2, 2))
    march = client.get(CALENDAR, {"month": "2026-03"}).text
    assert 'href="?month=2026-02" rel="prev"' in march
    assert 'href="?month=2026-04" rel="next"' in march
    january = client.get(CALENDAR, {"month": "2026-01"}).text
    assert 'rel="prev"' not in january
    assert 'rel="next"' not in client.get(CALENDAR).text


@pytest.mark.parametrize("month", ["", "2026-13", "9999-01", "0001-01", "1899-12", "x" * 5000, "2026-03-01", "\x00"])
def test_month_that_there_can_t_be_is_this_month(client, person, month):
    page = client.get(CALENDAR, {"month": month})
    assert page.status_code == 200
    assert f"{timezone.localdate():%Y}</caption>" in page.text


def test_calendar_shows_nobody_elses_and_none_taken_back(client, person):
    FlareUpFactory(started_on=date(2026, 3, 3))
    FlareUpFactory(person=person, started_on=date(2026, 3, 3), taken_back_at=timezone.now())
    page = client.get(CALENDAR, {"month": "2026-03"}).text
    assert "app-month__bar" not in page
    assert "In this month" not in page


def test_today_is_where_the_person_is(client, person, monkeypatch):
    """Half past midnight in London on the day after the clocks went forward."""
    person.time_zone = "Europe/London"
    person.save()
    at = timezone.datetime(2026, 3, 31, 23, 30, tzinfo=timezone.get_fixed_timezone(0))
    monkeypatch.setattr(timezone, "now", lambda: at)
    client.force_login(person)
    assert "April 2026</caption>" in client.get(CALENDAR).text


@pytest.mark.parametrize("number", [1, 30])
def test_months_cost_the_same_queries(client, person, number, django_assert_num_queries):
    today = timezone.localdate()
    for count in range(number):
        FlareUpFactory(person=person, started_on=today - timedelta(days=count * 3), ended_on=today)
        GoalReviewFactory(goal__person=person, reviewed_at=timezone.now())
    client.get("/")
    for name, queries in (("flareup_calendar", 6), ("over_time", 6)):
        with django_assert_num_queries(queries):
            client.get(reverse(f"supportplans:{name}"))


def test_over_time_reads_only_its_year(client, person):
    today = timezone.localdate()
    FlareUpFactory(person=person, started_on=today)
    FlareUpFactory(person=person, started_on=today - timedelta(days=700))
    page = client.get(reverse("supportplans:over_time")).text
    assert page.count(">1</td>") == 2  # logged, and with no end noted
