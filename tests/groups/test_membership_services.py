"""Having a break, and each way in which a membership ends."""

from datetime import timedelta

import pytest

from groups import refusals
from groups.models import RSVP, BringItem, Membership, RoleTerm, SupportGroup
from groups.services.death import mark_died, undo_died
from groups.services.kept_member import add_claim, keep_member
from groups.services.meeting import cancel_meeting, plan_meeting
from groups.services.membership import (
    leave_group,
    note_never_came,
    pause_membership,
    remove_member,
    resume_membership,
)
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from tests.factories import (
    NOW,
    AttendanceFactory,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def group():
    return SupportGroupFactory()


@pytest.fixture
def contact(group):
    return RoleTermFactory(group=group, person=MembershipFactory(group=group).person).person


@pytest.fixture
def member(group):
    return MembershipFactory(group=group)


ENDINGS = {
    "left": lambda membership, by: leave_group(group=membership.group, by=membership.person, now=NOW),
    "removed": lambda membership, by: remove_member(membership=membership, reason="Shouting", by=by, now=NOW),
    "never_attended": lambda membership, by: note_never_came(membership=membership, by=by, now=NOW),
    "died": lambda membership, by: mark_died(membership=membership, by=by, now=NOW),
}


@pytest.mark.parametrize("state", ENDINGS)
def test_each_ending_takes_with_it_what_came_with_the_membership(group, contact, member, state):
    ahead, past = (MeetingFactory(group=group, starts_at=NOW + days * DAY) for days in (7, -7))
    for meeting in (ahead, past):
        RSVPFactory(meeting=meeting, membership=member)
        BringItem.objects.create(meeting=meeting, what="Tea", added_by=contact, added_at=NOW, taken_by=member)
    RoleTermFactory(group=group, person=member.person, role="host")
    elsewhere = RoleTermFactory(person=member.person)
    ENDINGS[state](member, contact)
    member.refresh_from_db()
    assert (member.state, member.ended_at) == (state, NOW)
    assert not SupportGroup.objects.visible_to(member.person).filter(pk=group.pk).exists()
    assert [rsvp.meeting for rsvp in RSVP.objects.all()] == [past]
    assert {item.meeting: item.taken_by for item in BringItem.objects.all()} == {ahead: None, past: member}
    still_held = [] if state == "died" else [elsewhere]
    assert list(RoleTerm.objects.current().filter(person=member.person)) == still_held


@pytest.mark.parametrize("state", ["left", "removed", "never_attended"])
def test_the_last_contact_goes_nowhere_without_another(group, contact, state):
    membership = Membership.objects.get(person=contact)
    tutor = RoleTermFactory(group=group, role="tutor").person
    refusal = refusals.LastContact if state == "left" else refusals.OnlyContactLeft
    with pytest.raises(refusal):
        ENDINGS[state](membership, tutor)
    assert Membership.objects.current().filter(person=contact).exists()


@pytest.mark.parametrize("state", ENDINGS)
def test_an_ending_happens_once(contact, member, state):
    ENDINGS[state](member, contact)
    with pytest.raises((refusals.MembershipEnded, refusals.NotAMember)):
        ENDINGS[state](member, contact)


def test_a_break_is_from_reminders_and_ends_with_one_tap(member):
    pause_membership(membership=member, by=member.person, now=NOW)
    member.refresh_from_db()
    assert (member.state, member.is_current) == ("paused", True)
    with pytest.raises(refusals.MembershipEnded):
        pause_membership(membership=member, by=member.person, now=NOW)
    resume_membership(membership=member, by=member.person, now=NOW)
    assert Membership.objects.joined().filter(pk=member.pk).exists()


def test_someone_on_a_break_hears_of_changes_but_of_nothing_new(group, contact, member):
    known = MeetingFactory(group=group, starts_at=NOW + 5 * DAY)
    pause_membership(membership=member, by=member.person, now=NOW)
    plan_meeting(
        group=group,
        on=(NOW + 9 * DAY).date(),
        start_time=NOW.time(),
        duration_minutes=60,
        venue=None,
        by=contact,
        now=NOW,
    )
    cancel_meeting(meeting=known, reason="Snow", by=contact, now=NOW)
    kinds = Message.objects.filter(recipient=member.person).values_list("kind", flat=True)
    assert list(kinds) == ["groups.meeting_cancelled"]


def test_someone_taken_out_is_told_and_sees_why(group, contact, member):
    remove_member(membership=member, reason="Shouting", by=contact, now=NOW)
    message = Message.objects.get()
    assert (message.kind, message.recipient) == ("groups.membership_removed", member.person)
    assert message.subject_id == member.pk
    seen = Membership.objects.visible_to(member.person).get()
    assert (seen.removal_reason, seen.ended_by) == ("Shouting", contact)
    entry = AccessLogEntry.objects.get()
    assert (entry.actor, entry.subject, entry.route) == (contact, member.person, "groups:membership_remove")


@pytest.mark.parametrize("state", ["left", "never_attended", "died"])
def test_no_other_ending_sends_anything(contact, member, state):
    ENDINGS[state](member, contact)
    assert not Message.objects.exists()


def test_someone_who_came_never_never_came(group, contact, member):
    AttendanceFactory(meeting=MeetingFactory(group=group, starts_at=NOW - DAY), membership=member)
    with pytest.raises(refusals.HasCome):
        note_never_came(membership=member, by=contact, now=NOW)


def test_a_death_ends_everything_of_that_person_and_nobody_elses(group, contact, member):
    elsewhere = MembershipFactory(person=member.person)
    supported = RoleTermFactory(person=member.person, role="tutor")
    mark_died(membership=member, by=contact, now=NOW)
    for row in (member.person, supported):
        row.refresh_from_db()
    assert (member.person.died_marked_at, supported.ended_at) == (NOW, NOW)
    assert [row.state for row in Membership.objects.filter(pk__in=[member.pk, elsewhere.pk])] == ["died", "died"]
    assert Membership.objects.current().get().person == contact


def test_the_last_contact_can_die(group, contact):
    mark_died(membership=Membership.objects.get(person=contact), by=PersonFactory(), now=NOW)
    assert not RoleTerm.objects.current().filter(group=group).exists()


def test_a_death_marked_by_mistake_is_taken_back_everywhere(contact, member):
    left_before = MembershipFactory(person=member.person, state="left", ended_at=NOW - DAY)
    elsewhere = MembershipFactory(person=member.person)
    mark_died(membership=member, by=contact, now=NOW)
    undo_died(membership=member, by=member.person, now=NOW + DAY)
    member.person.refresh_from_db()
    assert member.person.died_marked_at is None
    assert set(Membership.objects.current().filter(person=member.person)) == {member, elsewhere}
    left_before.refresh_from_db()
    assert left_before.state == "left"
    with pytest.raises(refusals.NotMarked):
        undo_died(membership=member, by=contact, now=NOW + DAY)


def test_taking_back_leaves_alone_what_was_joined_anew(contact, member):
    mark_died(membership=member, by=contact, now=NOW)
    anew = MembershipFactory(group=member.group, person=member.person)
    undo_died(membership=member, by=contact, now=NOW + DAY)
    assert Membership.objects.current().get(person=member.person) == anew


def test_someone_without_an_account_can_die_too(contact):
    kept, other = KeptMembershipFactory(), KeptMembershipFactory()
    mark_died(membership=kept, by=contact, now=NOW)
    kept.refresh_from_db()
    assert (kept.state, Membership.objects.current().filter(pk=other.pk).exists()) == ("died", True)
    undo_died(membership=kept, by=contact, now=NOW + DAY)
    assert Membership.objects.current().filter(pk=kept.pk).exists()


# Without an account


def test_a_kept_member_has_a_name_leave_and_someone_who_tells_them(group, contact):
    kept = keep_member(group=group, name="Pat", told_how="phone", told_by=contact, by=contact, now=NOW)
    assert (kept.shown_name, kept.state, kept.kept_by, kept.leave_given_on) == ("Pat", "joined", contact, NOW.date())


def test_nobody_is_added_to_a_group_that_has_ended(contact):
    ended = SupportGroupFactory(state="closed", closing_reason="Done")
    with pytest.raises(refusals.GroupHasEnded):
        keep_member(group=ended, name="Pat", told_how="post", told_by=contact, by=contact, now=NOW)


def test_a_new_code_to_claim_ends_the_one_before(contact):
    kept = KeptMembershipFactory()
    first, second = (add_claim(membership=kept, by=contact, now=NOW) for _time in range(2))
    first.refresh_from_db()
    assert (first.is_usable(now=NOW), second.is_usable(now=NOW), second.max_uses) == (False, True, 1)


def test_a_code_dies_with_the_membership_it_was_for(contact):
    kept = KeptMembershipFactory()
    claim = add_claim(membership=kept, by=contact, now=NOW)
    remove_member(membership=kept, reason="Moved", by=contact, now=NOW)
    claim.refresh_from_db()
    assert not claim.is_usable(now=NOW)
    assert not Message.objects.exists()
    with pytest.raises(refusals.MembershipEnded):
        add_claim(membership=kept, by=contact, now=NOW)


def test_there_is_nothing_to_claim_of_someone_with_an_account(member, contact):
    with pytest.raises(refusals.HasAccount):
        add_claim(membership=member, by=contact, now=NOW)
