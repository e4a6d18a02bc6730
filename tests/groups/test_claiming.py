"""Claiming with a code what was kept for someone without an account."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups import refusals
from groups.models import Attendance, Membership
from groups.services.invitation import accept_invitation
from groups.services.kept_member import add_claim
from tests.factories import (
    NOW,
    AttendanceFactory,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    membership = KeptMembershipFactory(group=SupportGroupFactory(name="Tuesday group"), name="Pat")
    AttendanceFactory(meeting=MeetingFactory(group=membership.group), membership=membership)
    return membership


@pytest.fixture
def claim(kept):
    return add_claim(membership=kept, by=kept.kept_by, now=NOW)


def test_what_was_kept_becomes_theirs(kept, claim):
    person = PersonFactory(preferred_name="Patricia")
    assert accept_invitation(invitation=claim, by=person, now=NOW) == kept
    kept.refresh_from_db()
    assert (kept.person, kept.name, kept.shown_name, kept.state) == (person, "", "Patricia", "joined")
    assert list(Attendance.objects.filter(membership__person=person)) == list(kept.attendances.all())
    assert Membership.objects.visible_to(person).get() == kept


def test_a_code_to_claim_works_once(claim):
    accept_invitation(invitation=claim, by=PersonFactory(), now=NOW)
    with pytest.raises(refusals.NotUsable):
        accept_invitation(invitation=claim, by=PersonFactory(), now=NOW)


def test_what_was_claimed_in_another_way_can_not_be_claimed_again(kept, claim):
    Membership.objects.filter(pk=kept.pk).update(person=PersonFactory(), name="", told_how="", told_by=None)
    with pytest.raises(refusals.NotUsable):
        accept_invitation(invitation=claim, by=PersonFactory(), now=NOW)


def test_someone_who_joined_meanwhile_gets_the_past_beside_their_own(kept, claim):
    own = MembershipFactory(group=kept.group, joined_at=NOW)
    accept_invitation(invitation=claim, by=own.person, now=NOW + timedelta(hours=1))
    kept.refresh_from_db()
    assert (kept.person, kept.state, kept.ended_by) == (own.person, "left", own.person)
    assert Membership.objects.current().get(person=own.person) == own


@pytest.mark.parametrize("is_member", [False, True])
def test_the_code_leads_to_joining_as_any_other(sign_in, kept, is_member):
    claim = add_claim(membership=kept, by=kept.kept_by, now=timezone.now())
    person = MembershipFactory(group=kept.group).person if is_member else PersonFactory()
    client = sign_in(person)
    client.get(reverse("groups:code_open", args=[claim.token()]))
    page = client.get(reverse("groups:invitation_accept"))
    assert page.context["form"].submit_label
    client.post(reverse("groups:invitation_accept"))
    kept.refresh_from_db()
    assert kept.person == person
