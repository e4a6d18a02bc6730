"""Who may see which row of this app: each role against each thing, in the query and on the row alike."""

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.invitees import Invitee
from groups.models import Invitation, Membership, Programme, RoleTerm, Site, SupportGroup, Venue
from groups.services.group_state import close_group
from groups.services.invitation import invite_people
from groups.services.membership import leave_group
from groups.services.role import end_role
from tests.factories import (
    NOW,
    MembershipFactory,
    PersonFactory,
    ProgrammeFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db
MODELS = {
    "site": Site,
    "programme": Programme,
    "group": SupportGroup,
    "venue": Venue,
    "membership": Membership,
    "term": RoleTerm,
    "programme_term": RoleTerm,
    "invitation": Invitation,
}
SEEN_BY = {
    "member": {"group", "venue", "term"},
    "contact": {"group", "venue", "membership", "term", "invitation"},
    "tutor": {"site", "group", "venue", "membership", "term", "invitation"},
    "programme_tutor": {"site", "programme", "venue"},
    "coordinator": {"site", "programme", "venue", "programme_term"},
    "asked": set(),
    "left": set(),
    "stopped": set(),
    "other_member": set(),
    "other_tutor": set(),
    "other_coordinator": set(),
    "administrator": set(),
    "superuser": set(),
}


@pytest.fixture
def rows():
    """One of each thing, all of one group."""
    programme = ProgrammeFactory()
    venue = VenueFactory(site=programme.site)
    group = SupportGroupFactory(site=programme.site, programme=programme, venue=venue)
    membership = MembershipFactory(group=group)
    people = [Invitee("Sam", "sam@example.org")]
    return {
        "site": programme.site,
        "programme": programme,
        "group": group,
        "venue": venue,
        "membership": membership,
        "term": RoleTermFactory(group=group, person=membership.person, role="host"),
        "programme_term": RoleTermFactory(group=None, programme=programme, role="tutor"),
        "invitation": invite_people(group=group, people=people, by=PersonFactory(), now=timezone.now())[0][0],
    }


def person_who_is(who, rows):
    """Someone new, in one relation to the rows."""
    group, programme = rows["group"], rows["programme"]
    makers = {
        "member": lambda: MembershipFactory(group=group).person,
        "contact": lambda: RoleTermFactory(group=group).person,
        "tutor": lambda: RoleTermFactory(group=group, role="tutor").person,
        "programme_tutor": lambda: RoleTermFactory(group=None, programme=programme, role="tutor").person,
        "coordinator": lambda: ProgrammeStaffFactory(site=rows["site"]).person,
        "asked": lambda: RoleTermFactory(group=group, accepted_at=None).person,
        "left": lambda: MembershipFactory(group=group, state="left", ended_at=NOW).person,
        "stopped": lambda: RoleTermFactory(group=group, ended_at=NOW).person,
        "other_member": lambda: MembershipFactory().person,
        "other_tutor": lambda: RoleTermFactory(group=None, programme=ProgrammeFactory(), role="tutor").person,
        "other_coordinator": lambda: ProgrammeStaffFactory().person,
        "administrator": lambda: PersonFactory(is_staff=True),
        "superuser": lambda: PersonFactory(is_staff=True, is_superuser=True),
    }
    return makers[who]()


@pytest.mark.parametrize("thing", MODELS)
@pytest.mark.parametrize("who", SEEN_BY)
def test_a_thing_is_seen_by_those_whose_role_reaches_it(rows, who, thing):
    person, row = person_who_is(who, rows), rows[thing]
    is_seen = MODELS[thing].objects.visible_to(person).filter(pk=row.pk).exists()
    assert is_seen == (thing in SEEN_BY[who])


@pytest.mark.parametrize("thing", MODELS)
@pytest.mark.parametrize("who", [who for who in SEEN_BY if who != "superuser"])
def test_a_row_in_hand_gives_the_same_answer_as_the_query(rows, who, thing):
    person, row = person_who_is(who, rows), rows[thing]
    assert person.has_perm(row.view_permission, row) == (thing in SEEN_BY[who])


@pytest.mark.parametrize("who", ["programme_tutor", "coordinator"])
def test_those_outside_the_group_see_counts_at_most(rows, who):
    person = person_who_is(who, rows)
    counted = SupportGroup.objects.allowing(person, "groups.view_group_counts")
    assert list(counted) == ([rows["group"]] if who == "coordinator" else [])


def test_someone_who_was_asked_sees_the_offer_and_nothing_else(rows):
    offer = RoleTermFactory(group=rows["group"], accepted_at=None)
    seen = {name: list(model.objects.visible_to(offer.person)) for name, model in MODELS.items()}
    assert {name for name, found in seen.items() if found} == {"term", "programme_term"}
    assert seen["term"] == [offer]


def test_sight_ends_with_the_membership_in_both_directions(sign_in, rows):
    group, person = rows["group"], rows["membership"].person
    onlooker = MembershipFactory(group=group, person__preferred_name="Onlooker").person
    shown = reverse("groups:group_detail", args=[group.pk])
    assert person.preferred_name in sign_in(onlooker).get(shown).text
    leave_group(group=group, by=person, now=timezone.now())
    assert not SupportGroup.objects.visible_to(person).exists()
    assert person.preferred_name not in sign_in(onlooker).get(shown).text
    # Their own past stays theirs to read.
    assert [membership.state for membership in Membership.objects.visible_to(person)] == ["left"]


def test_sight_ends_with_a_tutors_appointment(rows):
    appointed = rows["programme_term"]
    RoleTermFactory(group=rows["group"], role="tutor", person=appointed.person)
    end_role(term=appointed, by=PersonFactory(), now=timezone.now())
    for model in (Programme, SupportGroup, Venue, Invitation, Membership):
        assert not model.objects.visible_to(appointed.person).exists(), model


def test_members_of_an_ended_group_still_see_it(rows):
    close_group(group=rows["group"], reason="Done", by=PersonFactory(), now=timezone.now())
    assert list(SupportGroup.objects.visible_to(rows["membership"].person)) == [rows["group"]]


def test_an_account_that_is_switched_off_sees_nothing(rows):
    person = person_who_is("contact", rows)
    person.is_active = False
    person.save()
    assert [name for name, model in MODELS.items() if model.objects.visible_to(person).exists()] == []
