"""From a finished programme to a group with its first member."""

import re
from datetime import date, timedelta

import icalendar
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from groups.models import CalendarFeed, Invitation, Membership, RoleTerm, SupportGroup
from groups.services.calendar import open_feed
from groups.services.checklist import add_usual_items
from peersupport.reminders.sending import send_all_due
from tests.factories import (
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    ProgrammeFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_a_coordinator_adds_a_site_and_a_programme_and_asks_a_tutor(walk, client, with_second_factor):
    # Given someone who runs the service
    walk.sign_in(client, with_second_factor(PersonFactory(is_staff=True)))
    # When they add a site
    walk.open("/programmes/")
    walk.then_reads("First add the trust or charity")
    walk.follow("Add a site")
    walk.fill("Name of the trust or charity", "Southmead")
    walk.choose("What is it?", "NHS trust")
    walk.follow("Add the site")
    # And its programme, whose last day they mistype at first
    walk.then_reads("Southmead is added. You are its coordinator.")
    walk.fill("Name of the programme", "Autumn 2026")
    walk.choose("What kind is it?", "Pain management programme")
    walk.fill_date("First day", date(2026, 9, 1))
    walk.fill_date("Last day", date(2025, 11, 20))
    walk.follow("Add the programme")
    walk.then_reads("The last day is before the first day.")
    walk.fill_date("Last day", date(2026, 11, 20))
    walk.follow("Add the programme")
    # And ask a patient tutor
    walk.follow("Ask a patient tutor")
    walk.fill("Name of the patient tutor", "Tom")
    walk.fill("Their email address", "tom@example.org")
    walk.follow("Ask them")
    # Then the tutor is on the programme's page, and the register knows no group yet
    walk.then_reads("We have sent Tom an email.", "Tom Asked")
    walk.open("/register/")
    walk.then_reads("Groups appear here once a patient tutor starts them")
    assert RoleTerm.objects.get().person.email == "tom@example.org"


@pytest.mark.walked_twice
def test_a_tutor_turns_a_finished_programme_into_a_group(walk, client, with_second_factor):
    """Journey 1: people invited, venue, first date, roles, checklist, in one sitting."""
    # Given someone who was asked to be tutor of a programme of twelve
    programme = ProgrammeFactory(name="Autumn 2026")
    add_usual_items(site=programme.site)
    term = RoleTermFactory(group=None, programme=programme, role="tutor", accepted_at=None)
    walk.sign_in(client, with_second_factor(term.person))
    walk.open("/roles/")
    walk.follow("Yes, I will do it: Patient tutor, Autumn 2026")
    # When they start a group and forget the address of the new place
    walk.follow("Start a group")
    walk.fill("What is the group called?", "Tuesday group")
    walk.fill("What is the group about?", "Tea, talk and getting through flare-ups together.")
    walk.choose("Who can join?", "Only people from the programme")
    walk.choose("Where will you meet?", "A new place")
    walk.fill("What is the new place called?", "Library")
    walk.follow("Start the group")
    walk.then_reads("Enter the address, so that people find it")
    walk.fill("Its address", "1 High Street\nBristol")
    walk.follow("Start the group")
    # And paste the people, one of them wrongly
    people = "\n".join(f"Person {number}, person.{number}@example.org" for number in range(11))
    walk.then_reads("Step 2 of 5.")
    walk.fill("Who do you want to invite?", f"{people}\nAlex")
    walk.follow("Send the invitations")
    walk.then_reads("Line 12: there is no email address.")
    walk.fill("Who do you want to invite?", f"{people}\nAlex, alex@example.org")
    walk.follow("Send the invitations")
    # And set the first date and the rhythm
    walk.then_reads("12 invitations are on their way.", "Step 3 of 5.")
    first = timezone.localdate() + timedelta(days=14)
    walk.fill_date("Which day?", first)
    walk.fill("When does it start?", "2pm")
    walk.choose("Does it repeat?", "Every 2 weeks")
    walk.follow("Plan the meeting")
    # And think of a contact and a deputy
    walk.then_reads("Step 4 of 5.")
    walk.select("Contact", "Alex")
    walk.select("Deputy", "Person 3")
    walk.follow("Save and continue")
    # Then the checklist knows what is done, and the rest can wait
    walk.then_reads("Step 5 of 5.", "5 of 8 steps are settled.")
    walk.follow("Not needed: Agree how to keep in touch")
    walk.then_reads("6 of 8 steps are settled.")
    # And a sheet is there for someone without email
    group = SupportGroup.objects.get()
    walk.open(f"/groups/{group.pk}/invitations/")
    walk.follow("Print a code")
    walk.fill("How many people may use it?", "3")
    walk.follow("Make the sheet")
    walk.then_reads("You are invited", Invitation.objects.get(kind="code").token())
    assert {invitation.role for invitation in Invitation.objects.filter(kind="email")} == {"", "contact", "deputy"}
    assert group.meetings.count() > 10


@pytest.mark.walked_twice
def test_someone_without_an_account_joins_with_a_printed_code(walk):
    """Journey 2: joins, answers "coming", and has the meeting in their calendar."""
    # Given a sheet with a code
    venue = VenueFactory(name="Library", access_notes="Ring twice.")
    group = SupportGroupFactory(name="Tuesday group", about="Tea and talk", venue=venue, site=venue.site)
    tutor = RoleTermFactory(group=group, role="tutor", person__preferred_name="Tom").person
    RoleTermFactory(group=group, role="greeter", person__preferred_name="Greta")
    meeting = MeetingFactory(group=group, venue=venue, starts_at=timezone.now() + timedelta(days=5))
    code = code_of(group, tutor)
    # When someone types it, wrongly at first
    walk.open("/join/")
    walk.fill("What is the code on your sheet?", "7K3M9-QX2RD")
    walk.follow("Continue")
    walk.then_reads("We don't know this code.")
    walk.fill("What is the code on your sheet?", code.lower())
    walk.follow("Continue")
    # And reads what the group is, and signs up
    walk.then_reads("Tuesday group", "Tea and talk", "Tom invites you to this group.")
    walk.follow("Join")
    walk.fill("Name you like to be called", "Sam")
    walk.fill("Your email address", "sam@example.org")
    walk.follow("Make my account")
    walk.fill("Code", re.search(r"^    (\S+)$", mail.outbox.pop().body, re.MULTILINE)[1])
    walk.follow("Continue")
    # And joins with one more tap
    walk.then_reads("The group sees the name Sam.")
    walk.follow("Join the group")
    # Then they read what to expect, and say that they come
    walk.then_reads("You are a member of Tuesday group.", "Greta will greet you.", "Ring twice.")
    walk.follow("Coming")
    walk.then_reads("Your answer is saved: Coming.")
    sam = Membership.objects.get(person__email="sam@example.org")
    assert sam.rsvps.get().answer == "coming"
    # And have the meeting in their calendar
    walk.follow("Meetings in your calendar")
    walk.follow("Get my calendar address")
    feed = Client().get(f"/calendar/{CalendarFeed.objects.get().token()}.ics")
    assert str(meeting.uid) in feed.text
    # And let the greeter know that they are new
    walk.open(f"/groups/{group.pk}/welcome/")
    walk.follow("Choose what others may know")
    walk.tick("The greeter may know that I am new")
    walk.follow("Save")
    sam.refresh_from_db()
    assert (sam.greeter_may_know, sam.shows_answer) == (True, False)
    # And whoever is signed in and scans it again is told
    walk.open(f"/join/{code}/")
    walk.then_reads("You are a member already")


@pytest.mark.walked_twice
def test_the_unwell_contact_hands_over_and_the_deputy_moves_the_meeting(walk, client):
    """Journey 6: everyone's calendar is right afterwards."""
    # Given a contact in a flare-up, a deputy, a member, and next week's meeting
    group = SupportGroupFactory(name="Tuesday group")
    contact = MembershipFactory(group=group, person__preferred_name="Carol").person
    deputy = MembershipFactory(group=group, person__preferred_name="Dee").person
    member = MembershipFactory(group=group, person__preferred_name="Maria").person
    for person, role in ((contact, "contact"), (contact, "host"), (deputy, "deputy")):
        RoleTermFactory(group=group, person=person, role=role)
    meeting = MeetingFactory(group=group, starts_at=(timezone.now() + timedelta(days=6)).replace(microsecond=0))
    # When the contact hands everything over, from home, in two taps
    walk.sign_in(client, contact)
    walk.open("/")
    walk.follow("Not well? Hand everything over")
    walk.then_reads("You don't have to say why.", "Contact", "Host", "Dee")
    walk.tick("Yes, send me no reminders until I come back")
    walk.follow("Hand everything over")
    walk.then_reads("Dee has taken over.")
    # And the deputy moves the meeting
    walk.sign_in(client, deputy)
    walk.open("/")
    walk.follow(re.compile("Next meeting:"))
    walk.follow("Move this meeting")
    day = timezone.localdate(meeting.starts_at) + timedelta(days=1)
    walk.fill_date("Which day?", day)
    walk.fill("When does it start?", "11am")
    walk.follow("Move the meeting")
    walk.then_reads("The meeting is moved.")
    # Then the mails and the feeds of all of them hold the new time under the same entry
    send_all_due()
    meeting.refresh_from_db()
    moved = [letter for letter in mail.outbox if "now meets" in letter.subject]
    assert sorted(letter.to[0] for letter in moved) == sorted(person.email for person in (contact, deputy, member))
    for letter in moved:
        (entry,) = icalendar.Calendar.from_ical(letter.alternatives[-1].content).events
        assert (str(entry["UID"]), entry["SEQUENCE"], entry.start) == (str(meeting.uid), 1, meeting.starts_at)
    for person in (contact, deputy, member):
        feed = Client().get(f"/calendar/{open_feed(person=person, now=timezone.now()).token()}.ics")
        assert icalendar.Calendar.from_ical(feed.content).events[0].start == meeting.starts_at
    assert Membership.objects.get(person=contact).state == "paused"


def test_role_holders_look_after_the_members(walk, client):
    # Given a contact, and someone who never came
    group = SupportGroupFactory(name="Tuesday group")
    contact = MembershipFactory(group=group, person__preferred_name="Carol").person
    RoleTermFactory(group=group, person=contact)
    MembershipFactory(group=group, person__preferred_name="Nell")
    walk.sign_in(client, contact)
    # When the contact adds someone who has no email address
    walk.open(group.get_absolute_url())
    walk.follow("The members")
    walk.follow("Add someone without an account")
    walk.fill("What do they like to be called?", "Pat")
    walk.choose("How do they hear of meetings?", "By phone")
    walk.choose("Did they say that their name may be kept here?", "Yes")
    walk.follow("Add them")
    walk.then_reads("Pat is in the group.")
    # And prints a code, with which Pat can take it over later
    walk.follow("Make a code for them")
    walk.then_reads("You are invited", Invitation.objects.get().token())
    # And notes that one never came
    walk.open(f"/groups/{group.pk}/members/")
    walk.follow("Nell")
    walk.follow("They never came")
    walk.follow("Yes, they never came")
    # Then the list says how it stands
    walk.then_reads("They can come back whenever they like.", "Pat", "Carol tells them.", "Never came")


def test_a_contact_hands_over_and_leaves(walk, client):
    # Given a contact who is tired, and a deputy
    group = SupportGroupFactory(name="Tuesday group")
    contact = MembershipFactory(group=group, person__preferred_name="Carol").person
    deputy = MembershipFactory(group=group, person__preferred_name="Dee").person
    RoleTermFactory(group=group, person=contact)
    RoleTermFactory(group=group, person=deputy, role="deputy")
    walk.sign_in(client, contact)
    # When they want to leave
    walk.open(group.get_absolute_url())
    walk.follow("Leave the group")
    walk.follow("Leave the group")
    # Then they are told to hand over first, do so, and leave
    walk.then_reads("Hand over to a deputy first, or pause the group.")
    walk.follow("Hand over to a deputy")
    walk.select("Who takes over?", "Dee")
    walk.follow("Hand over")
    walk.then_reads("Dee has taken over.")
    walk.follow("Leave the group")
    walk.follow("Leave the group")
    walk.then_reads("You have left Tuesday group.")
    assert RoleTerm.objects.current().get(role="contact").person == deputy


def test_a_group_has_a_break_and_ends(walk, client):
    # Given a group with a meeting ahead
    group = SupportGroupFactory(name="Tuesday group")
    person = MembershipFactory(group=group).person
    RoleTermFactory(group=group, person=person)
    meeting = MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=5))
    walk.sign_in(client, person)
    # When its contact gives it a break
    walk.open(group.get_absolute_url())
    walk.follow("Have a break")
    walk.choose("What about the meetings that are planned?", "Cancel them and tell everyone")
    walk.follow("Start the break")
    walk.then_reads("The group is having a break.", "No meeting is planned.")
    meeting.refresh_from_db()
    assert meeting.state == "cancelled"
    # And later ends it, with a reason
    walk.follow("End the group")
    walk.follow("End the group")
    walk.then_reads("Enter why the group ends")
    walk.fill("Why does the group end?", "We all moved on.")
    walk.follow("End the group")
    walk.then_reads("The group ended on", "We all moved on.")


