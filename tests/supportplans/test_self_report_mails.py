"""The message on the days that someone chose to be asked: once, at nine by their clock, only while it is true."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from peersupport.reminders.models import Message, Preference
from peersupport.reminders.planning import plan_all
from peersupport.reminders.registry import kind_named
from peersupport.reminders.sending import send_all_due
from supportplans.models import SelfReportWish
from supportplans.reminders.self_report import asked_ahead
from supportplans.services.self_report import take_out_report
from supportplans.services.self_report_wish import (
    ASKED,
    edit_self_report_wish,
    end_self_report_wish,
    leave_out_self_report,
)
from tests.factories import NOW, TODAY, PersonFactory, SelfReportWishFactory, finished_report

pytestmark = pytest.mark.django_db


def plan_around(moment):
    plan_all(moment - timedelta(minutes=2))
    plan_all(moment + timedelta(minutes=2))
    return list(Message.objects.filter(kind=ASKED).values_list("due_at", flat=True))


def at_nine(day):
    """Nine in the morning where members are, unless said otherwise."""
    return datetime.combine(day, time(9), ZoneInfo("Europe/London"))


@pytest.fixture
def person():
    return PersonFactory()


@pytest.fixture
def asked(person):
    """Someone who is asked about pain today, with the message due now."""
    SelfReportWishFactory(person=person, instruments=["pain_nrs"], first_on=timezone.localdate())
    plan_around(at_nine(timezone.localdate()))
    now = timezone.now()
    Message.objects.update(due_at=now, next_attempt_at=now, expires_at=now + timedelta(days=1))
    assert Message.objects.filter(recipient=person).count() == 1
    return person


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        ("Europe/London", date(2026, 3, 28), datetime(2026, 3, 28, 9, tzinfo=UTC)),
        ("Europe/London", date(2026, 3, 29), datetime(2026, 3, 29, 8, tzinfo=UTC)),
        ("Europe/London", date(2026, 10, 25), datetime(2026, 10, 25, 9, tzinfo=UTC)),
        ("America/New_York", date(2026, 6, 1), datetime(2026, 6, 1, 13, tzinfo=UTC)),
        ("Pacific/Auckland", date(2026, 6, 1), datetime(2026, 5, 31, 21, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("rounds", [0, 1, 7])
def test_it_is_due_at_nine_by_their_own_clock_on_each_day_asked(zone, day, due, rounds):
    SelfReportWishFactory(person=PersonFactory(time_zone=zone), first_on=day - timedelta(weeks=4 * rounds))
    assert plan_around(due) == [due]


@pytest.mark.parametrize(
    "changes",
    [
        {"first_on": TODAY + timedelta(days=1)},
        {"first_on": TODAY - timedelta(days=27)},
        {"first_on": TODAY + timedelta(weeks=4)},
        {"first_on": None, "rhythm_weeks": None},
        {"first_on": TODAY, "is_on": False},
    ],
)
def test_nothing_is_due_on_other_days_or_while_it_is_off(changes):
    SelfReportWishFactory(**changes)
    assert plan_around(at_nine(TODAY)) == []


def test_planned_again_and_again_it_is_one_for_each_day():
    SelfReportWishFactory(first_on=TODAY - timedelta(weeks=2), rhythm_weeks=2)
    for minutes in range(0, 30, 5):
        plan_all(at_nine(TODAY) + timedelta(minutes=minutes))
    assert Message.objects.filter(kind=ASKED).count() == 1
    plan_all(at_nine(TODAY + timedelta(weeks=2)))
    days = Message.objects.filter(kind=ASKED).values_list("schedule_version", flat=True)
    assert sorted(days) == [(TODAY - date(2000, 1, 1)).days, (TODAY - date(2000, 1, 1)).days + 14]


def test_message_goes_out_once_and_says_nothing_about_what_is_asked(asked, settings):
    assert (send_all_due(), send_all_due()) == (1, 0)
    letter = mail.outbox[0]
    assert letter.subject == "Your own questions are ready"
    assert "pain" not in (letter.subject + letter.body).casefold().replace(settings.SERVICE_RUN_BY.casefold(), "")
    assert reverse("supportplans:self_report_list") in letter.body


def test_it_can_be_turned_off_and_is_not_repeated_in_doubt():
    kind = kind_named(ASKED)
    assert kind.can_turn_off
    assert kind.at_most_once


def test_nobody_is_asked_who_wants_no_such_message(person):
    SelfReportWishFactory(person=person, first_on=TODAY)
    Preference.objects.create(person=person, kind=ASKED, is_wanted=False, changed_at=NOW)
    assert plan_around(at_nine(TODAY)) == []


def choose_another_rhythm(person):
    edit_self_report_wish(instruments=["pain_nrs"], rhythm_weeks=2, by=person, now=timezone.now())


@pytest.mark.parametrize(
    "change",
    [
        lambda person: end_self_report_wish(by=person, now=timezone.now()),
        lambda person: leave_out_self_report(by=person, now=timezone.now()),
        choose_another_rhythm,
        lambda person: finished_report(person=person, pain=3),
        lambda person: SelfReportWish.objects.update(is_on=False),
        lambda person: SelfReportWish.objects.update(first_on=timezone.localdate() + timedelta(days=1)),
    ],
)
def test_it_is_not_sent_once_it_is_no_longer_true(asked, change):
    change(asked)
    assert send_all_due() == 0
    assert Message.objects.get(kind=ASKED).reason


def test_it_is_sent_where_what_was_answered_was_taken_out(asked):
    take_out_report(report=finished_report(person=asked, pain=3), now=timezone.now())
    assert send_all_due() == 1


def test_week_ahead_holds_the_day_that_is_asked(person):
    SelfReportWishFactory(person=person, first_on=TODAY + timedelta(days=3))
    lines = asked_ahead(person, NOW, NOW + timedelta(days=7))
    assert [(line.at, line.text) for line in lines] == [(at_nine(TODAY + timedelta(days=3)), "Your own questions")]
    assert asked_ahead(person, NOW, NOW + timedelta(days=2)) == []
    assert asked_ahead(PersonFactory(), NOW, NOW + timedelta(days=7)) == []


@pytest.mark.parametrize("number", [1, 50])
def test_planning_costs_the_same_for_one_and_fifty(number, django_assert_num_queries):
    SelfReportWishFactory.create_batch(number, first_on=TODAY)
    kind = kind_named(ASKED)
    select, parameters = kind.plan(at_nine(TODAY) - timedelta(minutes=1), at_nine(TODAY) + timedelta(minutes=1))
    with django_assert_num_queries(1):
        rows = list(SelfReportWish.objects.raw(f"SELECT planned.* FROM ({select}) planned", parameters))
    assert len(rows) == number
