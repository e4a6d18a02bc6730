"""Two weeks before the day until which someone meant to do a role."""

from datetime import UTC, date, datetime, timedelta

import pytest

from groups.services.role import edit_role, end_role
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_kind
from peersupport.reminders.registry import kind_named
from tests.factories import NOW, RoleTermFactory
from tests.messages import html_of, letter_of, reason_against

pytestmark = pytest.mark.django_db
KIND = "groups.role_ending"
ENDS_ON = date(2026, 11, 5)
#: Nine in the morning in London, the day before the clocks go back and the day after.
DUE = datetime(2026, 10, 22, 8, tzinfo=UTC)


@pytest.fixture
def term():
    return RoleTermFactory(role="deputy", ends_on=ENDS_ON)


def plan(now=DUE):
    return plan_kind(kind_named(KIND), now)


def why_not(message):
    return reason_against(message, DUE)


def test_it_comes_at_nine_two_weeks_before_and_once(term):
    assert [plan(DUE - timedelta(minutes=10)), plan(), plan(DUE + timedelta(minutes=1))] == [0, 1, 0]
    message = Message.objects.get()
    assert (message.recipient, message.due_at) == (term.person, DUE)


def test_nine_is_nine_where_they_live(term):
    term.person.time_zone = "America/New_York"
    term.person.save()
    assert plan(DUE) == 0
    assert plan(DUE + timedelta(hours=5)) == 1


def test_another_day_is_another_mail(term):
    plan()
    message = Message.objects.get()
    edit_role(term=term, ends_on=ENDS_ON + timedelta(days=1), by=term.person, now=NOW)
    assert why_not(message) == "The day was changed."
    assert plan(DUE + timedelta(days=1)) == 1


def test_it_says_which_role_where_and_that_nothing_ends_by_itself(term):
    plan()
    message = Message.objects.get()
    letter = letter_of(message)
    html = html_of(letter)
    for body in (letter.body, html):
        assert "Thursday 5 November 2026" in body
        assert term.group.name in body
        assert "Nothing ends by itself." in body


@pytest.mark.parametrize("change", [{"ends_on": None}, {"accepted_at": None}, {"ended_at": NOW}])
def test_no_day_no_role_no_mail(term, change):
    for field, value in change.items():
        setattr(term, field, value)
    term.save()
    assert plan() == 0


def test_a_role_that_ended_meanwhile_is_no_question(term):
    plan()
    end_role(term=term, by=term.person, now=NOW)
    assert why_not(Message.objects.get()) == "The role has ended."
