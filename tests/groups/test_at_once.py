"""Several people at the same moment: each rule holds, and nobody gets half of anything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from groups import refusals
from groups.models import RSVP, BringItem, MeetingNote, MeetingSeries, Membership, RoleTerm
from groups.services.answer import answer_meeting
from groups.services.around_meeting import add_bring_item, take_bring_item, write_note
from groups.services.death import mark_died
from groups.services.handing_over import hand_over_all
from groups.services.invitation import accept_invitation
from groups.services.joining import answer_join_request, ask_to_join, join_open_group
from groups.services.kept_member import add_claim
from groups.services.meeting import plan_meeting
from groups.services.membership import leave_group, remove_member
from groups.services.series_change import move_series
from peersupport.refusals import Refused
from peersupport.reminders.models import Message
from tests.factories import (
    NOW,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def at_once(*actions):
    """Run all at the same time; gives the name of each refusal, or "done", sorted."""

    def run(action):
        try:
            action()
            return "done"
        except Refused as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as crowd:
        return sorted(crowd.map(run, actions))


@pytest.fixture
def group():
    return SupportGroupFactory(join_rule="by_agreement")


@pytest.fixture
def contact(group):
    return RoleTermFactory(group=group, person=MembershipFactory(group=group).person).person


def test_of_two_who_claim_the_same_one_does(group, contact):
    kept = KeptMembershipFactory(group=group)
    claim = add_claim(membership=kept, by=contact, now=NOW)
    people = [PersonFactory() for _number in range(2)]
    actions = [lambda person=person: accept_invitation(invitation=claim, by=person, now=NOW) for person in people]
    assert at_once(*actions) == ["NotUsable", "done"]
    kept.refresh_from_db()
    assert kept.person in people
    assert Membership.objects.filter(person__in=people).count() == 1


def test_of_two_answers_to_a_question_one_counts(group, contact):
    tutor = RoleTermFactory(group=group, role="tutor").person
    person = PersonFactory()
    asked = ask_to_join(group=group, note="", by=person, now=NOW)
    settle = {"join_request": asked, "note": "", "now": NOW}
    outcome = at_once(
        lambda: answer_join_request(accepts=True, by=contact, **settle),
        lambda: answer_join_request(accepts=False, by=tutor, **settle),
    )
    assert outcome == ["JoinRequestGone", "done"]
    asked.refresh_from_db()
    is_in = Membership.objects.current().filter(person=person).exists()
    assert is_in == (asked.state == "accepted")
    assert Message.objects.filter(kind="groups.join_answered").count() == 1


def test_asking_twice_at_once_is_one_question(group, contact):
    person = PersonFactory()
    ask = [lambda: ask_to_join(group=group, note="", by=person, now=NOW) for _number in range(4)]
    assert at_once(*ask) == ["AlreadyAsked"] * 3 + ["done"]


def test_joining_an_open_group_twice_at_once_is_one_membership():
    group, person = SupportGroupFactory(join_rule="open"), PersonFactory()
    join = [lambda: join_open_group(group=group, by=person, now=NOW) for _number in range(4)]
    assert at_once(*join) == ["AlreadyMember"] * 3 + ["done"]
    assert Membership.objects.filter(person=person).count() == 1


def test_of_two_who_take_the_milk_one_has_it(group, contact):
    meeting = MeetingFactory(group=group, starts_at=NOW + DAY)
    item = add_bring_item(meeting=meeting, what="Milk", by=contact, now=NOW)
    takers = [MembershipFactory(group=group) for _number in range(2)]
    actions = [lambda taker=taker: take_bring_item(item=item, by=taker.person, now=NOW) for taker in takers]
    assert at_once(*actions) == ["TakenByOther", "done"]
    assert BringItem.objects.get().taken_by in takers


def test_twenty_at_once_for_a_room_of_five(group):
    meeting = MeetingFactory(group=group, capacity=5, starts_at=NOW + DAY)
    members = [MembershipFactory(group=group) for _number in range(20)]
    actions = [
        lambda member=member: answer_meeting(meeting=meeting, answer="coming", by=member.person, now=NOW)
        for member in members
    ]
    assert at_once(*actions) == ["done"] * 20
    turns = [rsvp.turn() for rsvp in RSVP.objects.coming()]
    assert turns == list(range(1, 21))
    assert not Message.objects.filter(kind="groups.place_changed").exists()


def test_when_several_give_up_their_place_as_many_move_up_once_each(group):
    meeting = MeetingFactory(group=group, capacity=3, starts_at=NOW + DAY, created_at=NOW)
    members = [MembershipFactory(group=group) for _number in range(8)]
    for number, member in enumerate(members):
        said_at = NOW + timedelta(minutes=number)
        answer_meeting(meeting=meeting, answer="coming", by=member.person, now=said_at)
    given_up = NOW + timedelta(hours=1)
    actions = [
        lambda member=member: answer_meeting(meeting=meeting, answer="cannot", by=member.person, now=given_up)
        for member in members[:3]
    ]
    assert at_once(*actions) == ["done"] * 3
    told = Message.objects.filter(kind="groups.place_changed").values_list("recipient", flat=True)
    assert sorted(told) == sorted(member.person_id for member in members[3:6])


def test_two_notes_at_once_lose_neither(group, contact):
    meeting = MeetingFactory(group=group, starts_at=NOW - DAY)
    other = MembershipFactory(group=group).person
    outcome = at_once(
        lambda: write_note(meeting=meeting, text="Mine", base=None, by=contact, now=NOW),
        lambda: write_note(meeting=meeting, text="Theirs", base=None, by=other, now=NOW),
    )
    assert outcome == ["NoteChanged", "done"]
    assert MeetingNote.objects.count() == 1


def test_two_contacts_who_leave_at_once_leave_one_behind(group, contact):
    second = RoleTermFactory(group=group, person=MembershipFactory(group=group).person).person
    outcome = at_once(
        lambda: leave_group(group=group, by=contact, now=NOW), lambda: leave_group(group=group, by=second, now=NOW)
    )
    assert outcome == ["LastContact", "done"]
    assert RoleTerm.objects.current().filter(group=group, role="contact").count() == 1


def test_handing_over_to_one_deputy_twice_at_once_is_done_once(group, contact):
    RoleTermFactory(group=group, person=contact, role="host")
    deputy = RoleTermFactory(group=group, person=MembershipFactory(group=group).person, role="deputy").person
    hand_over = {"group": group, "to": deputy, "takes_break": False, "by": contact, "now": NOW}
    outcome = at_once(lambda: hand_over_all(**hand_over), lambda: hand_over_all(**hand_over))
    assert outcome in (["NothingToHandOver", "done"], ["NotADeputy", "done"])
    held = RoleTerm.objects.current().filter(group=group).values_list("person", "role")
    assert sorted(held) == sorted([(deputy.pk, "contact"), (deputy.pk, "host")])


def test_leaving_and_being_taken_out_at_once_ends_a_membership_once(group, contact):
    member = MembershipFactory(group=group)
    outcome = at_once(
        lambda: leave_group(group=group, by=member.person, now=NOW, reason="My own words"),
        lambda: remove_member(membership=member, reason="Theirs", by=contact, now=NOW),
    )
    assert outcome in (["MembershipEnded", "done"], ["NotAMember", "done"])
    member.refresh_from_db()
    assert (member.state, member.reason, member.removal_reason) in (
        ("left", "My own words", ""),
        ("removed", "", "Theirs"),
    )
    assert Message.objects.filter(kind="groups.membership_removed").exists() == (member.state == "removed")


def test_marked_twice_at_once_is_marked_once(group, contact):
    member = MembershipFactory(group=group)
    mark = [lambda: mark_died(membership=member, by=contact, now=NOW) for _number in range(2)]
    assert at_once(*mark) == ["MembershipEnded", "done"]


def test_of_two_changes_to_a_rhythm_the_second_finds_it_changed(group, contact):
    meeting = plan_meeting(
        group=group,
        on=(NOW + 9 * DAY).date(),
        start_time=NOW.time(),
        duration_minutes=60,
        venue=None,
        repeat="weekly",
        times=5,
        by=contact,
        now=NOW,
    )

    def later(hours):
        at = (NOW + timedelta(hours=hours)).time()
        details = {"duration_minutes": 60, "venue": None, "by": contact, "now": NOW}
        move_series(meeting=meeting, is_from_now=True, on=meeting.original_on, start_time=at, **details)

    assert set(at_once(lambda: later(1), lambda: later(2))) <= {"done", "MeetingOver"}
    live = MeetingSeries.objects.get(ended_at=None)
    assert live.meetings.going_ahead().count() == 5
    assert {rule.start_time.hour for rule in [live]} <= {(NOW + timedelta(hours=hours)).hour for hours in (1, 2)}


def test_someone_taken_out_can_not_use_what_they_opened_before(group, contact):
    person = MembershipFactory(group=group).person
    remove_member(membership=person.memberships.get(), reason="Shouting", by=contact, now=NOW)
    with pytest.raises(refusals.TakenOutBefore):
        ask_to_join(group=group, note="", by=person, now=NOW)
