"""Answers before a meeting: noted for others, seen by few, and in turn where a room is small."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups import refusals
from groups.models import RSVP, Meeting
from groups.services.answer import answer_meeting, forget_answers, note_answer, set_capacity
from groups.services.membership import leave_group
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.letters import letter_for
from peersupport.reminders.models import Message
from peersupport.reminders.registry import kind_named
from tests.factories import (
    NOW,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
)
from tests.messages import reason_against, row_of

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group")


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def small(group):
    """A meeting with room for two."""
    return MeetingFactory(group=group, capacity=2, starts_at=NOW + 7 * DAY)


@pytest.fixture
def crowd(group):
    return [MembershipFactory(group=group, person__preferred_name=name) for name in ("Ann", "Ben", "Cas", "Dot")]


def come(meeting, members, answer="coming"):
    for number, member in enumerate(members):
        answer_meeting(meeting=meeting, answer=answer, by=member.person, now=NOW + number * MINUTE)


def told():
    """Who was told that their place changed, in the order of the messages."""
    messages = Message.objects.filter(kind="groups.place_changed").select_related("recipient").order_by("pk")
    return [message.recipient.preferred_name for message in messages]


def address(name, *rows):
    return reverse(f"groups:{name}", args=[row.pk for row in rows])


# In turn


def test_the_first_to_say_so_have_the_places(small, crowd):
    come(small, crowd)
    turns = {rsvp.membership.shown_name: rsvp.turn() for rsvp in RSVP.objects.coming()}
    assert turns == {"Ann": 1, "Ben": 2, "Cas": 3, "Dot": 4}
    assert told() == []


def test_whoever_moves_up_is_told_at_once_and_nobody_else(small, crowd):
    come(small, crowd)
    answer_meeting(meeting=small, answer="cannot", by=crowd[0].person, now=NOW + DAY)
    assert told() == ["Cas"]


def test_saying_coming_twice_keeps_the_turn(small, crowd):
    come(small, crowd)
    answer_meeting(meeting=small, answer="coming", by=crowd[0].person, now=NOW + DAY)
    assert RSVP.objects.get(membership=crowd[0]).turn() == 1
    assert told() == []


def test_changing_ones_mind_goes_to_the_end(small, crowd):
    come(small, crowd)
    for answer, minutes in (("not_sure", 10), ("coming", 20)):
        answer_meeting(meeting=small, answer=answer, by=crowd[0].person, now=NOW + minutes * MINUTE)
    assert RSVP.objects.get(membership=crowd[0]).turn() == 4
    assert told() == ["Cas"]


def test_leaving_the_group_frees_the_place(small, crowd):
    come(small, crowd)
    leave_group(group=small.group, by=crowd[1].person, now=NOW + DAY)
    assert told() == ["Cas"]


def test_forgetting_answers_leaves_meetings_without_a_limit_alone(group, crowd):
    meeting = MeetingFactory(group=group, starts_at=NOW + DAY)
    come(meeting, crowd)
    forget_answers(membership=crowd[0], now=NOW)
    assert (RSVP.objects.count(), told()) == (3, [])


def test_more_room_lets_the_next_in_and_less_takes_the_last_out(small, crowd):
    come(small, crowd)
    set_capacity(meeting=small, capacity=3, is_for_series=False, by=crowd[0].person, now=NOW + DAY)
    assert told() == ["Cas"]
    set_capacity(meeting=small, capacity=1, is_for_series=False, by=crowd[0].person, now=NOW + 2 * DAY)
    assert sorted(told()) == ["Ben", "Cas", "Cas"]


def test_a_limit_taken_away_lets_everyone_in(small, crowd):
    come(small, crowd)
    set_capacity(meeting=small, capacity=None, is_for_series=False, by=crowd[0].person, now=NOW + DAY)
    small.refresh_from_db()
    assert small.capacity is None


def test_a_moved_meeting_starts_the_turns_anew(small, crowd):
    come(small, crowd)
    Meeting.objects.filter(pk=small.pk).update(changed_at=NOW + DAY)
    come_later = NOW + 2 * DAY
    answer_meeting(meeting=small, answer="coming", by=crowd[3].person, now=come_later)
    assert [rsvp.membership for rsvp in RSVP.objects.coming()] == [crowd[3]]
    assert RSVP.objects.get(membership=crowd[3]).coming_since == come_later


def test_someone_without_an_account_takes_a_place_and_is_told_by_whoever_noted_it(small, crowd, contact):
    kept = KeptMembershipFactory(group=small.group)
    come(small, crowd[:2])
    note_answer(meeting=small, membership=kept, answer="coming", by=contact, now=NOW + 5 * MINUTE)
    answer_meeting(meeting=small, answer="cannot", by=crowd[0].person, now=NOW + DAY)
    assert RSVP.objects.get(membership=kept).turn() == 2
    assert told() == ["Carol"]
    _reason, letter = write(contact)
    assert letter.subject == "Please tell someone about Tuesday 1 December"
    assert kept.name in letter.body
    assert "There is a place for them now." in letter.body


def write(recipient):
    message = Message.objects.filter(kind="groups.place_changed", recipient=recipient).latest("pk")
    kind = kind_named(message.kind)
    row = row_of(message)
    return kind.reason_not_to_send(message, row, NOW), letter_for(message, kind, kind.compose(message, row))


def test_the_mail_says_what_is_true_when_it_goes_out(small, crowd):
    come(small, crowd)
    answer_meeting(meeting=small, answer="cannot", by=crowd[0].person, now=NOW + DAY)
    reason, letter = write(crowd[2].person)
    assert (reason, letter.subject) == ("", "You have a place on Tuesday 1 December")
    assert "There is a place for you at Tuesday group" in letter.body
    set_capacity(meeting=small, capacity=1, is_for_series=False, by=crowd[0].person, now=NOW + 2 * DAY)
    _reason, letter = write(crowd[2].person)
    assert letter.subject == "You are on the waiting list for Tuesday 1 December"
    assert "number 1 on the waiting list" in letter.body


@pytest.mark.parametrize(
    ("change", "reason"),
    [("cannot", "They don't mean to come any more."), ("leave", "They have left the group.")],
)
def test_a_place_nobody_wants_any_more_is_not_announced(small, crowd, change, reason):
    come(small, crowd)
    answer_meeting(meeting=small, answer="cannot", by=crowd[0].person, now=NOW + DAY)
    message = Message.objects.get(kind="groups.place_changed")
    if change == "leave":
        type(crowd[2]).objects.filter(pk=crowd[2].pk).update(state="left", ended_at=NOW)
    else:
        RSVP.objects.filter(membership=crowd[2]).update(answer="cannot", coming_since=None)
    assert reason_against(message, NOW) == reason


# Noted for someone else


def test_only_those_without_an_account_are_answered_for(small, crowd, contact):
    with pytest.raises(refusals.AnswersThemselves):
        note_answer(meeting=small, membership=crowd[0], answer="coming", by=contact, now=NOW)
    with pytest.raises(refusals.NotAMember):
        note_answer(meeting=small, membership=KeptMembershipFactory(), answer="coming", by=contact, now=NOW)
    assert not RSVP.objects.exists()


def test_an_answer_is_noted_in_one_tap(sign_in, group, contact):
    meeting = MeetingFactory(group=group, starts_at=timezone.now() + DAY)
    kept = KeptMembershipFactory(group=group, name="Pat")
    client = sign_in(contact)
    page = client.post(address("answer_note", meeting, kept), {"answer": "coming"}, follow=True).text
    assert "Noted for Pat." in page
    rsvp = RSVP.objects.get()
    assert (rsvp.membership, rsvp.answer, rsvp.noted_by) == (kept, "coming", contact)
    assert "Choose one of the answers." in client.post(address("answer_note", meeting, kept), follow=True).text


# Who sees what


@pytest.fixture
def meeting(group):
    return MeetingFactory(group=group, starts_at=timezone.now() + DAY)


def test_names_on_the_meetings_page_are_those_who_show_it(sign_in, meeting, contact, group):
    for name, shows in (("Shown", True), ("Quiet", False)):
        member = MembershipFactory(group=group, person__preferred_name=name, shows_answer=shows)
        RSVPFactory(meeting=meeting, membership=member, answered_at=timezone.now())
    page = sign_in(contact).get(meeting.get_absolute_url()).text
    assert "2 people mean to come." in page
    assert ("Shown" in page, "Quiet" in page) == (True, False)


def test_ones_place_on_the_waiting_list_is_said(sign_in, group, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(capacity=1)
    first, second = (MembershipFactory(group=group) for _number in range(2))
    for member, minutes in ((first, 0), (second, 1)):
        RSVPFactory(meeting=meeting, membership=member, answered_at=timezone.now() + minutes * MINUTE)
    assert "You are 1st on the waiting list" in sign_in(second.person).get(meeting.get_absolute_url()).text
    assert "waiting list, and hear" not in sign_in(first.person).get(meeting.get_absolute_url()).text


def test_organisers_see_everyones_answer(sign_in, group, meeting, contact):
    petra = MembershipFactory(group=group, person__preferred_name="Petra")
    MembershipFactory(group=group, person__preferred_name="Silent")
    RSVPFactory(meeting=meeting, membership=petra, answer="cannot", answered_at=meeting.changed_at - DAY)
    page = " ".join(sign_in(contact).get(address("answer_list", meeting)).text.split())
    assert "Petra: <strong>Can&#x27;t come</strong>" in page
    assert "(before the meeting was moved)" in page
    assert "Silent: <strong>No answer yet</strong>" in page
    assert not AccessLogEntry.objects.exists()


def test_a_tutors_look_at_answers_is_written_down_for_each(sign_in, group, meeting):
    tutor = RoleTermFactory(group=group, role="tutor").person
    answered, silent = (MembershipFactory(group=group) for _number in range(2))
    RSVPFactory(meeting=meeting, membership=answered, answered_at=timezone.now())
    RSVPFactory(meeting=meeting, membership=KeptMembershipFactory(group=group), answered_at=timezone.now())
    sign_in(tutor).get(address("answer_list", meeting))
    entry = AccessLogEntry.objects.get()
    assert (entry.actor, entry.subject, entry.action, entry.route) == (
        tutor,
        answered.person,
        "viewed",
        "groups:answer_list",
    )
    assert entry.subject != silent.person


@pytest.mark.parametrize("number", [1, 3])
def test_the_answers_cost_the_same_queries(sign_in, group, meeting, contact, number, django_assert_num_queries):
    for _number in range(number):
        RSVPFactory(meeting=meeting, answered_at=timezone.now())
        KeptMembershipFactory(group=group)
    client = sign_in(contact)
    client.get(address("answer_list", meeting))
    with django_assert_num_queries(8):
        client.get(address("answer_list", meeting))


def test_newcomers_are_pointed_out_with_their_leave(sign_in, group, meeting, contact):
    for name, may_know in (("New", True), ("Private", False)):
        MembershipFactory(group=group, person__preferred_name=name, greeter_may_know=may_know)
    page = sign_in(contact).get(meeting.get_absolute_url()).text
    assert "<strong>New</strong>" in page
    assert "Private" not in page


# How many can come


def test_the_room_is_made_smaller_for_all_that_are_ahead(sign_in, group, contact, meeting):
    series = group.series.create(
        rule="FREQ=WEEKLY;BYDAY=TU",
        first_on=NOW.date(),
        start_time=NOW.time(),
        duration_minutes=60,
        time_zone="Europe/London",
        planned_until=NOW.date(),
        created_at=NOW,
    )
    ahead = [
        MeetingFactory(
            group=group, series=series, original_on=NOW.date() + days * DAY, starts_at=timezone.now() + days * DAY
        )
        for days in (3, 10)
    ]
    client = sign_in(contact)
    assert "Enter 1 or more" in client.post(address("capacity_edit", ahead[0]), {"capacity": "0", "scope": "this"}).text
    client.post(address("capacity_edit", ahead[0]), {"capacity": "6", "scope": "series"})
    series.refresh_from_db()
    assert series.capacity == 6
    assert set(Meeting.objects.filter(series=series).values_list("capacity", flat=True)) == {6}
    client.post(address("capacity_edit", ahead[0]), {"capacity": "", "scope": "this"})
    assert set(Meeting.objects.filter(series=series).values_list("capacity", flat=True)) == {None, 6}


def test_a_single_meeting_is_not_asked_about_others(sign_in, contact, meeting):
    assert "For which meetings?" not in sign_in(contact).get(address("capacity_edit", meeting)).text
