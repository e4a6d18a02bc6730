"""What someone chose to be asked, and on which days."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from supportplans.models import SelfReportWish
from supportplans.models.self_report import days_answered
from supportplans.services.self_report_wish import edit_self_report_wish, end_self_report_wish, leave_out_self_report
from tests.factories import NOW, TODAY, PersonFactory, SelfReportWishFactory, finished_report
from tests.groups.test_at_once import at_once


@pytest.fixture
def person(db):
    return PersonFactory()


def choose(person, *instruments, weeks=4, now=NOW):
    return edit_self_report_wish(instruments=list(instruments) or ["pain_nrs"], rhythm_weeks=weeks, by=person, now=now)


def wish_on(first_on, weeks, **changes):
    return SelfReportWish(instruments=["pain_nrs", "phq4"], first_on=first_on, rhythm_weeks=weeks, **changes)


def test_it_is_off_until_it_is_turned_on(person):
    assert not hasattr(person, "self_report_wish")
    wish = choose(person, "pain_nrs", "gad7")
    assert (wish.is_on, wish.instruments, wish.first_on) == (True, ["pain_nrs", "gad7"], TODAY + timedelta(weeks=4))


def test_never_asked_has_no_day(person):
    wish = choose(person, weeks=None)
    assert (wish.first_on, wish.asked_on(TODAY), wish.next_on(TODAY), wish.asks_on(TODAY)) == (None, None, None, False)


def test_same_rhythm_keeps_its_days_and_another_counts_from_today(person):
    choose(person, weeks=4)
    later = NOW + timedelta(days=10)
    assert choose(person, "gad7", weeks=4, now=later).first_on == TODAY + timedelta(weeks=4)
    assert choose(person, "gad7", weeks=2, now=later).first_on == TODAY + timedelta(days=10, weeks=2)
    assert choose(person, "gad7", weeks=None, now=later).first_on is None
    assert SelfReportWish.objects.count() == 1


def test_turned_off_asks_nothing_and_keeps_what_was_answered(person):
    choose(person)
    report = finished_report(person=person, pain=3)
    end_self_report_wish(by=person, now=NOW)
    end_self_report_wish(by=person, now=NOW)
    wish = SelfReportWish.objects.get()
    assert (wish.is_on, wish.asked_on(TODAY + timedelta(weeks=4)), wish.next_on(TODAY)) == (False, None, None)
    assert person.self_reports.finished().get() == report


def test_turned_on_again_begins_anew(person):
    choose(person)
    end_self_report_wish(by=person, now=NOW)
    again = choose(person, now=NOW + timedelta(days=100))
    assert (again.is_on, again.first_on) == (True, TODAY + timedelta(days=128))


def test_what_nobody_turned_on_can_be_turned_off_and_left_out(person):
    end_self_report_wish(by=person, now=NOW)
    leave_out_self_report(by=person, now=NOW)
    assert not SelfReportWish.objects.exists()


def test_asked_things_wait_until_each_is_answered(person):
    wish = SelfReportWishFactory(person=person, instruments=["pain_nrs", "phq4"], first_on=TODAY)
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    assert wish.waiting(yesterday, {}) == []
    assert [one.code for one in wish.waiting(TODAY, {})] == ["pain_nrs", "phq4"]
    assert [one.code for one in wish.waiting(TODAY, {"pain_nrs": yesterday, "phq4": TODAY})] == ["pain_nrs"]
    assert wish.waiting(tomorrow, {"pain_nrs": TODAY, "phq4": tomorrow}) == []


def test_what_is_left_out_comes_again_in_its_time(person):
    wish = SelfReportWishFactory(person=person, first_on=TODAY)
    leave_out_self_report(by=person, now=NOW)
    wish.refresh_from_db()
    assert wish.waiting(TODAY + timedelta(days=13), {}) == []
    assert wish.waiting(TODAY + timedelta(weeks=4), {}) != []


def test_what_is_not_answered_stops_waiting_after_two_weeks():
    wish = wish_on(TODAY, 12)
    assert wish.waiting(TODAY + timedelta(days=13), {}) != []
    assert wish.waiting(TODAY + timedelta(days=14), {}) == []
    assert wish.waiting(TODAY + timedelta(weeks=12), {}) != []


def test_what_is_no_longer_there_is_not_asked():
    wish = wish_on(TODAY, 4)
    wish.instruments = ["gone", "pain_nrs"]
    assert [one.code for one in wish.chosen()] == ["pain_nrs"]
    assert [one.code for one in wish.waiting(TODAY, {})] == ["pain_nrs"]


@given(
    first_on=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    weeks=st.sampled_from([2, 4, 12]),
    days=st.integers(-500, 5000),
)
def test_days_follow_the_rhythm(first_on, weeks, days):
    wish, today = wish_on(first_on, weeks), first_on + timedelta(days=days)
    last, following = wish.asked_on(today), wish.next_on(today)
    assert wish.asks_on(following)
    assert following > today
    if days < 0:
        assert (last, following) == (None, first_on)
        return
    assert last <= today
    assert following - last == timedelta(weeks=weeks)
    assert wish.asks_on(last)
    assert wish.asks_on(today) == (today == last)


@pytest.mark.django_db
def test_last_answers_are_read_by_the_clock_of_their_owner():
    person = PersonFactory(time_zone="Pacific/Auckland")
    SelfReportWishFactory(person=person)
    finished_report(person=person, at=NOW - timedelta(days=9), pain=3)
    finished_report(person=person, at=NOW, pain=4)
    rows = SelfReportWish.objects.with_answered().get().answered
    assert days_answered(rows, person.zone) == {"pain_nrs": TODAY + timedelta(days=1)}


@pytest.mark.parametrize(
    "change",
    [{"instruments": []}, {"rhythm_weeks": 3}, {"rhythm_weeks": None}, {"first_on": None}],
)
def test_impossible_wishes_are_refused_by_the_database(person, change):
    wish = choose(person)
    with pytest.raises(IntegrityError), transaction.atomic():
        SelfReportWish.objects.filter(pk=wish.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_turning_it_on_in_two_tabs_is_turning_it_on_once():
    person = PersonFactory()
    assert at_once(*[lambda: choose(person)] * 4) == ["done"] * 4
    assert SelfReportWish.objects.count() == 1
