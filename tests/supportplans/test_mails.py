"""What members hear about goals and plans: once, and only while it is true."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_all
from peersupport.reminders.registry import kind_named
from peersupport.reminders.sending import send_all_due
from supportplans.services.plan import propose_plan
from supportplans.services.plan_section import edit_section
from supportplans.services.plan_word import say_word
from tests.factories import GoalFactory, PersonFactory

pytestmark = pytest.mark.django_db

LAST_DAY = timezone.localdate() + timedelta(days=14)
REVIEW = "supportplans.goal_review"


def plan_around(moment):
    plan_all(moment - timedelta(minutes=2))
    plan_all(moment + timedelta(minutes=2))
    return list(Message.objects.filter(kind=REVIEW).values_list("due_at", flat=True))


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
def test_review_is_due_at_nine_by_the_owners_clock(zone, day, due):
    GoalFactory(person=PersonFactory(time_zone=zone), review_on=day)
    assert plan_around(due) == [due]


@pytest.mark.parametrize("state", ["draft", "paused", "let_go", "achieved"])
def test_goal_that_is_not_worked_on_is_not_asked_about(state):
    due = datetime(2026, 11, 24, 9, tzinfo=UTC)
    GoalFactory(state=state, review_on=due.date())
    assert plan_around(due) == []


def test_review_mail_goes_out_once_and_names_no_health():
    now = timezone.now()
    goal = GoalFactory(what="Walk without the stick", review_on=timezone.localdate(now))
    due = datetime.combine(goal.review_on, datetime.min.time(), UTC) + timedelta(hours=9)
    plan_around(due)
    Message.objects.update(due_at=now, next_attempt_at=now, expires_at=now + timedelta(days=1))
    assert (send_all_due(), send_all_due()) == (1, 0)
    letter = mail.outbox[0]
    assert letter.subject == "Time to look back"
    assert "stick" not in letter.subject + letter.body
    assert goal.get_absolute_url() in letter.body


def test_review_is_not_sent_again_when_nobody_knows_whether_it_went():
    assert kind_named(REVIEW).at_most_once


def test_changed_date_is_not_reminded_of():
    now = timezone.now()
    goal = GoalFactory(review_on=timezone.localdate(now))
    plan_around(datetime.combine(goal.review_on, datetime.min.time(), UTC) + timedelta(hours=9))
    Message.objects.update(due_at=now, next_attempt_at=now, expires_at=now + timedelta(days=1))
    type(goal).objects.filter(pk=goal.pk).update(schedule_version=1)
    assert send_all_due() == 0
    assert Message.objects.get().reason == "The date was changed."


def propose(plan, members):
    section = plan.sections.get(kind="purpose")
    now = timezone.now()
    edit_section(section=section, text="We go on.", revision=0, by=members[0], now=now)
    return propose_plan(
        plan=plan, rule="everyone", review_on=None, last_day=(now + timedelta(days=14)).date(), by=members[0], now=now
    )


def test_members_are_asked_for_their_word(plan, members):
    plan = propose(plan, members)
    assert send_all_due() == 2
    assert {letter.to[0] for letter in mail.outbox} == {members[1].email, members[2].email}
    assert mail.outbox[0].subject == "Your group has a plan for you to read"
    assert plan.get_absolute_url() in mail.outbox[0].body


def test_who_has_said_their_word_is_not_asked_again(plan, members):
    plan = propose(plan, members)
    say_word(plan=plan, word="agree", note="", proposal=0, by=members[1], now=timezone.now())
    assert send_all_due() == 1
    assert mail.outbox[0].to == [members[2].email]
