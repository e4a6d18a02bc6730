"""From a finished programme to a group with its first member."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from groups.models import Invitation, Membership, RoleTerm, SupportGroup
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


def test_a_tutor_starts_a_group_and_invites_people(walk, client, with_second_factor):
    # Given someone who was asked to be tutor of a programme
    programme = ProgrammeFactory(name="Autumn 2026")
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
    walk.fill("Who do you want to invite?", "Sam Jones <sam@example.org>\nAlex")
    walk.follow("Send the invitations")
    walk.then_reads("Line 2: there is no email address.")
    walk.fill("Who do you want to invite?", "Sam Jones <sam@example.org>\nAlex, alex@example.org")
    walk.follow("Send the invitations")
    walk.then_reads("2 invitations are on their way.", "Next: plan the first meeting")
    # And make a sheet for someone without email
    walk.follow("Print a code")
    walk.fill("How many people may use it?", "3")
    walk.follow("Make the sheet")
    # Then the sheet has the code, and the group's page says what comes next
    walk.then_reads("You are invited", Invitation.objects.get(kind="code").token())
    walk.open(SupportGroup.objects.get().get_absolute_url())
    walk.then_reads("First steps", "Library", "Nobody has joined yet.")


def test_someone_without_an_account_joins_with_a_printed_code(walk):
    # Given a sheet with a code
    group = SupportGroupFactory(name="Tuesday group", about="Tea and talk")
    tutor = RoleTermFactory(group=group, role="tutor", person__preferred_name="Tom").person
    MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=5))
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
    # Then they join with one more tap
    walk.then_reads("The group sees the name Sam.")
    walk.follow("Join the group")
    walk.then_reads("You are a member of Tuesday group.", "Sam (you)")
    assert Membership.objects.get().person.email == "sam@example.org"
    # And whoever is signed in and scans it again is told
    walk.open(f"/join/{code}/")
    walk.then_reads("You are a member already")


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
