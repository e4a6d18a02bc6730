"""Places and online rooms: what is known about them, who sees the link, and a place that was written down twice."""

import pytest
from django.urls import reverse

from groups.models import Venue, VenueFeature
from groups.refusals import NameTaken, NotMergeable
from groups.services.venue import edit_venue, merge_venues, note_access
from tests.factories import (
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    ProgrammeFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SiteFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db
LINK = "https://meet.example.org/zq7-tea"
PLACE = {
    "name": "Hall",
    "address": "2 High Street\nBristol",
    "access_notes": "Side door",
    "capacity": "14",
    "who_to_ask": "Jo",
    "cost": "£12 an hour",
    "insurance": "Our own cover",
    "supervision": "Someone locks up",
    "conditions": "No candles",
}


@pytest.fixture
def site():
    return SiteFactory(name="Southmead")


@pytest.fixture
def venue(site):
    return VenueFactory(site=site, name="Elm Centre", address="1 High Street\nBristol")


@pytest.fixture
def group(site, venue):
    return SupportGroupFactory(site=site, venue=venue, name="Tuesday group")


@pytest.fixture
def member(group):
    return MembershipFactory(group=group).person


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group).person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def coordinator(site):
    return ProgrammeStaffFactory(site=site).person


@pytest.fixture
def online(site):
    return VenueFactory(site=site, kind="online", name="Tea online", address="", join_link=LINK)


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


# What is known


def test_organisers_change_what_is_known(sign_in, venue, contact):
    page = sign_in(contact).post(address("venue_edit", venue), PLACE, follow=True).text
    venue.refresh_from_db()
    assert {field: str(getattr(venue, field)) for field in PLACE} == PLACE
    assert [words for words in PLACE.values() if words.splitlines()[0] not in page] == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Enter what the place is called"),
        ({"address": ""}, "Enter the address, so that people find it"),
        ({"capacity": "0"}, "Enter a number that is 1 or more"),
        ({"capacity": "many"}, "Enter a whole number, like 4"),
        ({"name": "Known"}, "This name is taken."),
        ({"cost": "x" * 201}, "Use 200 characters or fewer. You have used 201."),
    ],
)
def test_what_is_wrong_gets_a_sentence_and_the_rest_stays(sign_in, site, venue, contact, change, sentence):
    VenueFactory(site=site, name="Known")
    page = sign_in(contact).post(address("venue_edit", venue), PLACE | change).text
    assert sentence in page
    assert "Side door" in page
    venue.refresh_from_db()
    assert venue.name == "Elm Centre"


def test_sharing_a_place_is_pointed_out(sign_in, group, venue, contact):
    client = sign_in(contact)
    assert "for all of them" not in client.get(address("venue_edit", venue)).text
    SupportGroupFactory(site=group.site, venue=venue)
    assert "2 groups meet here." in client.get(address("venue_edit", venue)).text


def test_access_is_a_checklist_with_notes(sign_in, venue, contact):
    typed = {"step_free": "yes", "step_free_note": "By the side door", "toilets": "no", "bus": ""}
    page = sign_in(contact).post(address("venue_access", venue), typed, follow=True).text
    known = {row.feature: (row.is_there, row.note) for row in venue.features.all()}
    assert known == {"step_free": (True, "By the side door"), "toilets": (False, "")}
    assert "Yes: By the side door" in page
    assert page.count("Not known") == 4


def test_access_is_filled_in_as_it_is_known(sign_in, venue, contact):
    note_access(venue=venue, features={"parking": (False, "Only on the street")})
    page = sign_in(contact).get(address("venue_access", venue)).text
    assert 'value="Only on the street"' in page
    assert page.count(" checked") == 6


def test_a_note_without_yes_or_no_is_not_lost(sign_in, venue, contact):
    page = sign_in(contact).post(address("venue_access", venue), {"parking_note": "Four spaces"}).text
    assert "Choose yes or no, or take the note away" in page
    assert 'value="Four spaces"' in page


def test_what_is_known_can_be_unknown_again(venue):
    note_access(venue=venue, features={"parking": (True, "x"), "bus": (True, "")})
    note_access(venue=venue, features={"parking": (None, "")})
    assert list(venue.features.values_list("feature", flat=True)) == ["bus"]


