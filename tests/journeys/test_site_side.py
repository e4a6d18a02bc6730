"""The site side: rooms, help that was asked for, a concern, a quiet group, and pictures of years."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from groups.models import Concern, SupportRequest, Venue
from tests.factories import (
    AttendanceFactory,
    MeetingFactory,
    MembershipFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SafeguardingPostFactory,
    SiteFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def site():
    return SiteFactory(name="Southmead")


@pytest.fixture
def group(site):
    now = timezone.now()
    return SupportGroupFactory(
        site=site, name="Tuesday group", quiet_since=now - timedelta(weeks=13), created_at=now - timedelta(days=420)
    )


@pytest.fixture
def coordinator(site, with_second_factor):
    return with_second_factor(ProgrammeStaffFactory(site=site, person__preferred_name="Priya").person)


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    RoleTermFactory(group=group, person=person)
    return person


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Maria").person


@pytest.fixture
def lead(site, with_second_factor):
    return with_second_factor(SafeguardingPostFactory(site=site, person__preferred_name="Lena").person)


def test_a_place_is_written_down_with_how_to_get_in(walk, client, site, group, coordinator, contact):
    # Given a coordinator of a site without places
    walk.sign_in(client, coordinator)
    walk.open("/programmes/")
    walk.follow("Places of Southmead")
    walk.then_reads("No places yet")
    # When she adds one, first without its address
    walk.follow("Add a place")
    walk.fill("What is it called?", "Elm Centre")
    walk.follow("Add the place")
    walk.then_reads("Enter the address, so that people find it")
    walk.fill("Address", "12 Elm Road, Bristol")
    walk.fill("What does it cost? (if you know)", "£8 an hour")
    walk.follow("Add the place")
    # And says how easy it is to get in
    walk.choose("Step-free way in", "Yes")
    walk.fill("Step-free way in: anything to add? (if you like)", "By the side door")
    walk.choose("Hearing loop", "No")
    walk.follow("Save")
    # Then all of it is on its page
    walk.then_reads("Elm Centre", "Yes: By the side door", "£8 an hour", "No group at the moment.")
    # And a group that meets there has a card to print
    venue = Venue.objects.get()
    group.venue = venue
    group.save()
    walk.sign_in(client, contact)
    walk.open(group.get_absolute_url())
    walk.follow("Steps, parking, seats, map and a card to print")
    walk.follow("Card to print")
    walk.then_reads("Where we meet", "12 Elm Road, Bristol", "By the side door")
    walk.then_does_not_read("£8 an hour")


def test_two_of_one_place_become_one(walk, client, site, group, coordinator):
    # Given a place that is in the list twice
    stays = VenueFactory(site=site, name="Elm Centre")
    group.venue = VenueFactory(site=site, name="Elm Road hall")
    group.save()
    walk.sign_in(client, coordinator)
    walk.open(group.venue.get_absolute_url())
    # When the coordinator makes them one
    walk.follow("This place is in the list twice")
    walk.select("Which place is it really?", "Elm C")
    walk.follow("Make them one")
    # Then the group meets at the one that stays
    walk.then_reads("They are one place now.", "Tuesday group")
    walk.then_heading_is("Elm Centre")
    group.refresh_from_db()
    assert group.venue == stays


def test_help_is_asked_for_and_given(walk, client, group, coordinator, contact):
    # Given the contact of a group that needs a hand
    walk.sign_in(client, contact)
    walk.open(group.get_absolute_url())
    walk.follow("Ask for help")
    # When she asks the coordinator
    walk.choose("Whom do you want to ask?", "The programme's coordinator")
    walk.fill("What would help?", "The lift is out of order.")
    walk.follow("Send")
    walk.then_reads("Your question is sent.", "Waiting for an answer", "The lift is out of order.")
    # Then the coordinator finds it in the register and answers
    walk.sign_in(client, coordinator)
    walk.open("/register/")
    walk.then_reads("1 request")
    walk.follow(re.compile("1 request.*Tuesday group"))
    walk.follow("Tuesday group")
    walk.fill("Your answer", "The library has a room on the ground floor.")
    walk.follow("Send the answer")
    walk.then_reads("Your answer is sent.", "Answered")
    # And the contact reads it and closes it
    walk.sign_in(client, contact)
    walk.open("/requests/")
    walk.follow("Tuesday group")
    walk.then_reads("The library has a room on the ground floor.")
    walk.follow("Close it")
    walk.then_reads("It is closed.")
    assert SupportRequest.objects.get().state == "closed"


def test_a_concern_goes_to_the_lead_and_to_nobody_else(walk, client, group, member, contact, lead):
    # Given a member who is worried
    walk.sign_in(client, member)
    walk.open(group.get_absolute_url())
    walk.follow("Does something worry you? Raise a concern")
    walk.then_reads("Is someone in danger right now? Ring 999.", "Lena, the safeguarding lead")
    # When she says so
    walk.fill("What worries you?", "He blocked the door.")
    walk.follow("Send it to them")
    walk.then_reads("It is sent.", "Sent, not read yet")
    concern = Concern.objects.get()
    # Then the lead opens it, passes it on and closes it
    walk.sign_in(client, lead)
    walk.open("/")
    walk.follow("Concerns")
    walk.page.goto(walk.address + concern.get_absolute_url())
    walk.then_does_not_read("He blocked the door.")
    walk.follow("Open and read it")
    walk.then_reads("He blocked the door.", "Read: Lena")
    walk.follow("Pass it on")
    walk.fill("To whom, and how?", "Rang the council")
    walk.follow("Note that it is passed on")
    walk.follow("Close it")
    walk.fill("How did it end?", "Talked it through")
    walk.follow("Close the concern")
    walk.then_reads("The concern is closed.", "Rang the council")
    # And the member sees how far it is, and not the notes
    walk.sign_in(client, member)
    walk.open(concern.get_absolute_url())
    walk.then_reads("Closed: Lena")
    walk.then_does_not_read("Rang the council", "Talked it through")


def test_a_coordinator_names_who_reads_concerns(walk, client, site, group, coordinator, member):
    # Given a site that has named nobody
    walk.sign_in(client, member)
    walk.open(f"{group.get_absolute_url()}concerns/raise/")
    walk.then_reads("Southmead has not named anyone")
    # When the coordinator names a lead
    walk.sign_in(client, coordinator)
    walk.open("/programmes/")
    walk.follow("Who reads concerns at Southmead")
    walk.follow("Name the lead")
    walk.fill("Name they like to be called", "Lena")
    walk.fill("Email address", "lena@example.org")
    walk.follow("Name this person")
    walk.then_reads("They are named, and get an email.", "Lena, lena@example.org")
    # Then members can write to her
    walk.sign_in(client, member)
    walk.open(f"{group.get_absolute_url()}concerns/raise/")
    walk.then_reads("Lena, the safeguarding lead")


def test_a_quiet_group_says_that_it_goes_on(walk, client, group, contact, coordinator):
    # Given a group of which nothing was heard for thirteen weeks
    walk.sign_in(client, coordinator)
    walk.open("/register/?quiet=yes")
    walk.then_reads("Tuesday group")
    # When its contact follows the link in the mail and taps once
    walk.sign_in(client, contact)
    walk.open(f"{group.get_absolute_url()}still-going/")
    walk.then_reads("We want a break", "We could do with some help", "The group has come to its end")
    walk.follow("Yes, we are still going")
    walk.then_reads("Good to hear.")
    # Then it is not among the quiet ones any more
    walk.sign_in(client, coordinator)
    walk.open("/register/?quiet=yes")
    walk.then_reads("No group fits what you chose.")


def test_years_are_drawn_beside_their_tables(walk, client, site, group, member, coordinator):
    # Given a group that met
    now = timezone.now()
    for days in (40, 26, 12):
        meeting = MeetingFactory(group=group, starts_at=now - timedelta(days=days), state="held")
        AttendanceFactory(meeting=meeting, membership=member.memberships.get())
    ended = {"state": "closed", "closing_reason": "Done", "state_changed_at": now - timedelta(days=30)}
    SupportGroupFactory(site=site, name="Autumn leaves", created_at=now - timedelta(days=500), **ended)
    # When a member looks at the year
    walk.sign_in(client, member)
    walk.open(group.get_absolute_url())
    walk.follow("Our year in numbers")
    # Then it is drawn, and the numbers are there to read
    assert walk.page.locator(".app-chart canvas").bounding_box()["height"] > 200
    assert walk.page.get_by_role("table", name="Our meetings, by month").is_visible()
    # And the coordinator sees the site's groups along a line of time
    walk.sign_in(client, coordinator)
    walk.open("/programmes/")
    walk.follow("Groups over time at Southmead")
    assert walk.page.locator(".app-chart canvas").bounding_box()["height"] > 200
    walk.then_reads("Tuesday group", "Autumn leaves")
