from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Membership, RoleTerm, SupportGroup, Venue
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

pytestmark = pytest.mark.django_db
DETAILS = {
    "name": "Tuesday group",
    "about": "Tea and talk",
    "join_rule": "closed",
    "time_zone": "Europe/London",
    "venue": "later",
}
PLACE = {"venue": "place", "venue_name": "Hall", "venue_address": "1 High Street", "venue_access": "Ramp"}
ONLINE = {"venue": "online", "venue_link": "https://meet.example.org/tea"}
OF_ORGANISERS = [
    *("group_edit", "group_activate", "group_pause", "group_resume", "group_still_going", "group_close", "role_offer"),
    "support_request_add",
]


@pytest.fixture
def group():
    venue = VenueFactory()
    return SupportGroupFactory(name="Tuesday group", about="Tea and talk", venue=venue, site=venue.site)


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Maria").person


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    RoleTermFactory(group=group, person=person)
    return person


@pytest.fixture
def tutor(group):
    return RoleTermFactory(group=group, role="tutor", person__preferred_name="Tom").person


@pytest.fixture
def programme():
    return ProgrammeFactory()


@pytest.fixture
def programme_tutor(programme):
    return RoleTermFactory(group=None, programme=programme, role="tutor").person


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


def ahead(group, **fields):
    return MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=5), **fields)


# Starting


@pytest.mark.parametrize(
    ("place", "venue"),
    [({"venue": "later"}, None), (PLACE, "Hall"), (ONLINE, "Tuesday group online")],
)
def test_a_tutor_starts_a_group_in_one_go(sign_in, programme, programme_tutor, place, venue):
    page = sign_in(programme_tutor).post(address("group_start", programme), DETAILS | place)
    group = SupportGroup.objects.get()
    assert page.url == address("invitation_add", group) + "?setup"
    assert (group.programme, group.name, group.state) == (programme, "Tuesday group", "forming")
    assert (group.venue.name if group.venue else None) == venue
    assert group.role_terms.get().person == programme_tutor


def test_a_place_of_the_site_can_be_chosen(sign_in, programme, programme_tutor):
    venue = VenueFactory(site=programme.site)
    sign_in(programme_tutor).post(address("group_start", programme), DETAILS | {"venue": str(venue.pk)})
    assert SupportGroup.objects.get().venue == venue


def test_places_of_other_sites_are_not_offered(sign_in, programme, programme_tutor):
    venue = VenueFactory(name="Elsewhere")
    client = sign_in(programme_tutor)
    assert "Elsewhere" not in client.get(address("group_start", programme)).text
    page = client.post(address("group_start", programme), DETAILS | {"venue": str(venue.pk)}).text
    assert "Choose one of the answers" in page
    assert not SupportGroup.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Enter what the group is called"),
        ({"name": "Taken"}, "This name is taken."),
        ({"name": "N" * 121}, "Use 120 characters or fewer. You have used 121."),
        ({"about": ""}, "Enter a few words on what the group is about"),
        ({"join_rule": ""}, "Choose who can join"),
        ({"time_zone": "Mars/Olympus"}, "Choose one of the answers"),
        ({"venue": ""}, "Choose where you will meet"),
        (PLACE | {"venue_name": ""}, "Enter what the place is called"),
        (PLACE | {"venue_address": ""}, "Enter the address, so that people find it"),
        (PLACE | {"venue_name": "Known"}, "There is a place with this name already."),
        (ONLINE | {"venue_link": ""}, "Enter the link to join"),
        (ONLINE | {"venue_link": "not a link"}, "Enter a web address in full, like https://example.org"),
    ],
)
def test_a_bad_start_gets_a_sentence_and_keeps_what_was_typed(sign_in, programme, programme_tutor, change, sentence):
    SupportGroupFactory(site=programme.site, name="Taken")
    VenueFactory(site=programme.site, name="Known")
    typed = DETAILS | change
    page = sign_in(programme_tutor).post(address("group_start", programme), typed).text
    assert sentence in page
    kept = [typed.get(name) for name in ("name", "about", "venue_name", "venue_address", "venue_access", "venue_link")]
    assert [text for text in kept if text and text not in page] == []
    assert (SupportGroup.objects.count(), Venue.objects.count()) == (1, 1)


