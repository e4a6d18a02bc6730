"""Two tablets, or an interviewer and a participant, at the same moment: real transactions on several connections."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.models import Appointment, Interview, Talk, TalkEntry, TopicGuide
from evaluation.services.appointment import call_off_appointment, cancel_appointment, move_appointment
from evaluation.services.consent import withdraw
from evaluation.services.interview import record_interview
from evaluation.services.talk import add_talk_entry, end_talk, start_talk, start_talk_unplanned
from evaluation.talk_notes import written
from peersupport.reminders.models import Message
from tests.evaluation.interviewing import FACTS, plan, publish
from tests.evaluation.test_at_once import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agreed(participant, decide):
    decide(participant, "interview")
    return participant


@pytest.fixture
def talk(agreed, study, lead, interviewer, now):
    guide = publish(study, lead, now)
    return start_talk_unplanned(participant=agreed, topic_guide=guide, by=interviewer, now=now)


def test_guides_published_at_once_get_numbers_of_their_own(study, lead, now):
    at_once(*[lambda number=number: publish(study, lead, now, text=f"Question {number}?") for number in range(3)])
    assert sorted(TopicGuide.objects.values_list("version", flat=True)) == [1, 2, 3]


def test_an_appointment_sent_twice_at_once_is_one(agreed, interviewer, member, now):
    results = at_once(*[lambda: plan(agreed, interviewer, now)] * 4)
    assert kinds(results) == ["Appointment"] * 4
    assert (Appointment.objects.count(), Message.objects.count()) == (1, 2)


def test_a_withdrawal_during_a_move_ends_it_either_way(agreed, interviewer, member, now):
    appointment = plan(agreed, interviewer, now)
    day = (now + timedelta(days=9)).date()

    def move():
        when = {"starts_on": day, "start_time": now.time().replace(microsecond=0)}
        return move_appointment(appointment=appointment, by=interviewer, now=timezone.now(), **when, **FACTS)

    def stop():
        return withdraw(participant=agreed, scope="remove", by=member, method="own_page", now=timezone.now())

    at_once(move, stop, move)
    appointment.refresh_from_db()
    assert appointment.state == "cancelled"
    waiting = Message.objects.filter(state="pending")
    assert set(waiting.values_list("kind", "recipient", "schedule_version")) == {
        ("evaluation.appointment_cancelled", interviewer.pk, appointment.sequence)
    }


def test_both_sides_cancelling_at_once_is_one_cancellation(agreed, interviewer, member, now):
    appointment = plan(agreed, interviewer, now)
    results = at_once(
        lambda: cancel_appointment(appointment=appointment, reason="Snow", by=interviewer, now=now),
        lambda: call_off_appointment(appointment=appointment, reason="", by=member, now=now),
    )
    assert kinds(results) == ["Appointment", "NotPlanned"]
    appointment.refresh_from_db()
    assert appointment.sequence == 1
    assert Message.objects.filter(kind="evaluation.appointment_cancelled").count() == 2


def test_two_tablets_that_begin_at_once_share_one_talk(agreed, interviewer, lead, now):
    appointment = plan(agreed, interviewer, now)
    begun = [
        lambda by=by: start_talk(appointment=appointment, topic_guide=None, by=by, now=now)
        for by in (interviewer, lead, interviewer)
    ]
    results = at_once(*begun, lambda: start_talk_unplanned(participant=agreed, topic_guide=None, by=lead, now=now))
    assert kinds(results) == ["Talk"] * 4
    assert Talk.objects.count() == 1


def test_what_two_tablets_write_at_once_adds_up(talk, interviewer, lead, now):
    first, second = talk.topic_guide.prompts.all()
    guid = uuid.uuid4()

    def add(by, kind, **more):
        return lambda: add_talk_entry(talk=talk, kind=kind, by=by, now=now + timedelta(minutes=3), **more)

    results = at_once(
        add(interviewer, "note", text="She laughed.", guid=guid),
        add(interviewer, "note", text="She laughed.", guid=guid),
        add(lead, "note", text="He came in.", prompt=second),
        add(interviewer, "covered", prompt=first),
        add(lead, "covered", prompt=second),
        add(lead, "paused"),
    )
    assert kinds(results) == ["TalkEntry"] * 6
    whole = written(talk)
    assert whole.covered == [1, 2]
    assert sorted(entry.text for entry in whole.entries if entry.kind == "note") == ["He came in.", "She laughed."]
    assert TalkEntry.objects.count() == 5


def test_ending_and_recording_at_once_is_one_interview(talk, interviewer, lead, now):
    facts = {"recording": "none", "participant_kind": "member", "mode": "phone", "length_minutes": 40}
    later = now + timedelta(hours=1)

    def record(by):
        started = {"participant": talk.participant, "started_at": talk.started_at}
        return lambda: record_interview(by=by, now=later, talk=talk, field_note="Note.", **started, **facts)

    at_once(
        record(interviewer),
        record(lead),
        lambda: end_talk(talk=talk, by=interviewer, now=later),
        lambda: end_talk(talk=talk, by=lead, now=later + timedelta(minutes=1)),
    )
    interview = Interview.objects.get()
    talk.refresh_from_db()
    assert talk.interview == interview
    assert interview.sources.count() == 1
