import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from peersupport.access.roles import Role, held_by
from tests.factories import MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_roles_are_asked_once_for_the_person_of_a_request(django_assert_num_queries):
    person = MembershipFactory().person
    of_request = SimpleLazyObject(lambda: person)
    assert held_by(of_request) == {Role.PERSON, Role.MEMBER}
    with django_assert_num_queries(0):
        assert held_by(of_request) == held_by(person)


def test_those_who_may_not_sign_in_hold_no_roles():
    assert held_by(AnonymousUser()) == frozenset()
    assert held_by(PersonFactory(is_active=False, is_staff=True)) == frozenset()
