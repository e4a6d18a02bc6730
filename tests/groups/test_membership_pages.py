"""The pages of memberships: one's own, and those that role holders look after."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Membership
from groups.services.membership import remove_member
from tests.factories import (
    AttendanceFactory,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group")


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Mona")


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


# One's own


def test_a_break_and_back_again(sign_in, member):
    client = sign_in(member.person)
    assert "You get no reminders." in client.get(address("membership_pause", member)).text
    page = client.post(address("membership_pause", member), follow=True).text
    assert "You are having a break. Come back whenever you like." in page
    assert "Come back from the break" in page
    assert "Welcome back." in client.post(address("membership_resume", member), follow=True).text
    member.refresh_from_db()
    assert member.state == "joined"


def test_coming_back_twice_says_so(sign_in, member):
    page = sign_in(member.person).post(address("membership_resume", member), follow=True).text
    assert "This has changed in the meantime." in page


def test_someone_taken_out_reads_why_and_whom_to_ask(sign_in, group, contact, member):
    remove_member(membership=member, reason="You shouted at Ben.", by=contact, now=timezone.now())
    client = sign_in(member.person)
    page = client.get(address("membership_detail", member)).text
    assert "You shouted at Ben." in page
    assert f"ask the coordinator at {group.site}" in page
    assert client.get(address("group_detail", group)).status_code == 404
    assert address("membership_detail", member) in client.get(reverse("groups:group_list")).text


def test_why_someone_left_is_for_them_alone(sign_in, group, contact):
    left = MembershipFactory(group=group, state="left", ended_at=timezone.now(), reason="Zq7 my own words")
    assert "Zq7 my own words" in sign_in(left.person).get(address("membership_detail", left)).text
    assert "Zq7 my own words" not in sign_in(contact).get(address("membership_detail", left)).text


def test_someone_marked_by_mistake_takes_it_back_from_home(sign_in, contact, member):
    sign_in(contact).post(address("membership_died", member))
    client = sign_in(member.person)
    home = client.get(reverse("home")).text
    assert "I am here, take it back" in home
    client.post(address("membership_died_undo", member))
    member.refresh_from_db()
    assert member.state == "joined"
    assert "I am here, take it back" not in client.get(reverse("home")).text


# Those whom role holders look after


def test_the_list_holds_everyone_now_and_names_of_before(sign_in, group, contact, member):
    KeptMembershipFactory(group=group, name="Pat", told_by=contact)
    MembershipFactory(group=group, person__preferred_name="Lee", state="left", ended_at=timezone.now())
    MembershipFactory(person__preferred_name="Elsewhere")
    page = sign_in(contact).get(address("membership_list", group)).text
    shown = [name for name in ("Carol", "Mona", "Pat", "Lee", "Elsewhere") if name in page]
    assert shown == ["Carol", "Mona", "Pat", "Lee"]
    assert "No account. Carol tells them." in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_queries(sign_in, group, contact, number, django_assert_num_queries):
    for _number in range(number):
        KeptMembershipFactory(group=group, told_by=contact)
        MembershipFactory(group=group)
        MembershipFactory(group=group, state="left", ended_at=timezone.now())
    client = sign_in(contact)
    client.get(address("membership_list", group))
    with django_assert_num_queries(8):
        client.get(address("membership_list", group))


def test_the_page_of_a_member_fits_in_ten_queries(sign_in, contact, member, django_assert_max_num_queries):
    client = sign_in(contact)
    client.get(address("membership_detail", member))
    with django_assert_max_num_queries(10):
        client.get(address("membership_detail", member))


def test_taking_someone_out_asks_for_words_they_will_read(sign_in, contact, member):
    client = sign_in(contact)
    page = client.post(address("membership_remove", member), {"reason": ""}).text
    assert "Enter why, in words that they will read" in page
    page = client.post(address("membership_remove", member), {"reason": "You shouted."}, follow=True).text
    assert "Mona is no longer in the group." in page
    member.refresh_from_db()
    assert (member.state, member.removal_reason, member.ended_by) == ("removed", "You shouted.", contact)


def test_the_last_contact_is_not_taken_out(sign_in, group, contact):
    tutor = RoleTermFactory(group=group, role="tutor").person
    membership = Membership.objects.get(person=contact)
    page = sign_in(tutor).post(address("membership_remove", membership), {"reason": "Kept words"}).text
    assert "A deputy must take over first, or the group pause." in page
    assert "Kept words" in page


def test_never_came_is_only_for_those_who_never_came(sign_in, group, contact, member):
    client = sign_in(contact)
    assert "They never came" in client.get(address("membership_detail", member)).text
    meeting = MeetingFactory(group=group, starts_at=timezone.now() - timedelta(days=1))
    AttendanceFactory(meeting=meeting, membership=member)
    assert "They never came" not in client.get(address("membership_detail", member)).text
    assert "is noted as having come" in client.post(address("membership_never_came", member)).text


def test_never_came_is_kept_and_nobody_is_at_fault(sign_in, contact, member):
    page = sign_in(contact).post(address("membership_never_came", member), follow=True).text
    assert "They can come back whenever they like." in page
    member.refresh_from_db()
    assert member.state == "never_attended"


def test_a_death_marked_by_mistake_is_taken_back(sign_in, contact, member):
    client = sign_in(contact)
    assert "Nothing is sent to them any more." in client.post(address("membership_died", member), follow=True).text
    assert "Was this a mistake?" in client.get(address("membership_detail", member)).text
    page = client.post(address("membership_died_undo", member), follow=True).text
    assert "This is taken back." in page
    assert (
        "Nobody is marked as having died here."
        in client.post(address("membership_died_undo", member), follow=True).text
    )


# Without an account


def typed(contact, **change):
    teller = Membership.objects.get(person=contact)
    return {"name": "Pat", "told_how": "phone", "teller": teller.pk, "has_leave": "yes"} | change


def test_someone_without_an_account_is_added_with_their_leave(sign_in, group, contact):
    page = sign_in(contact).post(address("kept_member_add", group), typed(contact), follow=True).text
    kept = Membership.objects.get(person=None)
    assert (kept.name, kept.told_how, kept.told_by, kept.kept_by) == ("Pat", "phone", contact, contact)
    assert "Pat is in the group." in page
    assert "Pat" in sign_in(contact).get(address("group_detail", group)).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Enter the name they like to be called"),
        ({"told_how": ""}, "Choose how they hear of meetings"),
        ({"teller": ""}, "Choose who tells them"),
        ({"has_leave": ""}, "Choose yes or no"),
        ({"has_leave": "no"}, "Ask them first. Without their leave"),
    ],
)
def test_what_is_missing_gets_a_sentence_and_the_rest_stays(sign_in, group, contact, change, sentence):
    page = sign_in(contact).post(address("kept_member_add", group), typed(contact, **change)).text
    assert sentence in page
    assert ('value="Pat"' in page) == ("name" not in change)
    assert not Membership.objects.filter(person=None).exists()


def test_only_members_with_an_account_can_tell_someone(sign_in, group, contact):
    elsewhere = MembershipFactory()
    page = sign_in(contact).post(address("kept_member_add", group), typed(contact, teller=elsewhere.pk)).text
    assert "Choose one of the answers" in page


def test_how_someone_is_told_can_change(sign_in, group, contact, member):
    kept = KeptMembershipFactory(group=group, name="Pat", told_by=contact)
    change = {"name": "Patty", "told_how": "post", "teller": member.pk}
    sign_in(contact).post(address("kept_member_edit", kept), change)
    kept.refresh_from_db()
    assert (kept.name, kept.told_how, kept.told_by) == ("Patty", "post", member.person)


def test_a_code_for_them_is_a_sheet_to_print(sign_in, group, contact):
    kept = KeptMembershipFactory(group=group)
    page = sign_in(contact).post(address("claim_add", kept), follow=True).text
    claim = kept.claims.get()
    assert claim.token() in page


def test_whoever_has_an_account_is_edited_by_nobody_else(sign_in, contact, member):
    client = sign_in(contact)
    assert client.get(address("kept_member_edit", member)).status_code == 404
    assert client.post(address("claim_add", member)).status_code == 404


def test_a_stranger_finds_none_of_it(sign_in, group, member):
    kept = KeptMembershipFactory(group=group)
    client = sign_in(PersonFactory())
    for name, row in (("membership_list", group), ("membership_detail", member), ("kept_member_edit", kept)):
        assert client.get(address(name, row)).status_code == 404
