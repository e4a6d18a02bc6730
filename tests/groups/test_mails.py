"""The e-mails about invitations and roles, as they go out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups.invitees import Invitee
from groups.models import Invitation
from groups.services.group_state import close_group
from groups.services.invitation import (
    accept_invitation,
    decline_invitation,
    invite_people,
    withdraw_invitation,
)
from groups.services.role import accept_role, appoint_tutor, end_role
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_kind
from peersupport.reminders.registry import kind_named
from tests.factories import PersonFactory, ProgrammeFactory, SupportGroupFactory
from tests.messages import html_of, letter_of, reason_against, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation():
    group = SupportGroupFactory(name="Tuesday group", about="Tea & talk")
    people = [Invitee("Sam", "sam@example.org")]
    inviter = PersonFactory(preferred_name="Tom O'Hara", email="tom@example.org")
    return invite_people(group=group, people=people, by=inviter, now=timezone.now())[0][0]


@pytest.fixture
def term():
    programme = ProgrammeFactory(name="Autumn 2026")
    asker = PersonFactory(preferred_name="Carol", email="carol@example.org")
    details = {"preferred_name": "Ann", "email": "ann@example.org"}
    return appoint_tutor(programme=programme, by=asker, now=timezone.now(), **details)


def letter():
    """The one message in the outbox, written."""
    message = Message.objects.get()
    return letter_of(message)


def why_not(later=timedelta()):
    message = Message.objects.get()
    return reason_against(message, timezone.now() + later)


def html(letter):
    return html_of(letter)


def test_an_invitation_goes_to_its_address_with_the_link(invitation, settings):
    written = letter()
    link = f"{settings.BASE_URL}/invitation/{invitation.token()}/"
    assert (written.to, written.subject) == (["sam@example.org"], "An invitation from Tom O'Hara")
    assert link in written.body
    assert link in html(written)


def test_an_invitation_reads_well(invitation):
    written = letter()
    assert "Hello Sam," in written.body
    assert "Tom O'Hara invites you to join Tuesday group." in written.body
    assert "Tea & talk" in written.body
    assert "Tea &amp; talk" in html(written)
    assert "&#x27;" not in written.body


def test_an_invitation_without_a_name_greets_nobody_by_name(invitation):
    Invitation.objects.update(name="")
    assert "Hello" not in letter().body


@pytest.mark.parametrize("which", ["invitation", "term"])
def test_a_subject_says_nothing_about_health_or_group(request, which):
    request.getfixturevalue(which)
    subject = letter().subject.lower()
    assert [word for word in ("pain", "health", "tuesday", "autumn", "group", "tutor") if word in subject] == []


@pytest.mark.parametrize("which", ["invitation", "term"])
def test_a_mail_holds_no_address_of_whoever_asks(request, which):
    request.getfixturevalue(which)
    written = letter()
    assert ("tom@example.org" in written.body, "carol@example.org" in html(written)) == (False, False)


def test_an_invitation_that_still_holds_is_sent(invitation):
    assert why_not() == ""


@pytest.mark.parametrize("what_happened", ["withdrawn", "used", "closed"])
def test_an_invitation_that_is_gone_is_not_sent(invitation, what_happened):
    now = timezone.now()
    if what_happened == "withdrawn":
        withdraw_invitation(invitation=invitation, now=now)
    elif what_happened == "used":
        accept_invitation(invitation=invitation, by=PersonFactory(), now=now)
    else:
        close_group(group=invitation.group, reason="Done", by=PersonFactory(), now=now)
    assert why_not() != ""


def test_an_invitation_that_is_too_old_is_not_sent(invitation):
    assert why_not(later=timedelta(days=31)) != ""


def test_an_offer_goes_to_whoever_is_asked(term, settings):
    written = letter()
    assert (written.to, written.subject) == (["ann@example.org"], "Carol asks for your help")
    assert "Carol asks whether you would be patient tutor for Autumn 2026." in written.body
    assert f"{settings.BASE_URL}/roles/" in written.body
    assert f"{settings.BASE_URL}/roles/" in html(written)


def test_an_offer_that_still_holds_is_sent(term):
    assert why_not() == ""


@pytest.mark.parametrize("answer", [accept_role, end_role])
def test_an_answered_offer_is_not_sent(term, answer):
    answer(term=term, by=term.person, now=timezone.now())
    assert why_not() != ""


@pytest.mark.parametrize("which", ["invitation", "term"])
def test_a_thing_that_is_gone_has_nothing_to_load(request, which):
    request.getfixturevalue(which)
    assert row_of(Message(kind=Message.objects.get().kind, subject_id=0)) is None


# The one reminder


def planned_after(days):
    return plan_kind(kind_named("groups.invitation_reminder"), timezone.now() + timedelta(days=days))


def test_an_invitation_that_waits_is_reminded_of_once_after_a_week(invitation):
    assert [planned_after(days) for days in (5, 7, 7, 8)] == [0, 1, 0, 0]
    reminder = Message.objects.get(kind="groups.invitation_reminder")
    written = letter_of(reminder)
    assert (written.to, written.subject) == (["sam@example.org"], "The invitation from Tom O'Hara still works")
    assert "this is the only reminder" in written.body
    assert invitation.token() in written.body


@pytest.mark.parametrize("change", [{"uses": 1}, {"sends": 2}, {"withdrawn_at": timezone.now()}])
def test_nobody_is_reminded_of_what_is_settled_or_was_sent_again(invitation, change):
    Invitation.objects.filter(pk=invitation.pk).update(**change)
    assert planned_after(7) == 0


def test_whoever_says_no_gets_no_reminder(invitation):
    planned_after(7)
    decline_invitation(invitation=invitation, reason="", now=timezone.now())
    assert Message.objects.get(kind="groups.invitation_reminder").state == "dropped"