def test_a_coordinator_does_not_start_groups(sign_in, programme):
    coordinator = ProgrammeStaffFactory(site=programme.site).person
    assert sign_in(coordinator).get(address("group_start", programme)).status_code == 403


# The page of a group


@pytest.mark.parametrize("who", ["member", "contact", "tutor"])
def test_those_of_the_group_see_its_page(sign_in, group, member, contact, tutor, who):
    person = {"member": member, "contact": contact, "tutor": tutor}[who]
    page = sign_in(person).get(group.get_absolute_url()).text
    assert [words for words in ("Tuesday group", "Tea and talk", "Maria", "Carol", "Tom") if words not in page] == []


@pytest.mark.parametrize("who", ["stranger", "left", "coordinator", "other group", "asked", "superuser"])
def test_others_find_no_such_page(sign_in, group, who):
    person = PersonFactory(is_superuser=who == "superuser", is_staff=who == "superuser")
    if who == "left":
        MembershipFactory(group=group, person=person, state="left", ended_at=timezone.now())
    elif who == "coordinator":
        ProgrammeStaffFactory(site=group.site, person=person)
    elif who == "other group":
        MembershipFactory(person=person)
    elif who == "asked":
        RoleTermFactory(group=group, person=person, accepted_at=None)
    client = sign_in(person)
    for name in ("group_detail", "group_leave", *OF_ORGANISERS):
        assert client.get(address(name, group)).status_code == 404, name


@pytest.mark.parametrize("name", OF_ORGANISERS)
def test_a_member_may_not_do_what_organisers_do(sign_in, group, member, name):
    client = sign_in(member)
    assert client.get(address(name, group)).status_code == 403
    assert client.post(address(name, group)).status_code == 403


@pytest.mark.parametrize("name", OF_ORGANISERS)
@pytest.mark.parametrize("who", ["contact", "tutor"])
def test_organisers_see_their_pages(sign_in, group, contact, tutor, who, name):
    assert sign_in({"contact": contact, "tutor": tutor}[who]).get(address(name, group)).status_code == 200


def test_members_see_names_and_no_email_addresses(sign_in, group, member, contact, tutor):
    SupportGroup.objects.filter(pk=group.pk).update(state="forming")
    for person in (member, contact, tutor):
        page = sign_in(person).get(group.get_absolute_url()).text
        assert "@example.org" not in page
        assert "Email addresses are not shown." in page


def test_those_who_left_are_not_listed(sign_in, group, member):
    MembershipFactory(group=group, person__preferred_name="Leo", state="left", ended_at=timezone.now())
    assert "Leo" not in sign_in(member).get(group.get_absolute_url()).text


def test_only_organisers_see_who_was_asked(sign_in, group, member, contact):
    asked = MembershipFactory(group=group).person
    RoleTermFactory(group=group, person=asked, role="deputy", accepted_at=None)
    assert "Take the offer back" in sign_in(contact).get(group.get_absolute_url()).text
    assert "Deputy" not in sign_in(member).get(group.get_absolute_url()).text


def test_the_next_meeting_that_goes_ahead_is_shown(sign_in, group, member):
    ahead(group, state="cancelled", cancel_reason="Ill")
    meeting = MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=9))
    MeetingFactory(group=SupportGroupFactory(), starts_at=timezone.now() + timedelta(days=1))
    assert sign_in(member).get(group.get_absolute_url()).context["meeting"] == meeting


def test_the_online_link_is_on_the_page_of_its_group(sign_in, group, member):
    group.venue = VenueFactory(kind="online", address="", join_link="https://meet.example.org/tea")
    group.save()
    assert "https://meet.example.org/tea" in sign_in(member).get(group.get_absolute_url()).text


def test_what_the_venue_asks_for_is_for_organisers(sign_in, group, member, contact):
    Venue.objects.filter(pk=group.venue_id).update(conditions="Insurance", who_to_ask="Mr Key")
    assert "Mr Key" in sign_in(contact).get(group.get_absolute_url()).text
    page = sign_in(member).get(group.get_absolute_url()).text
    assert ("Mr Key" in page, "Insurance" in page) == (False, False)


