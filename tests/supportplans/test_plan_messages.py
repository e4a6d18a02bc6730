"""What is sent about a group's plan: to whom, when by their own clock, and only while it is true."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from groups.models import Membership, RoleTerm, SupportGroup
from groups.services.membership import leave_group
from members.models import Person
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_all
from peersupport.reminders.sending import send_all_due
from supportplans.models import MutualSupportPlan, PlanLook
from supportplans.refusals import NotInUse
from supportplans.services.plan import keep_plan, reopen_plan, start_plan
from tests.factories import NOW, KeptMembershipFactory, MembershipFactory, MutualSupportPlanFactory, RoleTermFactory
from tests.supportplans.planning import LATER, agree_on, propose, say, write

pytestmark = pytest.mark.django_db

ASKED, REMINDED, REVIEW = "supportplans.plan_proposed", "supportplans.word_due", "supportplans.plan_review"
DAY = date(2027, 11, 24)
NINE = datetime(2027, 11, 24, 9, tzinfo=UTC)


def planned(kind, moment):
    """Who gets `kind`, and when, planned on either side of `moment` and some days around it."""
    for minutes in (-2 * 24 * 60, -2, 2, 2 * 24 * 60):
        plan_all(moment + timedelta(minutes=minutes))
    return dict(Message.objects.filter(kind=kind).values_list("recipient", "due_at"))


@pytest.fixture
def in_use(plan, members):
    return agree_on(plan, members, review_on=DAY)


# Looking at it again


def test_review_goes_to_those_who_look_after_the_group(in_use, group, members):
    RoleTermFactory(group=group, person=members[1], role="greeter")
    RoleTermFactory(group=group, person=members[2], role="host", ended_at=NOW)
    RoleTermFactory(group=group, role="tutor")
    assert planned(REVIEW, NINE) == {members[1].pk: NINE}


@pytest.mark.parametrize("state", [None, "paused"])
def test_review_goes_to_all_where_nobody_looks_after_the_group(in_use, group, members, state):
    KeptMembershipFactory(group=group)
    reached = set(members)
    if state:
        holder = RoleTermFactory(group=group, person=members[0], role="contact").person
        Membership.objects.filter(group=group, person=holder).update(state=state)
        reached.remove(holder)
    assert planned(REVIEW, NINE) == {person.pk: NINE for person in reached}


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        ("Europe/London", date(2027, 3, 28), datetime(2027, 3, 28, 8, tzinfo=UTC)),
        ("Europe/London", date(2027, 10, 31), datetime(2027, 10, 31, 9, tzinfo=UTC)),
        ("Pacific/Auckland", date(2027, 6, 1), datetime(2027, 5, 31, 21, tzinfo=UTC)),
    ],
)
def test_review_is_due_at_nine_by_each_ones_own_clock(in_use, members, zone, day, due):
    Person.objects.filter(pk=members[1].pk).update(time_zone=zone)
    MutualSupportPlan.objects.update(review_on=day)
    assert planned(REVIEW, due)[members[1].pk] == due


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_group_that_rests_or_has_ended_is_not_reminded(in_use, group, state):
    SupportGroup.objects.filter(pk=group.pk).update(state=state, closing_reason="Done")
    assert planned(REVIEW, NINE) == {}


def test_group_that_works_on_a_new_version_is_not_reminded(in_use, group, members):
    start_plan(group=group, by=members[0], now=LATER)
    assert planned(REVIEW, NINE) == {}


def test_review_is_planned_for_many_groups_at_once():
    for _number in range(3):
        group = MembershipFactory().group
        MutualSupportPlanFactory(group=group, state="in_use", proposed_at=NOW, in_use_at=NOW, review_on=DAY)
    assert len(planned(REVIEW, NINE)) == 3


@pytest.fixture
def due_now(in_use, members):
    """Its day is today, and the three have a mail waiting about it."""
    today = timezone.localdate()
    MutualSupportPlan.objects.update(review_on=today)
    planned(REVIEW, datetime.combine(today, time(9), UTC))
    now = timezone.now()
    Message.objects.filter(kind=REVIEW).update(due_at=now, next_attempt_at=now, expires_at=now + timedelta(days=1))
    Message.objects.exclude(kind=REVIEW).delete()
    return in_use


def test_review_mail_says_what_to_do_and_neither_health_nor_the_group_on_top(due_now, group):
    assert send_all_due() == 3
    letter = mail.outbox[0]
    assert letter.subject == "Time to look at something again"
    assert group.name in letter.body
    assert due_now.get_absolute_url() in letter.body


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda plan, people: keep_plan(plan=plan, review_on=DAY, by=people[0], now=LATER), "The day was changed."),
        (
            lambda plan, people: start_plan(group=plan.group, by=people[0], now=LATER),
            "The group is working on a new version, or has one.",
        ),
    ],
)
def test_review_that_is_no_longer_true_is_not_sent(due_now, members, change, reason):
    change(due_now, members)
    assert send_all_due() == 0
    assert set(Message.objects.filter(kind=REVIEW).values_list("reason", flat=True)) == {reason}


def test_who_left_is_not_reminded(due_now, group, members):
    leave_group(group=group, by=members[2], now=timezone.now())
    assert send_all_due() == 2


def test_plan_that_is_still_right_is_kept_until_another_day(in_use, members):
    other = DAY + timedelta(weeks=26)
    for _twice in range(2):
        keep_plan(plan=in_use, review_on=other, by=members[1], now=NINE)
    in_use.refresh_from_db()
    assert (in_use.review_on, in_use.state) == (other, "in_use")
    look = PlanLook.objects.get()
    assert (look.looked_by, look.looked_at, look.next_on) == (members[1], NINE, other)
    assert planned(REVIEW, NINE + timedelta(weeks=26))


def test_only_a_plan_in_use_is_kept(plan, members):
    with pytest.raises(NotInUse):
        keep_plan(plan=plan, review_on=DAY, by=members[0], now=NOW)


# Words


def test_who_joins_while_a_plan_waits_is_asked_and_nobody_twice(plan, group, members):
    write(plan)
    propose(plan)
    late = MembershipFactory(group=group, joined_at=NOW + timedelta(hours=3)).person
    MembershipFactory(joined_at=NOW + timedelta(hours=3))
    plan_all(NOW + timedelta(hours=2))
    plan_all(NOW + timedelta(hours=4))
    asked = Message.objects.filter(kind=ASKED)
    assert set(asked.values_list("recipient", flat=True)) == {members[1].pk, members[2].pk, late.pk}
    assert asked.count() == 3
    assert asked.get(recipient=late).due_at == NOW + timedelta(hours=3)


def test_those_who_said_nothing_are_reminded_once_two_days_before_the_last(plan, members):
    write(plan)
    propose(plan)
    say(plan, members[0])
    due = datetime(2026, 12, 6, 9, tzinfo=UTC)
    assert planned(REMINDED, due) == dict.fromkeys([members[1].pk, members[2].pk], due)


def test_short_time_for_words_needs_no_reminder(plan, members):
    write(plan)
    propose(plan, last_day=NOW.date() + timedelta(days=4))
    assert planned(REMINDED, NOW + timedelta(days=2)) == {}


def test_plan_that_is_changed_again_reminds_nobody(plan, members):
    write(plan)
    propose(plan)
    planned(REMINDED, datetime(2026, 12, 6, 9, tzinfo=UTC))
    reopen_plan(plan=plan, now=LATER)
    assert set(Message.objects.values_list("state", flat=True)) == {"dropped"}


def test_word_that_stopped_counting_is_asked_for_again(plan, group, members):
    """Whoever comes back says it anew: the mail that waits for it is still true."""
    now = timezone.now()
    write(plan)
    propose(plan, now=now - timedelta(days=2))
    say(plan, members[1], now=now - timedelta(days=1))
    leave_group(group=group, by=members[1], now=now - timedelta(hours=20))
    MembershipFactory(group=group, person=members[1], joined_at=now - timedelta(hours=1))
    Message.objects.update(due_at=now, next_attempt_at=now, expires_at=now + timedelta(days=1))
    assert send_all_due() == 2
    assert {letter.to[0] for letter in mail.outbox} == {members[1].email, members[2].email}


def test_plan_messages_reach_roles_that_look_after_it():
    assert RoleTerm.OF_GROUP == ("contact", "host", "greeter", "deputy"), "reminders/plan.py names them in SQL"