def test_a_coordinator_finds_groups_that_have_a_break(walk, client, with_second_factor):
    # Given a coordinator of a site with two groups, one of which met last week
    post = ProgrammeStaffFactory(person=with_second_factor(PersonFactory()))
    meeting_group = SupportGroupFactory(site=post.site, name="Tuesday group")
    SupportGroupFactory(site=post.site, name="Friday group", state="paused")
    MeetingFactory(group=meeting_group, starts_at=timezone.now() - timedelta(days=7))
    MeetingFactory(group=meeting_group, starts_at=timezone.now() + timedelta(days=7))
    walk.sign_in(client, post.person)
    # When they open the register
    walk.open("/register/")
    walk.then_reads("Tuesday group", "Friday group", "Not noted", "None planned")
    # And choose those that have a break
    walk.tab_to("Choose and sort")
    walk.page.keyboard.press("Enter")
    walk.select("How the group stands", "Having a break")
    walk.follow("Show")
    # Then they see that one only
    walk.then_reads("Friday group")
    walk.then_does_not_read("Tuesday group")


def test_an_organiser_shares_out_roles_and_changes_the_place(walk, client):
    # Given a contact and a member
    venue = VenueFactory(name="Library")
    group = SupportGroupFactory(name="Tuesday group", about="Tea and talk", site=venue.site, venue=venue)
    contact = MembershipFactory(group=group, person__preferred_name="Carol").person
    MembershipFactory(group=group, person__preferred_name="Dee")
    RoleTermFactory(group=group, person=contact)
    walk.sign_in(client, contact)
    # When they ask the member to be deputy
    walk.open(group.get_absolute_url())
    walk.follow("Ask someone to take on a role")
    walk.select("Who do you want to ask?", "Dee")
    walk.choose("Which role?", "Deputy")
    walk.follow("Ask them")
    walk.then_reads("Done. Dee is asked.", "Asked, no answer yet:")
    # And write down how to get into the library
    walk.follow("Steps, parking, seats, map and a card to print")
    walk.follow("Change Address")
    walk.fill("How to find it and get in (if you know)", "Ramp at the back door.")
    walk.follow("Save")
    # Then everyone in the group can read it
    walk.open(group.get_absolute_url())
    walk.then_reads("Ramp at the back door.")
    # And they meet online from now on
    walk.follow("Change name, place and who can join")
    walk.choose("Where will you meet?", "Online")
    walk.fill("The link to join online", "https://meet.example.org/tea")
    walk.follow("Save")
    walk.then_reads("https://meet.example.org/tea")


def code_of(group, tutor):
    """A code as the tutor makes it on their own page."""
    tutoring = Client()
    tutoring.force_login(tutor, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = tutoring.session
    session["has_second_factor"] = True
    session.save()
    last = timezone.localdate() + timedelta(days=9)
    typed = {"max_uses": "3", "last_on_day": last.day, "last_on_month": last.month, "last_on_year": last.year}
    tutoring.post(f"/groups/{group.pk}/codes/add/", typed)
    return Invitation.objects.get().token()
