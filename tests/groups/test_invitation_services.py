from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from groups import refusals
from groups.invitees import Invitee
from groups.models import Invitation, Membership
from groups.services.invitation import (
    accept_invitation,
    add_code,
    invite_people,
    resend_invitation,
    withdraw_all_invitations,
    withdraw_invitation,
)
from peersupport.access import tokens
from peersupport.reminders.models import Message
from tests.factories import NOW, MembershipFactory, PersonFactory, SupportGroupFactory

pytestmark = pytest.mark.django_db
SAM, ALEX = Invitee("Sam", "sam@example.org"), Invitee("Alex", "alex@example.org")


@pytest.fixture
def group():
    return SupportGroupFactory()


def invite(group, *people, now=NOW):
    return invite_people(group=group, people=people, by=PersonFactory(), now=now)[0]


def code(group, max_uses=1, now=NOW):
    return add_code(group=group, max_uses=max_uses, expires_at=now + timedelta(days=7), by=PersonFactory(), now=now)


def waiting_mail():
    return Message.objects.filter(state="pending").order_by("pk").values_list("subject_id", "schedule_version")


def test_each_person_gets_an_invitation_and_a_mail(group):
    inviter = PersonFactory()
    sent, waiting = invite_people(group=group, people=[SAM, ALEX], by=inviter, now=NOW)
    assert ([row.email for row in sent], waiting) == (["sam@example.org", "alex@example.org"], [])
    assert {(row.group, row.invited_by, row.max_uses, row.uses) for row in sent} == {(group, inviter, 1, 0)}
    assert list(waiting_mail()) == [(row.pk, 1) for row in sent]


def test_the_mail_has_no_recipient_but_the_invitation(group):
    (invitation,) = invite(group, SAM)
    message = Message.objects.get()
    assert (message.recipient, message.expires_at) == (None, invitation.expires_at)


def test_the_token_finds_the_invitation_and_is_not_stored(group):
    (invitation,) = invite(group, SAM)
    token = invitation.token()
    assert Invitation.objects.with_token(token).get() == invitation
    stored = Invitation.objects.values().get()
    assert len(token) == 43
    assert token not in str(stored)


def test_every_invitation_has_a_token_of_its_own(group):
    assert len({row.token() for row in invite(group, SAM, ALEX)}) == 2


def test_nobody_is_invited_twice_at_the_same_time(group):
    invite(group, SAM)
    sent, waiting = invite_people(group=group, people=[SAM, ALEX], by=PersonFactory(), now=NOW)
    assert ([row.email for row in sent], waiting) == (["alex@example.org"], [SAM])


def test_another_group_may_invite_the_same_person(group):
    invite(SupportGroupFactory(), SAM)
    assert len(invite(group, SAM)) == 1


def test_an_invitation_that_is_too_old_gives_way_to_a_new_one(group):
    (old,) = invite(group, SAM)
    later = NOW + timedelta(days=31)
    (new,) = invite(group, SAM, now=later)
    old.refresh_from_db()
    assert (old.standing(now=later), new.standing(now=later)) == ("withdrawn", "open")


def test_an_ended_group_invites_nobody():
    group = SupportGroupFactory(state="closed", closing_reason="Done")
    with pytest.raises(refusals.GroupHasEnded):
        invite(group, SAM)
    with pytest.raises(refusals.GroupHasEnded):
        code(group)


def test_inviting_two_hundred_people_costs_few_queries_besides_the_mails(group, django_assert_max_num_queries):
    people = [Invitee(f"P{number}", f"p{number}@example.org") for number in range(200)]
    with django_assert_max_num_queries(20 + 3 * len(people)):
        assert len(invite(group, *people)) == 200


def test_inviting_many_people_wakes_one_sender(group, django_capture_on_commit_callbacks):
    people = [Invitee(f"P{number}", f"p{number}@example.org") for number in range(20)]
    with django_capture_on_commit_callbacks() as callbacks:
        invite(group, *people)
    assert len(callbacks) == 1


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{spaced}"])
def test_a_code_is_found_however_it_is_typed(group, typed):
    invitation = code(group)
    token = invitation.token()
    text = typed.format(token, lower=token.lower().replace("-", ""), spaced=" ".join(token))
    assert Invitation.objects.with_code(text).get() == invitation


def test_a_code_does_not_open_an_email_invitation(group):
    (invitation,) = invite(group, SAM)
    assert not Invitation.objects.with_code(invitation.token()).exists()
    assert not Invitation.objects.with_token(code(group).token()).exists()


def test_accepting_makes_a_member_and_counts_the_use(group):
    (invitation,) = invite(group, SAM)
    person = PersonFactory()
    membership = accept_invitation(invitation=invitation, by=person, now=NOW)
    assert (membership.person, membership.group, membership.state) == (person, group, "joined")
    assert (membership.invitation, membership.joined_at) == (invitation, NOW)
    invitation.refresh_from_db()
    assert (invitation.uses, invitation.standing(now=NOW)) == (1, "used")


def spoil(invitation, how):
    if how == "used":
        accept_invitation(invitation=invitation, by=PersonFactory(), now=NOW)
    elif how == "withdrawn":
        withdraw_invitation(invitation=invitation, now=NOW)
    elif how == "expired":
        Invitation.objects.filter(pk=invitation.pk).update(created_at=NOW - timedelta(days=30), expires_at=NOW)