def test_the_map_is_a_link_and_nothing_of_it_is_loaded(sign_in, venue, member):
    page = sign_in(member).get(address("venue_detail", venue)).text
    link = "https://www.openstreetmap.org/search?query=1+High+Street%2C+Bristol"
    assert f'href="{link}" rel="noreferrer"' in page
    assert page.count("openstreetmap.org") == 2


def test_a_member_sees_how_to_get_in_and_not_what_the_room_asks_for(sign_in, venue, member):
    edit_venue(venue=venue, **PLACE)
    page = sign_in(member).get(address("venue_detail", venue)).text
    assert [words for words in ("Side door", "14") if words not in page] == []
    hidden = ("£12 an hour", "Our own cover", "Someone locks up", "No candles", "Tuesday group")
    assert [words for words in hidden if words in page] == []


def test_the_card_to_print_holds_what_a_visitor_needs(sign_in, venue, member):
    edit_venue(venue=venue, **PLACE)
    note_access(venue=venue, features={"bus": (True, "Number 3")})
    page = sign_in(member).get(address("venue_card", venue)).text
    assert [words for words in ("Hall", "2 High Street", "Side door", "Number 3") if words not in page] == []
    assert "£12 an hour" not in page


# Online rooms


def test_the_link_of_a_room_is_for_those_who_meet_there(sign_in, group, member, contact, coordinator, online):
    group.online_venue = online
    group.save()
    other = MembershipFactory(group=SupportGroupFactory(site=group.site)).person
    seen = {}
    for name, person in (("member", member), ("contact", contact), ("coordinator", coordinator), ("other", other)):
        response = sign_in(person).get(address("venue_detail", online))
        seen[name] = (response.status_code, LINK in response.text)
    assert seen == {"member": (200, True), "contact": (200, True), "coordinator": (404, False), "other": (404, False)}


def test_a_room_of_one_meeting_is_seen_too(sign_in, group, member, online):
    client = sign_in(member)
    assert client.get(address("venue_detail", online)).status_code == 404
    MeetingFactory(group=group, venue=online)
    assert LINK in client.get(address("venue_detail", online)).text
    assert LINK in client.get(address("venue_card", online)).text


def test_whoever_leaves_loses_the_link(sign_in, group, member, online):
    group.venue = online
    group.save()
    member.memberships.update(state="left", ended_at="2030-01-01T00:00Z")
    assert sign_in(member).get(address("venue_detail", online)).status_code == 404


def test_a_tutor_before_the_start_sees_places_and_no_rooms(site, venue, online):
    programme = ProgrammeFactory(site=site)
    tutor = RoleTermFactory(group=None, programme=programme, role="tutor").person
    assert list(Venue.objects.visible_to(tutor)) == [venue]


def test_the_link_of_a_room_can_change(sign_in, group, contact, online):
    group.venue = online
    group.save()
    typed = {"name": "Tea online", "join_link": "https://meet.example.org/new", "who_to_ask": "", "conditions": ""}
    page = sign_in(contact).post(address("venue_edit", online), typed, follow=True).text
    assert "https://meet.example.org/new" in page


# The coordinator's list


def test_the_list_holds_the_sites_places(sign_in, site, venue, group, online, coordinator):
    VenueFactory(name="Elsewhere")
    VenueFactory(site=site, name="Old name", merged_into=venue)
    response = sign_in(coordinator).get(address("venue_list", site))
    assert [row.name for row in response.context["page"].rows] == ["Elm Centre"]
    assert "1 group meets here" in response.text
    assert LINK not in response.text


def test_an_empty_list_says_what_it_is_for(sign_in, site, coordinator):
    assert "Write down the rooms that groups can use." in sign_in(coordinator).get(address("venue_list", site)).text


def test_a_place_is_added_and_then_its_access(sign_in, site, coordinator):
    page = sign_in(coordinator).post(address("venue_add", site), PLACE, follow=True).text
    added = Venue.objects.get()
    assert (added.site, added.kind, added.capacity) == (site, "place", 14)
    assert "Say what you know." in page


def test_a_place_of_the_same_name_gets_a_sentence(sign_in, site, venue, coordinator):
    page = sign_in(coordinator).post(address("venue_add", site), PLACE | {"name": venue.name}).text
    assert "There is a place with this name already." in page


