"""A group's meetings: planned, answered, moved, called off, and who came."""

from datetime import timedelta

import icalendar
import pytest
from django.core import mail
from django.utils import timezone

from groups.models import RSVP, Attendance, CalendarFeed, Meeting
from peersupport.reminders.sending import send_all_due
from peersupport.spoken import spoken_date
from tests.factories import (
    MeetingFactory,
    MembershipFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def group():
    venue = VenueFactory(name="Hall", address="1 High Street, Bristol", access_notes="Ramp at the back")
    return SupportGroupFactory(name="Tuesday group", venue=venue, site=venue.site)


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    RoleTermFactory(group=group, person=person)
    return person


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Maria").person


def test_every_second_tuesday_from_plan_to_calendar(walk, client, group, contact, member):
    # Given the contact of a group without meetings
    tuesday = timezone.localdate() + timedelta(days=7 + (1 - timezone.localdate().weekday()) % 7)
    walk.sign_in(client, contact)
    walk.open(group.get_absolute_url())
    # When she plans one, forgets am or pm, and says it right
    walk.follow("Plan a meeting")
    walk.fill_date("Which day?", tuesday)
    walk.fill("When does it start?", "2")
    walk.choose("Does it repeat?", "Every 2 weeks")
    walk.follow("Plan the meeting")
    walk.then_reads("Add am or pm to the time, like 2:30pm")
    walk.fill("When does it start?", "2pm")
    walk.follow("Plan the meeting")
    # Then the first one is there, and half a year of them in the list
    walk.then_reads("The meeting is planned.", "2pm to 4pm", "Hall", "Ramp at the back", "Every 2 weeks")
    walk.open(f"{group.get_absolute_url()}meetings/")
    walk.then_reads(f"{spoken_date(tuesday)}, 2pm", f"{spoken_date(tuesday + timedelta(days=14))}, 2pm")
    # And when a member says in one tap that she comes
    walk.sign_in(client, member)
    walk.open("/")
    walk.then_reads(f"{spoken_date(tuesday)}, 2pm", "Will you come?")
    walk.follow("Coming")
    walk.then_reads("Your answer is saved: Coming.", "You said: Coming.")
    assert RSVP.objects.get().membership.person == member
    # And wants the meetings in her calendar
    walk.follow("Meetings in your calendar")
    walk.follow("Get my calendar address")
    walk.then_reads("Anyone who has this address can see when and where you meet.")
    # Then any calendar app can read all of them
    feed = client.get(f"/calendar/{CalendarFeed.objects.get(person=member).token()}.ics")
    starts = [entry.start for entry in icalendar.Calendar.from_ical(feed.content).events]
    assert starts == list(Meeting.objects.order_by("starts_at").values_list("starts_at", flat=True))[: len(starts)]
    assert len(starts) >= 12


def test_a_meeting_is_moved_and_another_called_off(walk, client, group, contact, member):
    # Given two meetings, one of which a member has answered
    now = timezone.now()
    moved = MeetingFactory(group=group, venue=group.venue, starts_at=now + timedelta(days=5))
    off = MeetingFactory(group=group, venue=group.venue, starts_at=now + timedelta(days=12))
    RSVPFactory(meeting=moved, membership=member.memberships.get(), answer="cannot", answered_at=now)
    walk.sign_in(client, contact)
    # When the contact moves one by a day
    walk.open(moved.get_absolute_url())
    walk.follow("Move this meeting")
    day = timezone.localdate(moved.starts_at) + timedelta(days=1)
    walk.fill_date("Which day?", day)
    walk.fill("When does it start?", "10am")
    walk.follow("Move the meeting")
    walk.then_reads("The meeting is moved.", spoken_date(day))
    walk.follow("What everyone answered")
    walk.then_reads("Maria: Can't come (before the meeting was moved)")
    # And cancels the other, at first without saying why
    walk.open(off.get_absolute_url())
    walk.follow("Cancel this meeting")
    walk.follow("Cancel the meeting")
    walk.then_reads("Enter why the meeting is cancelled")
    walk.fill("Why is it cancelled?", "The hall is flooded.")
    walk.follow("Cancel the meeting")
    walk.then_reads("This meeting is cancelled.", "The hall is flooded.")
    # Then both members get a mail about each
    send_all_due()
    subjects = sorted(letter.subject.partition(" on ")[0] for letter in mail.outbox if "Maria" in letter.body)
    assert subjects == ["Your group does not meet", "Your group now meets"]
    # And the member is asked anew about the one that moved
    walk.sign_in(client, member)
    walk.open(moved.get_absolute_url())
    walk.then_reads("Will you come?")
    walk.then_does_not_read("You said")


def test_who_came_is_ticked_in_one_go(walk, client, group, contact, member):
    # Given a meeting that has just begun
    meeting = MeetingFactory(group=group, venue=group.venue, starts_at=timezone.now() - timedelta(minutes=30))
    walk.sign_in(client, contact)
    # When the contact writes down who is there
    walk.open(meeting.get_absolute_url())
    walk.follow("Write down who came")
    walk.follow("Start with everyone as “came”")
    walk.choose("Maria", "Sent apologies")
    walk.follow("Save")
    # Then it is saved, and can be corrected
    walk.then_reads("Saved. You can correct it at any time.", "Noted for you", "Came")
    walk.follow("Write down who came")
    walk.choose("Maria", "Came")
    walk.follow("Save")
    standing = Attendance.objects.standing().filter(meeting=meeting)
    assert set(standing.values_list("outcome", flat=True)) == {"attended"}
    assert Attendance.objects.count() == 3
