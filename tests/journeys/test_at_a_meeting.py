"""Around one meeting: a small room, things to bring, answers for others, notes; and coming into another group."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups.models import RSVP, BringItem, JoinRequest, Meeting, MeetingNote, MeetingSeries, Membership
from peersupport.spoken import spoken_date
from tests.factories import (
    AttendanceFactory,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def group():
    venue = VenueFactory(name="Library")
    return SupportGroupFactory(name="Tuesday group", about="Tea and talk", venue=venue, site=venue.site)


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    RoleTermFactory(group=group, person=person)
    return person


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Maria")


def test_a_small_room_has_a_waiting_list(walk, client, group, contact, member):
    # Given a meeting that the contact finds too big for its room
    meeting = MeetingFactory(group=group, venue=group.venue, starts_at=timezone.now() + timedelta(days=4))
    first = MembershipFactory(group=group, person__preferred_name="Ann")
    RSVPFactory(meeting=meeting, membership=first, answered_at=timezone.now())
    walk.sign_in(client, contact)
    walk.open(meeting.get_absolute_url())
    walk.follow("How many can come")
    walk.fill("How many people can come?", "none")
    walk.follow("Save")
    walk.then_reads("Enter a whole number, like 4")
    walk.fill("How many people can come?", "1")
    walk.follow("Save")
    walk.then_reads("Saved.")
    # When another member says that she comes
    walk.sign_in(client, member.person)
    walk.open(meeting.get_absolute_url())
    walk.follow("Coming")
    # Then she waits, and moves up once the other can't come
    walk.then_reads("You are 1st on the waiting list")
    walk.sign_in(client, first.person)
    walk.open(meeting.get_absolute_url())
    walk.follow("Can't come")
    walk.sign_in(client, member.person)
    walk.open(meeting.get_absolute_url())
    walk.then_does_not_read("You are 1st on the waiting list")


def test_milk_is_brought_and_what_was_decided_is_kept(walk, client, group, contact, member):
    # Given a meeting that has begun
    meeting = MeetingFactory(group=group, venue=group.venue, starts_at=timezone.now() - timedelta(minutes=20))
    walk.sign_in(client, member.person)
    walk.open(meeting.get_absolute_url())
    # When a member puts milk on the list and takes it on herself
    walk.follow("Add something to bring or do")
    walk.follow("Add it to the list")
    walk.then_reads("Enter what there is to bring or to do")
    walk.fill("Something to bring or to do", "Milk")
    walk.follow("Add it to the list")
    walk.follow("I will: Milk")
    walk.then_reads("Milk: Maria")
    assert BringItem.objects.get().taken_by == member
    # And writes down what the group decided
    walk.follow("Write or change the note")
    walk.fill("What did you decide, and what comes next?", "We book the library for spring.")
    walk.follow("Save the note")
    # Then everyone in the group can read it
    walk.sign_in(client, contact)
    walk.open(meeting.get_absolute_url())
    walk.then_reads("We book the library for spring.", "Maria")
    assert MeetingNote.objects.standing().get().written_by == member.person


def test_the_contact_answers_for_someone_without_an_account(walk, client, group, contact):
    # Given a member without an account, and a meeting next week
    kept = KeptMembershipFactory(group=group, name="Pat", told_by=contact)
    meeting = MeetingFactory(group=group, venue=group.venue, starts_at=timezone.now() + timedelta(days=7))
    walk.sign_in(client, contact)
    # When the contact notes what Pat said on the phone
    walk.open(meeting.get_absolute_url())
    walk.follow("What everyone answered")
    walk.follow("Pat: Coming")
    walk.then_reads("Noted for Pat.", "Pat: Coming")
    assert RSVP.objects.get(membership=kept).noted_by == contact
    # Then Pat is on the list to tick on paper
    walk.open(meeting.get_absolute_url())
    walk.follow("A list to tick on paper")
    walk.then_reads("Pat", "Carol", "shred it")


def test_numbers_over_time_are_drawn_beside_their_table(walk, client, group, member):
    # Given a few meetings with who came
    for weeks in range(1, 5):
        meeting = MeetingFactory(group=group, starts_at=timezone.now() - timedelta(weeks=weeks), state="held")
        for _number in range(weeks):
            AttendanceFactory(meeting=meeting)
    walk.sign_in(client, member.person)
    # When a member looks
    walk.open(f"/groups/{group.pk}/meetings/?past")
    walk.open(f"/groups/{group.pk}/attendance/")
    # Then it is drawn, and can be read
    assert walk.page.locator(".app-chart canvas").bounding_box()["height"] > 200
    assert walk.page.get_by_role("table", name="How many came to each meeting").is_visible()


def test_from_one_meeting_on_the_group_meets_later(walk, client, group, contact):
    # Given a group that plans a meeting every third week, six times
    walk.sign_in(client, contact)
    walk.open(f"/groups/{group.pk}/meetings/plan/")
    first = timezone.localdate() + timedelta(days=10)
    walk.fill_date("Which day?", first)
    walk.fill("When does it start?", "2pm")
    walk.choose("Does it repeat?", "Another rhythm")
    walk.fill("Every how many?", "3")
    walk.fill("Or: how many times? (only if you know)", "6")
    walk.follow("Plan the meeting")
    walk.then_reads("The meeting is planned.", "Every 3 weeks")
    # When the contact moves the second one and those after it to the evening
    second = Meeting.objects.order_by("starts_at")[1]
    walk.open(second.get_absolute_url())
    walk.follow("Move this meeting")
    walk.fill("When does it start?", "6pm")
    walk.choose("Which meetings?", "This one and those after it")
    walk.follow("Move the meeting")
    # Then five meet in the evening, and the first stays
    walk.then_reads("5 meetings are changed.", "6pm")
    hours = [
        timezone.localtime(meeting.starts_at, meeting.zone).hour for meeting in Meeting.objects.order_by("starts_at")
    ]
    assert hours == [14, 18, 18, 18, 18, 18]
    assert MeetingSeries.objects.count() == 2
    # And the list for the fridge has all of them
    walk.open(f"/groups/{group.pk}/meetings/")
    walk.then_reads(f"{spoken_date(first)}, 2pm", f"{spoken_date(first + timedelta(days=21))}, 6pm")


def test_someone_finds_a_group_asks_and_is_let_in(walk, client, group, contact):
    # Given a group that lets people in by agreement, and someone in no group
    type(group).objects.filter(pk=group.pk).update(join_rule="by_agreement")
    stranger = PersonFactory(preferred_name="Nia")
    walk.sign_in(client, stranger)
    # When they look for one and ask
    walk.open("/")
    walk.follow("Find a group")
    walk.follow("Tuesday group")
    walk.fill("A few words to the group (if you like)", "I was on the programme two years ago.")
    walk.follow("Ask to join")
    walk.then_reads("The group is asked.", "You asked on")
    # And the contact reads it at home and says yes, kindly
    walk.sign_in(client, contact)
    walk.open("/")
    walk.follow("1 person asks to join")
    walk.follow("Nia")
    walk.then_reads("I was on the programme two years ago.")
    walk.choose("Can they join?", "Yes")
    walk.fill("A kind note (if you like)", "Come on Tuesday. I stand at the door.")
    walk.follow("Send the answer")
    walk.then_reads("Nia gets your answer.")
    # Then they are in, and read what to expect
    assert JoinRequest.objects.get().state == "accepted"
    assert Membership.objects.current().filter(person=stranger, group=group).exists()
    walk.sign_in(client, stranger)
    walk.open(f"/groups/{group.pk}/welcome/")
    walk.then_reads("What to expect", "Come as you are.")


def test_someone_marked_by_mistake_is_back_in_one_tap(walk, client, group, contact, member):
    # Given a member whom the contact marks as having died, by mistake
    walk.sign_in(client, contact)
    walk.open(f"/groups/{group.pk}/members/")
    walk.follow("Maria")
    walk.follow("They have died")
    walk.follow("Yes, they have died")
    walk.then_reads("Nothing is sent to them any more.")
    # When she comes to the service
    walk.sign_in(client, member.person)
    walk.open("/")
    walk.follow("I am here, take it back")
    # Then all is as it was
    walk.then_reads("This is taken back. We are sorry for the mistake.")
    assert Membership.objects.current().filter(pk=member.pk).exists()


def test_a_member_has_a_break_and_comes_back(walk, client, group, member):
    # Given a member who needs a rest
    walk.sign_in(client, member.person)
    walk.open(group.get_absolute_url())
    walk.follow("Have a break from it")
    walk.follow("Have a break")
    walk.then_reads("You get no reminders.")
    walk.follow("Have a break")
    walk.then_reads("You are having a break.")
    # When she is better
    walk.open(group.get_absolute_url())
    walk.follow("Come back from your break")
    walk.follow("Come back from the break")
    # Then she is back
    walk.then_reads("Welcome back.")
    assert Membership.objects.joined().filter(pk=member.pk).exists()
