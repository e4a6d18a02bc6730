"""Members whom no message reaches stand on the call list, with who rings them, ticked when done."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from groups import refusals
from groups.models import Call, Meeting, Membership
from groups.services.call import drop_call, note_rung, take_call
from groups.services.meeting import cancel_meeting
from tests.factories import (
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def group():
    return SupportGroupFactory()


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Joan").person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def deputy(group):
    person = MembershipFactory(group=group, person__preferred_name="Dev").person
    return RoleTermFactory(group=group, person=person, role="deputy").person


@pytest.fixture
def meeting(group, now):
    return MeetingFactory(group=group, starts_at=now + 2 * DAY)


@pytest.fixture
def kept(group):
    return KeptMembershipFactory(group=group, name="Wilf", told_how="phone")


@pytest.fixture
def refused(group):
    membership = MembershipFactory(group=group, person__preferred_name="Maria")
    membership.person.mail_refusals, membership.person.refused_email = 3, membership.person.email
    membership.person.save()
    return membership


def listed(client, meeting):
    page = client.get(reverse("groups:call_list", args=[meeting.pk]))
    return {
        member.shown_name: (call and call.caller.preferred_name, bool(call and call.rung_at))
        for member, call, _was_rung_before in page.context["rows"]
    }


def say(client, meeting, membership, state):
    address = reverse("groups:call_note", args=[meeting.pk, membership.pk])
    return client.post(address, {"state": state}, follow=True).text


def test_only_members_out_of_reach_are_listed(client, group, contact, meeting, kept, refused):
    KeptMembershipFactory(name="Elsewhere")
    KeptMembershipFactory(group=group, name="On a break", state="paused")
    moved = MembershipFactory(group=group, person__preferred_name="New address")
    moved.person.mail_refusals, moved.person.refused_email = 3, "old@example.org"
    moved.person.save()
    MembershipFactory(group=group, person__preferred_name="Closed", person__is_active=False)
    client.force_login(contact)
    assert set(listed(client, meeting)) == {"Wilf", "Maria", "Closed"}


def test_someone_says_they_will_and_then_that_they_did(client, contact, meeting, kept):
    client.force_login(contact)
    assert listed(client, meeting) == {"Wilf": (None, False)}
    assert "Joan rings them." in say(client, meeting, kept, "taken")
    assert listed(client, meeting) == {"Wilf": ("Joan", False)}
    assert "Joan told them." in say(client, meeting, kept, "rung")
    assert listed(client, meeting) == {"Wilf": ("Joan", True)}
    say(client, meeting, kept, "open")
    assert listed(client, meeting) == {"Wilf": (None, False)}


def test_the_one_who_reached_them_counts(meeting, kept, contact, deputy, now):
    take_call(meeting=meeting, membership=kept, by=contact, now=now)
    with pytest.raises(refusals.SomeoneElseRings):
        take_call(meeting=meeting, membership=kept, by=deputy, now=now)
    note_rung(meeting=meeting, membership=kept, by=deputy, now=now)
    assert Call.objects.get().caller == deputy


def test_a_meeting_that_was_changed_is_news_again(client, meeting, kept, contact, now):
    Meeting.objects.update(changed_at=now - DAY)
    note_rung(meeting=meeting, membership=kept, by=contact, now=now)
    cancel_meeting(meeting=meeting, reason="Snow", by=contact, now=now + timedelta(minutes=1))
    client.force_login(contact)
    page = client.get(reverse("groups:call_list", args=[meeting.pk])).text
    assert "They were told before the meeting was changed." in page
    assert listed(client, meeting) == {"Wilf": (None, False)}


def test_after_a_change_anyone_can_take_the_call(meeting, kept, contact, deputy, now):
    Meeting.objects.update(changed_at=now - DAY)
    note_rung(meeting=meeting, membership=kept, by=contact, now=now)
    cancel_meeting(meeting=meeting, reason="Snow", by=contact, now=now + timedelta(minutes=1))
    call = take_call(meeting=meeting, membership=kept, by=deputy, now=now + timedelta(minutes=2))
    assert (call.caller, call.rung_at) == (deputy, None)


@pytest.mark.parametrize("service", [take_call, note_rung, drop_call])
def test_whoever_gets_emails_needs_no_call(service, meeting, group, contact, now):
    with pytest.raises(refusals.ReachedByMail):
        service(meeting=meeting, membership=MembershipFactory(group=group), by=contact, now=now)
    with pytest.raises(refusals.ReachedByMail):
        service(meeting=meeting, membership=KeptMembershipFactory(), by=contact, now=now)


@pytest.mark.parametrize("service", [take_call, note_rung, drop_call])
def test_after_the_meeting_it_is_too_late(service, group, kept, contact, now):
    over = MeetingFactory(group=group, starts_at=now - DAY)
    with pytest.raises(refusals.MeetingOver):
        service(meeting=over, membership=kept, by=contact, now=now)


def test_what_is_no_answer_is_asked_again(client, meeting, kept, contact):
    client.force_login(contact)
    assert "Choose one of the answers." in say(client, meeting, kept, "perhaps")
    assert not Call.objects.exists()


def test_members_do_not_see_who_needs_a_call(client, group, meeting, kept):
    client.force_login(MembershipFactory(group=group).person)
    assert client.get(reverse("groups:call_list", args=[meeting.pk])).status_code == 403


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_costs_the_same_for_any_number(client, group, contact, meeting, number, django_assert_num_queries):
    for _number in range(number):
        member = KeptMembershipFactory(group=group, told_by=contact)
        take_call(meeting=meeting, membership=member, by=contact, now=timezone.now())
    client.force_login(contact)
    address = reverse("groups:call_list", args=[meeting.pk])
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)


def test_the_database_holds_one_call_each(meeting, kept, contact, now):
    take_call(meeting=meeting, membership=kept, by=contact, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.create(meeting=meeting, membership=kept, caller=contact, taken_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.update(rung_at=now - DAY)


@pytest.mark.django_db(transaction=True)
def test_two_who_say_so_at_once_are_one(group, meeting, kept, now):
    people = [PersonFactory() for _number in range(4)]

    def take(person):
        try:
            return take_call(meeting=meeting, membership=kept, by=person, now=now).caller == person
        except refusals.SomeoneElseRings:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(take, people)) == [False, False, False, True]
    assert Membership.objects.out_of_reach().get() == kept
