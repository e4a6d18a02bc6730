"""One declaration decides both what a query returns and what a check answers."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from groups.models import Meeting, Membership, RoleTerm, SupportGroup
from peersupport.access import require
from peersupport.access.roles import Role, held_by, needs_second_factor
from tests.factories import (
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    StudyMemberFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db


def test_member_sees_own_group_and_no_other():
    membership, other = MembershipFactory(), MembershipFactory()
    assert list(SupportGroup.objects.visible_to(membership.person)) == [membership.group]
    assert list(SupportGroup.objects.visible_to(other.person)) == [other.group]


def test_meeting_is_visible_through_its_group():
    membership = MembershipFactory()
    own, _foreign = MeetingFactory(group=membership.group), MeetingFactory()
    assert list(Meeting.objects.visible_to(membership.person)) == [own]


def test_person_with_two_roles_sees_a_group_once():
    membership = MembershipFactory()
    RoleTermFactory(group=membership.group, person=membership.person)
    assert list(SupportGroup.objects.visible_to(membership.person)) == [membership.group]


def test_leaving_ends_what_is_visible_at_once():
    membership = MembershipFactory()
    Membership.objects.filter(pk=membership.pk).update(state="left", ended_at=membership.joined_at)
    assert not SupportGroup.objects.visible_to(membership.person).exists()


def test_offered_role_counts_only_once_accepted():
    term = RoleTermFactory(accepted_at=None)
    assert not SupportGroup.objects.visible_to(term.person).exists()
    RoleTerm.objects.filter(pk=term.pk).update(accepted_at=term.offered_at)
    assert SupportGroup.objects.visible_to(term.person).get() == term.group


def test_coordinator_counts_groups_but_does_not_look_inside():
    post = ProgrammeStaffFactory()
    group = SupportGroupFactory(site=post.site)
    SupportGroupFactory()
    assert not SupportGroup.objects.visible_to(post.person).exists()
    assert list(SupportGroup.objects.allowing(post.person, "groups.view_group_counts")) == [group]


def test_superuser_passes_checks_by_role_like_anyone_and_sees_no_group():
    group = SupportGroupFactory()
    superuser = PersonFactory(is_staff=True, is_superuser=True)
    assert not SupportGroup.objects.visible_to(superuser).exists()
    assert group.roles_of(superuser) == frozenset()


def test_anonymous_and_inactive_people_see_nothing():
    membership = MembershipFactory(person__is_active=False)
    assert not SupportGroup.objects.visible_to(AnonymousUser()).exists()
    assert not SupportGroup.objects.visible_to(membership.person).exists()
    assert membership.group.roles_of(AnonymousUser()) == frozenset()
    assert held_by(membership.person) == frozenset()


def test_roles_of_costs_one_query_and_is_kept(django_assert_num_queries):
    term = RoleTermFactory(role="tutor")
    MembershipFactory(group=term.group, person=term.person)
    with django_assert_num_queries(1):
        assert term.group.roles_of(term.person) == {Role.MEMBER, Role.TUTOR}
        assert term.group.roles_of(term.person) == {Role.MEMBER, Role.TUTOR}


def test_require_raises_for_a_role_that_may_not():
    membership = MembershipFactory()
    require(membership.person, "groups.view_group", membership.group)
    with pytest.raises(PermissionDenied):
        require(membership.person, "groups.close_group", membership.group)


def test_unknown_permission_is_refused():
    membership = MembershipFactory()
    assert not membership.person.has_perm("groups.no_such_thing", membership.group)


def test_held_by_gathers_roles_of_every_app_in_two_queries(django_assert_num_queries):
    person = PersonFactory(is_staff=True)
    MembershipFactory(person=person)
    RoleTermFactory(person=person, role="deputy")
    RoleTermFactory(person=person, role="tutor")
    ProgrammeStaffFactory(person=person)
    StudyMemberFactory(person=person, duty="key_holder")
    with django_assert_num_queries(2):
        assert held_by(person) == {
            Role.PERSON,
            Role.ADMINISTRATOR,
            Role.MEMBER,
            Role.ROLE_HOLDER,
            Role.TUTOR,
            Role.COORDINATOR,
            Role.KEY_HOLDER,
        }
    with django_assert_num_queries(0):
        held_by(person)


@pytest.mark.parametrize(
    ("make", "needed"),
    [
        (lambda: MembershipFactory().person, False),
        (lambda: RoleTermFactory(role="contact").person, False),
        (lambda: RoleTermFactory(role="tutor").person, True),
        (lambda: RoleTermFactory(role="tutor", accepted_at=None).person, False),
        (lambda: ProgrammeStaffFactory().person, True),
        (lambda: StudyMemberFactory(duty="analyst").person, True),
        (lambda: PersonFactory(is_staff=True), True),
    ],
)
def test_second_factor_is_demanded_of_those_who_work_with_others_records(make, needed):
    assert needs_second_factor(make()) is needed
