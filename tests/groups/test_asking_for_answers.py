"""An organiser asks those who have said nothing yet whether they come."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups import refusals
from groups.services.answer import answer_meeting, ask_for_answers
from groups.services.meeting import cancel_meeting, move_meeting
from peersupport.reminders.models import Message
from peersupport.reminders.services import choose_reminders
from tests.factories import (
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
)
from tests.messages import html_of, letter_of, reason_against

pytestmark = pytest.mark.django_db
KIND = "groups.answer_wanted"
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group")


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group).person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def meeting(group, now):
    return MeetingFactory(group=group, starts_at=now + 5 * DAY)


@pytest.fixture
def silent(group):
    return MembershipFactory(group=group).person


def asked():
    return set(Message.objects.filter(kind=KIND).values_list("recipient", flat=True))


def why_not():
    message = Message.objects.get(kind=KIND)
    return reason_against(message, timezone.now())


def test_only_those_who_take_part_and_said_nothing_are_asked(group, contact, meeting, silent, now):
    answered = MembershipFactory(group=group)
    RSVPFactory(meeting=meeting, membership=answered, answer="not_sure", answered_at=now)
    before_the_move = MembershipFactory(group=group)
    RSVPFactory(meeting=meeting, membership=before_the_move, answer="coming", answered_at=meeting.changed_at - DAY)
    MembershipFactory(group=group, state="paused")
    KeptMembershipFactory(group=group)
    assert ask_for_answers(meeting=meeting, by=contact, now=now) == 2
    assert asked() == {silent.pk, before_the_move.person_id}


def test_nobody_is_asked_twice_and_newcomers_are_asked_once(group, contact, meeting, silent, now):
    ask_for_answers(meeting=meeting, by=contact, now=now)
    with pytest.raises(refusals.EveryoneHasAnswered):
        ask_for_answers(meeting=meeting, by=contact, now=now)
    newcomer = MembershipFactory(group=group).person
    assert ask_for_answers(meeting=meeting, by=contact, now=now) == 1
    assert asked() == {silent.pk, newcomer.pk}


def test_who_does_not_want_to_be_asked_is_not_and_does_not_count(contact, meeting, silent, now):
    choose_reminders(person_id=silent.pk, wanted={KIND: False}, now=now)
    with pytest.raises(refusals.EveryoneHasAnswered):
        ask_for_answers(meeting=meeting, by=contact, now=now)
    assert asked() == set()


def test_after_a_move_it_is_a_new_question(contact, meeting, silent, now):
    ask_for_answers(meeting=meeting, by=contact, now=now)
    day = timezone.localdate(meeting.starts_at + DAY)
    move_meeting(
        meeting=meeting,
        on=day,
        start_time=meeting.starts_at.time(),
        duration_minutes=60,
        venue=None,
        by=contact,
        now=now,
    )
    assert why_not() == "The meeting has been changed since."
    assert ask_for_answers(meeting=meeting, by=contact, now=now) == 1


def test_whoever_answers_meanwhile_is_left_in_peace(contact, meeting, silent, now):
    ask_for_answers(meeting=meeting, by=contact, now=now)
    assert why_not() == ""
    answer_meeting(meeting=meeting, answer="cannot", by=silent, now=now)
    assert why_not() == "They have answered."


def test_a_meeting_that_is_off_or_over_is_no_question(group, contact, meeting, silent, now):
    ask_for_answers(meeting=meeting, by=contact, now=now)
    cancel_meeting(meeting=meeting, reason="Snow", by=contact, now=now)
    assert why_not() == "The meeting was cancelled."
    for closed in (meeting, MeetingFactory(group=group, starts_at=now - DAY)):
        with pytest.raises(refusals.MeetingOver):
            ask_for_answers(meeting=closed, by=contact, now=now)


def test_the_mail_asks_and_leaves_every_answer_open(contact, meeting, silent, now):
    ask_for_answers(meeting=meeting, by=contact, now=now)
    message = Message.objects.get(kind=KIND)
    letter = letter_of(message)
    html = html_of(letter)
    assert letter.subject.startswith("Will you come on ")
    for body in (letter.body, html):
        assert "Tuesday group would like to know whether you come." in body
        assert meeting.get_absolute_url() in body


def test_one_tap_on_the_page_says_how_many(client, contact, meeting, silent):
    client.force_login(contact)
    page = client.get(reverse("groups:answer_list", args=[meeting.pk])).text
    address = reverse("groups:answer_ask", args=[meeting.pk])
    assert address in page
    assert "1 member is asked." in client.post(address, follow=True).text
    assert (
        "Everyone has answered, was asked already, or does not want to be asked."
        in client.post(address, follow=True).text
    )