@pytest.mark.parametrize("how", ["used", "withdrawn", "expired"])
def test_an_invitation_that_is_gone_lets_nobody_in(group, how):
    (invitation,) = invite(group, SAM)
    spoil(invitation, how)
    before = Membership.objects.count()
    with pytest.raises(refusals.NotUsable):
        accept_invitation(invitation=invitation, by=PersonFactory(), now=NOW)
    assert Membership.objects.count() == before


@pytest.mark.parametrize("state", ["joined", "paused"])
def test_a_member_uses_up_nothing(group, state):
    invitation = code(group, max_uses=2)
    person = MembershipFactory(group=group, state=state).person
    with pytest.raises(refusals.AlreadyMember):
        accept_invitation(invitation=invitation, by=person, now=NOW)
    invitation.refresh_from_db()
    assert invitation.uses == 0


def test_someone_who_left_comes_back_as_a_new_row(group):
    person = MembershipFactory(group=group, state="left", ended_at=NOW).person
    accept_invitation(invitation=code(group), by=person, now=NOW)
    assert list(Membership.objects.order_by("pk").values_list("state", flat=True)) == ["left", "joined"]


def taken_out(group):
    return MembershipFactory(group=group, state="removed", removal_reason="Shouting", ended_at=NOW).person


def test_someone_taken_out_does_not_come_back_with_a_sheet(group):
    invitation = code(group)
    with pytest.raises(refusals.TakenOutBefore):
        accept_invitation(invitation=invitation, by=taken_out(group), now=NOW)
    invitation.refresh_from_db()
    assert invitation.uses == 0


def test_someone_taken_out_comes_back_when_they_are_invited(group):
    (invitation,) = invite(group, SAM)
    assert accept_invitation(invitation=invitation, by=taken_out(group), now=NOW).state == "joined"


def let_in_at_once(invitation, people):
    def accept(person):
        try:
            accept_invitation(invitation=invitation, by=person, now=NOW)
            return "in"
        except (refusals.NotUsable, refusals.AlreadyMember) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as crowd:
        return sorted(crowd.map(accept, people))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("max_uses", [1, 5])
def test_twenty_at_once_get_in_as_often_as_the_code_lets(max_uses):
    invitation = code(SupportGroupFactory(), max_uses=max_uses)
    outcomes = let_in_at_once(invitation, [PersonFactory() for _number in range(20)])
    assert outcomes == ["NotUsable"] * (20 - max_uses) + ["in"] * max_uses
    invitation.refresh_from_db()
    assert (Membership.objects.count(), invitation.uses) == (max_uses, max_uses)


@pytest.mark.django_db(transaction=True)
def test_one_person_who_taps_five_times_at_once_uses_a_code_once():
    invitation, person = code(SupportGroupFactory(), max_uses=5), PersonFactory()
    assert let_in_at_once(invitation, [person] * 5) == ["AlreadyMember"] * 4 + ["in"]
    invitation.refresh_from_db()
    assert (Membership.objects.count(), invitation.uses) == (1, 1)


def test_sending_again_keeps_the_link_and_gives_it_more_time(group):
    (invitation,) = invite(group, SAM)
    token, later = invitation.token(), NOW + timedelta(days=40)
    resend_invitation(invitation=invitation, now=later)
    invitation.refresh_from_db()
    assert (invitation.token(), invitation.expires_at) == (token, later + timedelta(days=30))
    assert list(waiting_mail()) == [(invitation.pk, 1), (invitation.pk, 2)]


def test_an_invitation_is_sent_five_times_at_most(group):
    (invitation,) = invite(group, SAM)
    for _number in range(4):
        resend_invitation(invitation=invitation, now=NOW)
    with pytest.raises(refusals.SentOften):
        resend_invitation(invitation=invitation, now=NOW)
    assert Message.objects.count() == 5


@pytest.mark.parametrize("how", ["used", "withdrawn"])
def test_an_invitation_that_is_gone_is_not_sent_again(group, how):
    (invitation,) = invite(group, SAM)
    spoil(invitation, how)
    with pytest.raises(refusals.NotUsable):
        resend_invitation(invitation=invitation, now=NOW)


def test_a_code_is_not_mailed(group):
    with pytest.raises(refusals.NotUsable):
        resend_invitation(invitation=code(group), now=NOW)


def test_withdrawing_stops_the_mail_that_waits(group):
    sam, alex = invite(group, SAM, ALEX)
    withdraw_invitation(invitation=sam, now=NOW)
    assert list(waiting_mail()) == [(alex.pk, 1)]
    assert list(Invitation.objects.usable(now=NOW)) == [alex]


def test_withdrawing_twice_is_refused(group):
    (invitation,) = invite(group, SAM)
    withdraw_invitation(invitation=invitation, now=NOW)
    with pytest.raises(refusals.NotUsable):
        withdraw_invitation(invitation=invitation, now=NOW)


def test_withdrawing_all_leaves_other_groups_and_those_who_came(group):
    invite(group, SAM)
    spoil(used := code(group), "used")
    elsewhere = code(SupportGroupFactory())
    withdraw_all_invitations(group=group, now=NOW)
    used.refresh_from_db()
    assert list(Invitation.objects.usable(now=NOW)) == [elsewhere]
    assert (used.withdrawn_at, Membership.objects.current().count()) == (None, 1)


def test_the_last_day_is_by_the_groups_clock():
    group = SupportGroupFactory(time_zone="Pacific/Auckland")
    invitation = code(group)
    assert str(invitation.last_on) == "2026-12-02"


def test_a_fingerprint_needs_the_secret(settings, group):
    token = code(group).token()
    settings.SECRET_KEY = "another secret that is long enough to be one"
    assert not Invitation.objects.filter(fingerprint=tokens.fingerprint(token)).exists()
