"""What a meeting's pages and mails let whom know: places, names, newcomers, and who looked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups import refusals
from groups.models import RSVP, BringItem, Meeting, Membership
from groups.services.answer import answer_meeting, note_answer, set_capacity
from groups.services.around_meeting import add_bring_item, take_bring_item, write_note
from groups.services.attendance import record_attendance
from groups.services.membership import resume_membership
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from tests.factories import (
    AttendanceFactory,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group")


@pytest.fixture
def meeting(group, now):
    return MeetingFactory(group=group, starts_at=now + 5 * DAY)


@pytest.fixture
def past(group, now):
    return MeetingFactory(group=group, starts_at=now - DAY)


@pytest.fixture
def contact(group):
    return RoleTermFactory(group=group, person=MembershipFactory(group=group).person).person


@pytest.fixture
def tutor(group):
    return RoleTermFactory(group=group, role="tutor").person


@pytest.fixture
def three(group, meeting, now):
    """Ann, Ben and Cas, who come in this order and let others see it."""
    names = ("Ann", "Ben", "Cas")
    members = [MembershipFactory(group=group, person__preferred_name=name, shows_answer=True) for name in names]
    for number, member in enumerate(members):
        answer_meeting(meeting=meeting, answer="coming", by=member.person, now=now - (3 - number) * MINUTE)
    return members


def told():
    messages = Message.objects.filter(kind="groups.place_changed").select_related("recipient").order_by("pk")
    return [message.recipient.preferred_name for message in messages]


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


# Places


@pytest.mark.parametrize(("before", "after"), [(1, None), (None, 1)])
def test_whoever_gains_or_loses_a_place_with_the_limit_itself_is_told(three, meeting, now, before, after):
    Meeting.objects.filter(pk=meeting.pk).update(capacity=before)
    set_capacity(meeting=meeting, capacity=after, is_for_series=False, by=three[0].person, now=now + DAY)
    assert told() == ["Ben", "Cas"]


def test_whoever_tells_someone_without_an_account_hears_of_their_place(group, meeting, three, contact, now):
    Meeting.objects.filter(pk=meeting.pk).update(capacity=3)
    kept = KeptMembershipFactory(group=group, told_by=three[0].person)
    note_answer(meeting=meeting, membership=kept, answer="coming", by=contact, now=now + 5 * MINUTE)
    answer_meeting(meeting=meeting, answer="cannot", by=three[1].person, now=now + DAY)
    assert told() == ["Ann"]


def test_those_who_wait_are_neither_counted_nor_named_as_coming(sign_in, group, meeting, three, contact):
    Meeting.objects.filter(pk=meeting.pk).update(capacity=1)
    page = sign_in(contact).get(meeting.get_absolute_url())
    assert (page.context["shown"], page.context["coming"], page.context["waiting"]) == (["Ann"], 1, 2)
    assert "2 people are on the waiting list." in page.text


def test_waiting_is_said_at_once_and_on_the_home_page(sign_in, group, meeting, three):
    Meeting.objects.filter(pk=meeting.pk).update(capacity=3)
    client = sign_in(MembershipFactory(group=group).person)
    page = client.post(address("meeting_answer", meeting), {"answer": "coming"}, follow=True).text
    assert "The room is full just now. You are on the waiting list." in page
    assert "Your answer is saved" not in page
    assert "You are 1st on the waiting list" in client.get("/").text


def test_whoever_comes_back_from_a_break_usually_comes_again(group, meeting, now):
    member = MembershipFactory(group=group, state="paused", usually_comes=True)
    resume_membership(membership=member, by=member.person, now=now)
    assert RSVP.objects.get().is_standing


# Who is named


@pytest.mark.parametrize("state", ["left", "died"])
def test_nobody_is_named_after_they_have_gone(sign_in, group, past, contact, now, state):
    gone = MembershipFactory(group=group, person__preferred_name="Gonzalo", shows_answer=True)
    RSVPFactory(meeting=past, membership=gone, answered_at=now - 2 * DAY)
    BringItem.objects.create(meeting=past, what="Milk", added_by=gone.person, added_at=now, taken_by=gone)
    client = sign_in(contact)
    assert client.get(past.get_absolute_url()).text.count("Gonzalo") == 2
    Membership.objects.filter(pk=gone.pk).update(state=state, ended_at=now)
    assert "Gonzalo" not in client.get(past.get_absolute_url()).text


@pytest.mark.parametrize(("shows", "words"), [(True, "Your group sees that you come."), (False, "You, and those who")])
def test_the_page_says_truly_who_sees_an_answer(sign_in, group, meeting, shows, words):
    member = MembershipFactory(group=group, shows_answer=shows)
    assert words in sign_in(member.person).get(meeting.get_absolute_url()).text


def test_newcomers_are_for_role_holders_only(sign_in, group, meeting, contact, tutor):
    MembershipFactory(group=group, person__preferred_name="Nia", greeter_may_know=True)
    assert "Nia" in sign_in(contact).get(meeting.get_absolute_url()).text
    assert "Nia" not in sign_in(tutor).get(meeting.get_absolute_url()).text


def test_a_newcomer_who_cannot_come_is_not_looked_out_for(sign_in, group, meeting, contact, now):
    newcomer = MembershipFactory(group=group, person__preferred_name="Nia", greeter_may_know=True)
    RSVPFactory(meeting=meeting, membership=newcomer, answer="cannot", answered_at=now)
    assert "Nia" not in sign_in(contact).get(meeting.get_absolute_url()).text


def test_someone_having_a_break_is_in_the_list_of_answers(sign_in, group, meeting, contact, now):
    member = MembershipFactory(group=group, person__preferred_name="Paulo", state="paused")
    answer_meeting(meeting=meeting, answer="coming", by=member.person, now=now)
    assert "Paulo" in sign_in(contact).get(address("answer_list", meeting)).text


def test_nobody_notes_an_answer_for_someone_with_an_account(sign_in, group, meeting, contact):
    other = MembershipFactory(group=group)
    note = reverse("groups:answer_note", args=[meeting.pk, other.pk])
    page = sign_in(contact).post(note, {"answer": "coming"}, follow=True).text
    assert "This member has an account, and answers for themselves." in page
    assert not RSVP.objects.exists()


# Who looked


def test_a_tutors_look_at_who_came_is_written_down(sign_in, past, tutor):
    noted = AttendanceFactory(meeting=past, outcome="apologies")
    sign_in(tutor).get(address("attendance_record", past))
    entry = AccessLogEntry.objects.get(route="groups:attendance_record")
    assert (entry.actor, entry.subject, entry.action) == (tutor, noted.membership.person, "viewed")


def test_a_contact_having_a_break_is_no_look_from_outside(sign_in, group, meeting, now):
    RSVPFactory(meeting=meeting, answered_at=now)
    contact = MembershipFactory(group=group, state="paused").person
    RoleTermFactory(group=group, person=contact)
    sign_in(contact).get(address("answer_list", meeting))
    assert not AccessLogEntry.objects.exists()


@pytest.mark.parametrize("number", [1, 12])
def test_a_tutor_records_any_number_at_the_same_cost(group, past, tutor, now, number, django_assert_num_queries):
    members = [MembershipFactory(group=group) for _number in range(number)]
    with django_assert_num_queries(9):
        record_attendance(meeting=past, outcomes={member.pk: "attended" for member in members}, by=tutor, now=now)


# Twice, and too late


def test_the_same_note_sent_twice_is_no_conflict(past, contact, now):
    notes = [write_note(meeting=past, text="We book the hall.", base=None, by=contact, now=now) for _time in range(2)]
    assert notes[0] == notes[1]


def test_taking_something_twice_is_taking_it_once(group, meeting, contact, now):
    item = add_bring_item(meeting=meeting, what="Milk", by=contact, now=now)
    for _time in range(2):
        take_bring_item(item=item, by=contact, now=now)
    item.refresh_from_db()
    assert item.taken_by.person == contact


def test_nothing_is_taken_on_for_a_meeting_that_is_over(meeting, contact, now):
    item = add_bring_item(meeting=meeting, what="Milk", by=contact, now=now)
    with pytest.raises(refusals.MeetingOver):
        take_bring_item(item=item, by=contact, now=now + 9 * DAY)


def test_a_note_needs_a_meeting_that_has_begun(sign_in, meeting, contact):
    page = sign_in(contact).post(address("note_edit", meeting), {"text": "We book the hall.", "base": ""}).text
    assert ("This meeting has not begun." in page, "We book the hall." in page) == (True, True)


def test_a_cancelled_meeting_decided_nothing(sign_in, group, contact, now):
    cancelled = MeetingFactory(group=group, starts_at=now - DAY, state="cancelled", cancel_reason="Snow")
    page = sign_in(contact).post(address("note_edit", cancelled), {"text": "We book the hall.", "base": ""}).text
    assert ("nothing was decided there" in page, "We book the hall." in page) == (True, True)


def test_the_numbers_over_time_are_reached_from_past_meetings(sign_in, group, past, contact):
    page = sign_in(contact).get(address("meeting_list", group) + "?past").text
    assert address("attendance_over_time", group) in page