def test_a_coordinator_sees_who_meets_there(sign_in, venue, group, coordinator):
    SupportGroupFactory(site=group.site, venue=venue, name="Gone", state="closed", closing_reason="Done")
    page = sign_in(coordinator).get(address("venue_detail", venue)).text
    assert ("Tuesday group" in page, "Gone" in page) == (True, False)


def test_many_groups_at_a_place_are_counted(sign_in, site, venue, coordinator):
    for _number in range(22):
        SupportGroupFactory(site=site, venue=venue)
    assert "22 groups in all." in sign_in(coordinator).get(address("venue_detail", venue)).text


@pytest.mark.parametrize("number", [1, 3])
def test_lists_and_pages_cost_the_same_queries(sign_in, site, coordinator, number, django_assert_num_queries):
    for _number in range(number):
        venue = VenueFactory(site=site)
        note_access(venue=venue, features=dict.fromkeys(VenueFeature.Feature.values, (True, "")))
        SupportGroupFactory(site=site, venue=venue)
    client = sign_in(coordinator)
    client.get(address("venue_list", site))
    with django_assert_num_queries(7):
        client.get(address("venue_list", site))
    with django_assert_num_queries(9):
        client.get(address("venue_detail", venue))


# Written down twice


def test_two_of_one_become_one(sign_in, site, venue, group, coordinator):
    stays = VenueFactory(site=site, name="Elm Road Centre", cost="Free")
    edit_venue(venue=venue, cost="£5", who_to_ask="Jo")
    note_access(venue=venue, features={"bus": (True, "3"), "parking": (False, "")})
    note_access(venue=stays, features={"parking": (True, "Six")})
    meeting = MeetingFactory(group=group, venue=venue)
    client = sign_in(coordinator)
    page = client.post(address("venue_merge", venue), {"into": stays.pk}, follow=True).text
    assert "They are one place now." in page
    for row in (group, meeting, stays, venue):
        row.refresh_from_db()
    assert (group.venue, meeting.venue, venue.merged_into) == (stays, stays, stays)
    assert (stays.cost, stays.who_to_ask) == ("Free", "Jo")
    assert {row.feature: row.note for row in stays.features.all()} == {"bus": "3", "parking": "Six"}
    assert client.get(address("venue_detail", venue)).url == stays.get_absolute_url()


def test_merging_twice_leads_to_the_last(site, venue):
    second, third = VenueFactory(site=site), VenueFactory(site=site)
    merge_venues(venue=venue, into=second)
    merge_venues(venue=second, into=third)
    venue.refresh_from_db()
    assert venue.merged_into == third


@pytest.mark.parametrize("which", ["itself", "elsewhere", "online", "merged"])
def test_only_two_places_of_one_site_become_one(site, venue, online, which):
    others = {
        "itself": venue,
        "elsewhere": VenueFactory(),
        "online": online,
        "merged": VenueFactory(site=site, merged_into=VenueFactory(site=site)),
    }
    with pytest.raises(NotMergeable):
        merge_venues(venue=venue, into=others[which])


def test_a_place_of_another_site_is_not_on_offer(sign_in, venue, coordinator):
    page = sign_in(coordinator).post(address("venue_merge", venue), {"into": VenueFactory().pk}).text
    assert "Choose one of the answers" in page
    venue.refresh_from_db()
    assert venue.merged_into is None


def test_a_merged_place_is_not_offered_to_groups(site, venue):
    gone = VenueFactory(site=site, merged_into=venue)
    assert gone not in Venue.objects.to_choose_from(site=site)


def test_two_places_of_one_name_are_refused(site, venue):
    with pytest.raises(NameTaken):
        edit_venue(venue=VenueFactory(site=site), name=venue.name)


# Who may


def test_a_stranger_finds_none_of_it(sign_in, venue):
    client = sign_in(PersonFactory())
    names = ("venue_detail", "venue_card", "venue_edit", "venue_access", "venue_merge")
    assert {client.get(address(name, venue)).status_code for name in names} == {404}


def test_the_coordinator_of_another_site_finds_none_of_it(sign_in, venue, site):
    client = sign_in(ProgrammeStaffFactory().person)
    assert client.get(address("venue_detail", venue)).status_code == 404
    assert client.get(address("venue_list", site)).status_code == 404
