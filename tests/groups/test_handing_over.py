"""Handing everything over at once, by someone who is unwell."""

import pytest
from django.urls import reverse

from groups import refusals
from groups.models import Membership, RoleTerm
from groups.services.handing_over import ask_to_take_over, hand_over_all
from groups.services.role import accept_role
from peersupport.reminders.models import Message
from tests.factories import NOW, MembershipFactory, RoleTermFactory, SupportGroupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return SupportGroupFactory()


def in_roles(group, *roles, name="Carol"):
    person = MembershipFactory(group=group, person__preferred_name=name).person
    for role in roles:
        RoleTermFactory(group=group, person=person, role=role)
    return person


def held(person):
    return sorted(RoleTerm.objects.current().filter(person=person).values_list("role", flat=True))


@pytest.fixture
def contact(group):
    return in_roles(group, "contact", "host")


@pytest.fixture
def deputy(group):
    return in_roles(group, "deputy", name="Dee")


def address(group):
    return reverse("groups:group_hand_over", args=[group.pk])


def test_everything_goes_to_the_deputy_at_once(group, contact, deputy):
    assert hand_over_all(group=group, to=deputy, takes_break=False, by=contact, now=NOW) == 2
    assert (held(contact), held(deputy)) == ([], ["contact", "host"])
    assert Membership.objects.joined().filter(person=contact).exists()
    told = set(Message.objects.values_list("kind", "recipient"))
    assert told == {("groups.role_taken_over", deputy.pk)}


def test_a_break_comes_with_it_for_whoever_wants_one(group, contact, deputy):
    hand_over_all(group=group, to=deputy, takes_break=True, by=contact, now=NOW)
    assert Membership.objects.get(person=contact).state == "paused"


def test_what_the_deputy_has_already_is_not_doubled(group, contact, deputy):
    RoleTermFactory(group=group, person=deputy, role="host")
    hand_over_all(group=group, to=deputy, takes_break=False, by=contact, now=NOW)
    assert held(deputy) == ["contact", "host"]


def test_only_a_deputy_can_be_handed_everything(group, contact):
    other = in_roles(group, name="Mona")
    with pytest.raises(refusals.NotADeputy):
        hand_over_all(group=group, to=other, takes_break=True, by=contact, now=NOW)
    assert held(contact) == ["contact", "host"]
    assert Membership.objects.get(person=contact).state == "joined"


def test_someone_without_a_role_has_nothing_to_hand_over(group, deputy):
    with pytest.raises(refusals.NothingToHandOver):
        hand_over_all(group=group, to=deputy, takes_break=False, by=deputy, now=NOW)


def test_roles_elsewhere_stay(group, contact, deputy):
    elsewhere = RoleTermFactory(person=contact)
    hand_over_all(group=group, to=deputy, takes_break=False, by=contact, now=NOW)
    assert list(RoleTerm.objects.current().filter(person=contact)) == [elsewhere]


def test_whoever_is_asked_takes_over_when_they_say_yes(group, contact):
    member = in_roles(group, name="Mona")
    term = RoleTerm.objects.get(person=contact, role="contact")
    offer = ask_to_take_over(term=term, person=member, by=contact, now=NOW)
    assert held(contact) == ["contact", "host"]
    accept_role(term=offer, by=member, now=NOW)
    assert (held(contact), held(member)) == (["host"], ["contact"])


# The page


def test_one_button_with_one_deputy(sign_in, group, contact, deputy):
    client = sign_in(contact)
    form = client.get(address(group)).context["form"]
    assert form["deputy"].value() == RoleTerm.objects.get(person=deputy).pk
    page = client.post(address(group), {"deputy": form["deputy"].value(), "rest": "break"}, follow=True).text
    assert "Dee has taken over." in page
    assert held(deputy) == ["contact", "host"]
    assert Membership.objects.get(person=contact).state == "paused"


def test_with_two_deputies_one_is_chosen(sign_in, group, contact, deputy):
    in_roles(group, "deputy", name="Eve")
    client = sign_in(contact)
    assert client.get(address(group)).context["form"]["deputy"].value() is None
    # The sentence, with its apostrophe as the page writes it.
    assert "Choose one of the group&#x27;s deputies" in client.post(address(group), {}).text


def test_without_a_deputy_someone_is_asked_to_take_on_all_of_it(sign_in, group, contact):
    member = MembershipFactory(group=group, person__preferred_name="Mona")
    page = sign_in(contact).post(address(group), {"membership": member.pk}, follow=True).text
    assert "Done. Mona is asked." in page
    offers = RoleTerm.objects.open().filter(person=member.person, accepted_at=None)
    assert sorted(offer.instead_of.role for offer in offers) == ["contact", "host"]


def test_a_deputy_has_nothing_to_hand_over(sign_in, group, deputy):
    assert "There is nothing to hand over" in sign_in(deputy).get(address(group)).text


def test_the_day_until_which_someone_means_to_do_it(sign_in, group, contact):
    term = RoleTerm.objects.get(person=contact, role="contact")
    client = sign_in(contact)
    change = reverse("groups:role_edit", args=[term.pk])
    past = {"ends_on_day": "1", "ends_on_month": "2", "ends_on_year": "2020"}
    assert "This day is past. Enter today or a later day." in client.post(change, past).text
    client.post(change, past | {"ends_on_year": "2099"})
    term.refresh_from_db()
    assert str(term.ends_on) == "2099-02-01"
    assert "Until Sunday 1 February 2099" in client.get(reverse("groups:role_list")).text