def test_a_new_group_shows_its_organisers_how_far_it_is(sign_in, group, member, tutor):
    SupportGroup.objects.filter(pk=group.pk).update(state="forming")
    for number, state in enumerate(("done", "open", "not_needed")):
        settled = {} if state == "open" else {"settled_by": tutor, "settled_at": timezone.now()}
        group.checklist_steps.create(position=number, title=f"Step {state}", state=state, **settled)
    page = sign_in(tutor).get(group.get_absolute_url()).text
    assert "2 of 3 steps are settled." in page
    assert ("Step done" in page, "Step open" in page) == (True, False)
    assert "Setting up the group" not in sign_in(member).get(group.get_absolute_url()).text


def test_an_ended_group_shows_why_and_offers_nothing(sign_in, group, contact):
    SupportGroup.objects.filter(pk=group.pk).update(state="closed", closing_reason="We moved on.")
    page = sign_in(contact).get(group.get_absolute_url()).text
    assert "We moved on." in page
    assert ("End the group" in page, "Next meeting" in page, "Ask someone" in page) == (False, False, False)


@pytest.mark.parametrize("number", [1, 3, 50])
def test_the_page_of_a_group_costs_the_same_queries(sign_in, group, contact, number, django_assert_num_queries):
    for _index in range(number):
        RoleTermFactory(group=group, person=MembershipFactory(group=group).person, role="deputy")
        ahead(group, venue=group.venue)
    client = sign_in(contact)
    with django_assert_num_queries(9):
        client.get(group.get_absolute_url())


@pytest.mark.parametrize("number", [1, 3, 20])
def test_the_list_of_groups_costs_the_same_queries(sign_in, number, django_assert_num_queries):
    person = PersonFactory()
    for _index in range(number):
        ahead(MembershipFactory(person=person).group)
    client = sign_in(person)
    with django_assert_num_queries(6):
        page = client.get(reverse("groups:group_list"))
    assert page.text.count("Next meeting:") == number


def test_someone_in_no_group_is_told_how_to_join(sign_in):
    page = sign_in(PersonFactory()).get(reverse("groups:group_list")).text
    assert reverse("groups:join") in page


# Changing


def test_organisers_change_the_group(sign_in, group, contact):
    client = sign_in(contact)
    assert "Tea and talk" in client.get(address("group_edit", group)).text
    client.post(address("group_edit", group), DETAILS | PLACE | {"name": "Wednesday group", "language": "Welsh"})
    group.refresh_from_db()
    assert (group.name, group.venue.name) == ("Wednesday group", "Hall")


def test_a_bad_change_keeps_what_was_typed(sign_in, group, contact):
    page = sign_in(contact).post(address("group_edit", group), DETAILS | {"name": "", "about": "New words"}).text
    assert "Enter what the group is called" in page
    assert "New words" in page


# Under way, having a break, ended


@pytest.mark.parametrize(
    ("name", "come_from", "typed", "to"),
    [
        ("group_activate", "forming", {}, "active"),
        ("group_pause", "active", {}, "paused"),
        ("group_resume", "paused", {}, "active"),
        ("group_close", "active", {"reason": "We moved on."}, "closed"),
    ],
)
def test_an_organiser_moves_the_group(sign_in, group, contact, name, come_from, typed, to):
    SupportGroup.objects.filter(pk=group.pk).update(state=come_from)
    assert sign_in(contact).post(address(name, group), typed).url == group.get_absolute_url()
    group.refresh_from_db()
    assert group.state == to


@pytest.mark.parametrize(
    ("name", "state"), [("group_activate", "active"), ("group_resume", "active"), ("group_pause", "paused")]
)
def test_a_move_that_came_too_late_gets_a_sentence(sign_in, group, contact, name, state):
    SupportGroup.objects.filter(pk=group.pk).update(state=state)
    page = sign_in(contact).post(address(name, group)).text
    assert "The group has changed in the meantime" in page


