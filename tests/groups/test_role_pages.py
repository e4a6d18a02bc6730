import pytest
from django.urls import reverse

from groups.models import RoleTerm
from tests.factories import (
    MembershipFactory,
    PersonFactory,
    ProgrammeFactory,
    RoleTermFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db
LAST_CONTACT = "Hand over to a deputy first, or pause the group."


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group")


def in_role(group, role, name="Carol", **fields):
    person = MembershipFactory(group=group, person__preferred_name=name).person
    return RoleTermFactory(group=group, person=person, role=role, **fields)


@pytest.fixture
def contact(group):
    return in_role(group, "contact")


@pytest.fixture
def offer(group):
    return in_role(group, "host", "Hari", accepted_at=None, offered_by=PersonFactory(preferred_name="Olga"))


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


def test_an_organiser_asks_a_member(sign_in, group, contact):
    membership = MembershipFactory(group=group, person__preferred_name="Hari")
    page = sign_in(contact.person).post(
        address("role_offer", group), {"membership": membership.pk, "role": "deputy"}, follow=True
    )
    assert "Done. Hari is asked." in page.text
    term = RoleTerm.objects.get(person=membership.person)
    assert (term.role, term.accepted_at, term.offered_by) == ("deputy", None, contact.person)


@pytest.mark.parametrize(
    ("change", "sentence"), [({"membership": ""}, "Choose a member"), ({"role": ""}, "Choose a role")]
)
def test_a_bad_offer_gets_a_sentence_and_keeps_what_was_chosen(sign_in, group, contact, change, sentence):
    membership = MembershipFactory(group=group)
    typed = {"membership": membership.pk, "role": "deputy"} | change
    page = sign_in(contact.person).post(address("role_offer", group), typed).text
    assert sentence in page
    assert (f'value="{membership.pk}" selected' in page) == bool(typed["membership"])
    assert ('value="deputy" checked' in page) == bool(typed["role"])


def test_a_member_of_another_group_cannot_be_asked(sign_in, group, contact):
    stranger = MembershipFactory()
    typed = {"membership": stranger.pk, "role": "deputy"}
    assert "Choose one of the answers" in sign_in(contact.person).post(address("role_offer", group), typed).text
    assert not RoleTerm.objects.filter(person=stranger.person).exists()


def test_someone_who_has_the_role_is_not_asked_again(sign_in, group, contact):
    deputy = in_role(group, "deputy")
    typed = {"membership": deputy.person.memberships.get().pk, "role": "deputy"}
    assert "They have this role already" in sign_in(contact.person).post(address("role_offer", group), typed).text


def test_whoever_was_asked_sees_it_and_says_yes(sign_in, group, offer):
    client = sign_in(offer.person)
    page = client.get(reverse("groups:role_list")).text
    assert ("Tuesday group" in page, "Host" in page, "Olga" in page) == (True, True, True)
    assert client.post(address("role_accept", offer)).url == group.get_absolute_url()
    offer.refresh_from_db()
    assert offer.accepted_at


def test_whoever_was_asked_says_no(sign_in, offer):
    assert sign_in(offer.person).post(address("role_end", offer)).url == reverse("groups:role_list")
    offer.refresh_from_db()
    assert (offer.accepted_at, offer.ended_at is None) == (None, False)


def test_a_tutor_says_yes_and_sees_the_programme(sign_in):
    programme = ProgrammeFactory()
    term = RoleTermFactory(group=None, programme=programme, role="tutor", accepted_at=None)
    client = sign_in(term.person)
    assert client.get(programme.get_absolute_url()).status_code == 404
    assert client.post(address("role_accept", term)).url == programme.get_absolute_url()
    assert "Start a group" in client.get(programme.get_absolute_url()).text


def test_yes_is_said_by_post_only(sign_in, offer):
    assert sign_in(offer.person).get(address("role_accept", offer)).status_code == 405


def test_nobody_says_yes_for_someone_else(sign_in, group, contact, offer):
    assert sign_in(contact.person).post(address("role_accept", offer)).status_code == 403
    assert sign_in(PersonFactory()).post(address("role_accept", offer)).status_code == 404


def test_saying_yes_too_late_gets_a_sentence(sign_in, offer):
    client = sign_in(offer.person)
    client.post(address("role_end", offer))
    page = client.post(address("role_accept", offer), follow=True).text
    assert "This role is not on offer any more." in page


def test_a_role_can_be_ended_by_its_holder_and_by_organisers_only(sign_in, group, contact):
    term = in_role(group, "host", "Hari")
    assert sign_in(MembershipFactory(group=group).person).post(address("role_end", term)).status_code == 403
    assert sign_in(PersonFactory()).post(address("role_end", term)).status_code == 404
    page = sign_in(contact.person).get(address("role_end", term)).text
    assert "They can see that you ended it." in page
    assert sign_in(contact.person).post(address("role_end", term)).url == group.get_absolute_url()
    term.refresh_from_db()
    assert term.ended_at


def test_the_last_contact_is_told_what_comes_first(sign_in, group, contact):
    page = sign_in(contact.person).post(address("role_end", contact)).text
    assert LAST_CONTACT in page
    assert address("role_hand_over", contact) in page
    contact.refresh_from_db()
    assert contact.ended_at is None


def test_an_organiser_who_ends_the_only_contact_is_told_too(sign_in, group, contact):
    host = in_role(group, "host")
    page = sign_in(host.person).post(address("role_end", contact)).text
    assert "A deputy must take over first, or the group pause." in page.replace("&#x27;", "'")


def test_handing_over_takes_two_taps(sign_in, group, contact):
    deputy = in_role(group, "deputy", "Dee")
    client = sign_in(contact.person)
    assert address("role_hand_over", contact) in client.get(address("role_end", contact)).text
    page = client.post(address("role_hand_over", contact), {"deputy": deputy.pk}, follow=True).text
    assert "Dee has taken over." in page
    assert RoleTerm.objects.current().get(role="contact").person == deputy.person


def test_without_a_deputy_a_member_is_asked_and_until_then_it_goes_on(sign_in, group, contact):
    member = MembershipFactory(group=group, person__preferred_name="Mona")
    client = sign_in(contact.person)
    assert "Until they say yes, this goes on:" in client.get(address("role_hand_over", contact)).text
    page = client.post(address("role_hand_over", contact), {"membership": member.pk}, follow=True).text
    assert "Done. Mona is asked." in page
    contact.refresh_from_db()
    assert contact.ended_at is None
    sign_in(member.person).post(address("role_accept", RoleTerm.objects.get(person=member.person)))
    contact.refresh_from_db()
    assert contact.ended_at is not None
    assert RoleTerm.objects.current().get().person == member.person


def test_alone_in_the_group_the_way_out_is_a_break(sign_in, group, contact):
    page = sign_in(contact.person).get(address("role_hand_over", contact)).text
    assert "There is nobody else in the group with an account." in page
    assert address("group_pause", group) in page


@pytest.mark.parametrize("chosen", ["", "other"])
def test_only_a_deputy_of_the_group_can_be_chosen(sign_in, group, contact, chosen):
    in_role(group, "deputy")
    deputy_elsewhere = in_role(SupportGroupFactory(), "deputy")
    typed = {"deputy": deputy_elsewhere.pk if chosen else ""}
    page = sign_in(contact.person).post(address("role_hand_over", contact), typed).text
    assert ("Choose one of the answers" if chosen else "Choose one of the group") in page
    contact.refresh_from_db()
    assert contact.ended_at is None


def test_a_role_of_a_programme_is_not_handed_over(sign_in):
    term = RoleTermFactory(group=None, programme=ProgrammeFactory(), role="tutor")
    assert sign_in(term.person).get(address("role_hand_over", term)).status_code == 404


def test_a_deputy_is_not_offered_to_themselves(sign_in, group, contact):
    deputy = in_role(group, "deputy", "Dee")
    page = sign_in(deputy.person).get(address("role_hand_over", deputy))
    assert [row.person for row in page.context["form"].fields["membership"].queryset] == [contact.person]


def test_someone_without_roles_reads_so(sign_in):
    assert "Nobody has asked you to take on a role." in sign_in(PersonFactory()).get(reverse("groups:role_list")).text


def test_the_list_shows_ones_own_roles_only(sign_in, group, contact, offer):
    page = sign_in(contact.person).get(reverse("groups:role_list")).text
    assert ("Contact" in page, "Host" in page) == (True, False)


@pytest.mark.parametrize("number", [1, 3, 10])
def test_the_list_of_roles_costs_the_same_queries(sign_in, number, django_assert_num_queries):
    person = PersonFactory()
    for _index in range(number):
        RoleTermFactory(person=person)
        RoleTermFactory(person=person, accepted_at=None)
    client = sign_in(person)
    with django_assert_num_queries(5):
        client.get(reverse("groups:role_list"))
