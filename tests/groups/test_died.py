"""Someone who has died: nothing is sent or shown carelessly, and a mistake leaves no trace."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from groups.models import Membership
from groups.services.death import mark_died, undo_died
from groups.services.meeting import plan_meeting
from groups.services.role import offer_role
from peersupport.access.log import looks_at
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_all
from peersupport.reminders.sending import send_all_due
from supportplans.models import Goal
from supportplans.services.sharing import change_audience
from tests.factories import (
    AttendanceFactory,
    GoalFactory,
    MeetingFactory,
    MembershipFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group")


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def mona(group):
    return MembershipFactory(group=group, person__preferred_name="Mona", person__email="mona@example.org")


def sent_to(person):
    return [letter.subject for letter in mail.outbox if person.email in letter.to]


def plan(group, contact, now):
    on = (now + 9 * DAY).date()
    details = {"on": on, "start_time": now.time(), "duration_minutes": 60, "venue": None}
    return plan_meeting(group=group, by=contact, now=now, **details)


@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_the_mark_is_not_sent_after_it(group, contact, mona, now):
    plan(group, contact, now)
    mark_died(membership=mona, by=contact, now=now)
    send_all_due()
    assert sent_to(mona.person) == []
    assert len(sent_to(contact)) == 1
    assert Message.objects.get(recipient=mona.person).reason == "Nothing is sent to this person any more."


@pytest.mark.django_db(transaction=True)
def test_what_can_not_be_turned_off_is_not_sent_either(group, contact, mona, now):
    offer_role(group=group, person=mona.person, role="greeter", by=contact, now=now)
    mark_died(membership=mona, by=contact, now=now)
    send_all_due()
    assert sent_to(mona.person) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_new_is_planned(group, contact, mona, now):
    mark_died(membership=mona, by=contact, now=now)
    MeetingFactory(group=group, starts_at=now + DAY + timedelta(minutes=2), changed_at=now - 20 * DAY)
    plan_all(now)
    assert {message.recipient for message in Message.objects.all()} == {contact}


def test_their_name_leaves_the_pages_of_the_group_and_stays_in_what_was_noted(sign_in, group, contact, mona, now):
    past = MeetingFactory(group=group, starts_at=now - DAY)
    AttendanceFactory(meeting=past, membership=mona)
    ahead = MeetingFactory(group=group, starts_at=now + DAY)
    RSVPFactory(meeting=ahead, membership=mona, answered_at=now)
    Membership.objects.filter(pk=mona.pk).update(shows_answer=True)
    client = sign_in(contact)
    pages = [group.get_absolute_url(), ahead.get_absolute_url(), reverse("groups:answer_list", args=[ahead.pk])]
    assert all("Mona" in client.get(page).text for page in pages)
    mark_died(membership=mona, by=contact, now=now)
    assert not any("Mona" in client.get(page).text for page in pages)
    assert "Mona" in client.get(reverse("groups:attendance_record", args=[past.pk])).text


def test_what_they_shared_is_no_longer_shown(group, contact, mona, now):
    goal = GoalFactory(person=mona.person)
    change_audience(item=goal, audience=[(mona, None)], by=mona.person, now=now)
    assert Goal.objects.visible_to(contact).get() == goal
    mark_died(membership=mona, by=contact, now=now)
    assert not Goal.objects.visible_to(contact).exists()


def test_a_mistake_taken_back_brings_back_what_was_shared(group, contact, mona, now):
    goal = GoalFactory(person=mona.person)
    change_audience(item=goal, audience=[(mona, None)], by=mona.person, now=now)
    mark_died(membership=mona, by=contact, now=now)
    undo_died(membership=mona, by=mona.person, now=now)
    assert Goal.objects.visible_to(contact).get() == goal


@pytest.mark.django_db(transaction=True)
def test_a_mistake_taken_back_lets_messages_through_again(group, contact, mona, now):
    mark_died(membership=mona, by=contact, now=now)
    undo_died(membership=mona, by=contact, now=now)
    plan(group, contact, now)
    send_all_due()
    assert len(sent_to(mona.person)) == 1


def test_the_person_reads_who_marked_it(contact, mona, now):
    mark_died(membership=mona, by=contact, now=now)
    entry = looks_at(mona.person).get()
    assert (entry.actor, entry.action, entry.route) == (contact, "changed", "groups:membership_died")


def test_another_member_can_not_mark_it(sign_in, group, mona):
    plain = MembershipFactory(group=group).person
    assert sign_in(plain).post(reverse("groups:membership_died", args=[mona.pk])).status_code == 404
    mona.person.refresh_from_db()
    assert mona.person.died_marked_at is None


def test_a_role_holder_elsewhere_can_not_mark_it(sign_in, mona):
    elsewhere = RoleTermFactory(person=MembershipFactory().person).person
    assert sign_in(elsewhere).post(reverse("groups:membership_died", args=[mona.pk])).status_code == 404


def test_other_groups_end_too_and_their_organisers_can_take_it_back(sign_in, contact, mona, now):
    elsewhere = MembershipFactory(person=mona.person)
    organiser = RoleTermFactory(group=elsewhere.group, person=MembershipFactory(group=elsewhere.group).person).person
    mark_died(membership=mona, by=contact, now=now)
    client = sign_in(organiser)
    assert "Has died" in client.get(reverse("groups:membership_list", args=[elsewhere.group.pk])).text
    client.post(reverse("groups:membership_died_undo", args=[elsewhere.pk]))
    assert Membership.objects.current().filter(person=mona.person).count() == 2