def test_a_break_asks_what_happens_to_planned_meetings(sign_in, group, contact):
    meeting = ahead(group)
    client = sign_in(contact)
    assert "Choose what happens with the meetings" in client.post(address("group_pause", group)).text
    client.post(address("group_pause", group), {"meetings": "cancel"})
    meeting.refresh_from_db()
    assert meeting.state == "cancelled"


def test_ending_needs_a_reason_and_says_what_happens(sign_in, group, contact):
    ahead(group)
    page = sign_in(contact).post(address("group_close", group), {"reason": " "}).text
    assert "Enter why the group ends" in page
    assert "1 planned meeting is cancelled, and everyone is told." in page
    group.refresh_from_db()
    assert group.state == "active"


# Leaving


def test_a_member_leaves_without_a_reason(sign_in, group, member):
    client = sign_in(member)
    assert "You don't have to say why." in client.get(address("group_leave", group)).text.replace("&#x27;", "'")
    assert client.post(address("group_leave", group)).url == reverse("home")
    assert Membership.objects.get(person=member).state == "left"
    assert client.get(group.get_absolute_url()).status_code == 404


def test_a_reason_is_kept_and_shown_to_nobody_in_the_group(sign_in, group, member, contact):
    sign_in(member).post(address("group_leave", group), {"reason": "Too far to travel"})
    assert Membership.objects.get(person=member).reason == "Too far to travel"
    assert "Too far" not in sign_in(contact).get(group.get_absolute_url()).text


def test_a_long_reason_gets_a_sentence_and_is_kept(sign_in, group, member):
    page = sign_in(member).post(address("group_leave", group), {"reason": "far " * 300}).text
    assert "Use 1000 characters or fewer." in page
    assert "far far far" in page


def test_the_last_contact_is_told_how_to_hand_over(sign_in, group, contact):
    page = sign_in(contact).post(address("group_leave", group), {"reason": "Tired"}).text
    term = RoleTerm.objects.get(person=contact)
    assert "Hand over to a deputy first, or pause the group." in page
    assert address("role_hand_over", term) in page
    assert address("role_offer", group) in page
    assert address("group_pause", group) in page
    assert "Tired" in page
    assert Membership.objects.get(person=contact).state == "joined"


def test_a_tutor_who_is_no_member_has_nothing_to_leave(sign_in, group, tutor):
    assert sign_in(tutor).get(address("group_leave", group)).status_code == 403


# The group its people go on in


def test_closing_names_the_group_people_go_on_in(sign_in, group, member, tutor):
    other = SupportGroupFactory(site=group.site, name="Wednesday group")
    RoleTermFactory(group=other, role="tutor", person=tutor)
    typed = {"reason": "We are few.", "merged_into": other.pk}
    sign_in(tutor).post(address("group_close", group), typed)
    group.refresh_from_db()
    assert group.merged_into == other
    page = sign_in(member).get(group.get_absolute_url()).text
    assert "People go on in Wednesday group." in page
    assert not other.memberships.exists()


def test_only_ones_own_groups_under_way_can_be_named(sign_in, group, tutor):
    strange = SupportGroupFactory(site=group.site, name="Zq7 strange")
    ended = SupportGroupFactory(site=group.site, name="Zq7 ended", state="closed", closing_reason="Done")
    own = SupportGroupFactory(site=group.site, name="Own")
    for supported in (ended, own):
        RoleTermFactory(group=supported, role="tutor", person=tutor)
    client = sign_in(tutor)
    page = client.get(address("group_close", group)).text
    assert ("Own" in page, "Zq7" in page) == (True, False)
    page = client.post(address("group_close", group), {"reason": "Kept words", "merged_into": strange.pk}).text
    assert "Choose one of the answers" in page
    assert "Kept words" in page


def test_without_another_group_nothing_is_asked(sign_in, group, contact):
    assert "go on in another group" not in sign_in(contact).get(address("group_close", group)).text


@pytest.mark.parametrize("name", ["group_pause", "group_close"])
def test_what_happens_to_what_people_wrote_is_said(sign_in, group, contact, name):
    page = sign_in(contact).get(address(name, group)).text
    assert "Nothing is deleted" in page
