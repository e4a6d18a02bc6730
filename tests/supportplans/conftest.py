"""A group of three, one of them its contact, with a plan being written."""

import pytest

from supportplans.services.plan import start_plan
from tests.factories import NOW, MembershipFactory, RoleTermFactory, SupportGroupFactory


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday Group")


@pytest.fixture
def members(group):
    return [MembershipFactory(group=group, person__preferred_name=name).person for name in ("Ana", "Ben", "Cal")]


@pytest.fixture
def tutor(group):
    return RoleTermFactory(group=group, role="tutor").person


@pytest.fixture
def plan(group, members):
    return start_plan(group=group, by=members[0], now=NOW)
