"""An interview while it is held: who may begin one, what is kept of it, and that two tablets lose nothing."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from evaluation.models import Talk, TalkEntry
from evaluation.refusals import NothingMoreKept, NotPlanned, NotToBeAsked, NumberTaken, RecordLocked
from evaluation.services.appointment import cancel_appointment, move_appointment
from evaluation.services.consent import withdraw
from evaluation.services.interview import record_interview
from evaluation.services.record import lock_record, unlock_record
from evaluation.services.talk import add_talk_entry, end_talk, start_talk, start_talk_unplanned
from evaluation.talk_notes import field_note_of, stamp_of, written
from tests.evaluation.interviewing import FACTS, plan, publish
from tests.factories import ParticipantFactory, TalkEntryFactory, TalkFactory, TopicGuideFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agreed(participant, decide):
    decide(participant, "interview")
    return participant


@pytest.fixture
def guide(study, lead, now):
    return publish(study, lead, now)


@pytest.fixture
def appointment(agreed, interviewer, now):
    return plan(agreed, interviewer, now)


@pytest.fixture
def talk(appointment, guide, interviewer, now):
    return start_talk(appointment=appointment, topic_guide=guide, by=interviewer, now=now)


def add(talk, kind="note", *, at=0, **more):
    """An entry so many minutes into the talk."""
    text = {"text": "She laughed."} if kind in ("note", "cared") else {}
    made = {"talk": talk, "kind": kind, "by": talk.started_by, "now": talk.started_at + at * MINUTE}
    return add_talk_entry(**made | text | more)


def question(talk, number):
    return talk.topic_guide.prompts.get(number=number)


# Beginning


def test_what_was_planned_begins_once(appointment, guide, interviewer, lead, now):
    talk = start_talk(appointment=appointment, topic_guide=guide, by=interviewer, now=now)
    again = start_talk(appointment=appointment, topic_guide=None, by=lead, now=now + MINUTE)
    assert again == talk
    assert (talk.participant, talk.topic_guide, talk.started_by, talk.started_at) == (
        appointment.participant,
        guide,
        interviewer,
        now,
    )


def test_someone_who_is_here_now_can_be_interviewed_without_an_appointment(agreed, guide, interviewer, now):
    talk = start_talk_unplanned(participant=agreed, topic_guide=guide, by=interviewer, now=now)
    assert talk.appointment is None
    assert start_talk_unplanned(participant=agreed, topic_guide=None, by=interviewer, now=now + MINUTE) == talk


def test_consent_is_asked_once_more(appointment, agreed, decide, interviewer, now):
    decide(agreed, "interview", "withdrawn", days_ago=0)
    with pytest.raises(NotToBeAsked, match="taken their consent back"):
        start_talk(appointment=appointment, topic_guide=None, by=interviewer, now=now + MINUTE)
    assert Talk.objects.count() == 0


def test_nobody_who_has_not_agreed_is_interviewed(participant, form, interviewer, now):
    with pytest.raises(NotToBeAsked, match="have not agreed"):
        start_talk_unplanned(participant=participant, topic_guide=None, by=interviewer, now=now)


def test_what_was_cancelled_does_not_begin(appointment, interviewer, now):
    cancel_appointment(appointment=appointment, reason="Snow", by=interviewer, now=now)
    with pytest.raises(NotPlanned):
        start_talk(appointment=appointment, topic_guide=None, by=interviewer, now=now)


def test_what_has_begun_is_not_moved_any_more(talk, appointment, interviewer, now):
    when = {"starts_on": (now + timedelta(days=3)).date(), "start_time": now.time()}
    with pytest.raises(NotPlanned):
        move_appointment(appointment=appointment, by=interviewer, now=now, **when, **FACTS)


# Entries


def test_a_note_has_its_minute_and_its_question(talk):
    entry = add(talk, at=12, prompt=question(talk, 2))
    assert (entry.minute, stamp_of(entry)) == (12, "12 minutes, question 2")
    assert stamp_of(add(talk, at=1)) == "1 minute"


def test_what_comes_late_has_the_time_at_which_it_was_written(talk):
    entry = add(talk, at=30, seconds_ago=20 * 60)
    assert (entry.minute, entry.received_at - entry.at) == (10, 20 * MINUTE)
    # A clock that is wrong puts nothing before the beginning.
    assert add(talk, at=5, seconds_ago=3600).minute == 0


def test_sent_twice_is_one(talk):
    guid = uuid.uuid4()
    first, again = add(talk, at=3, guid=guid), add(talk, at=4, guid=guid, seconds_ago=60)
    assert first == again
    assert TalkEntry.objects.count() == 1


def test_a_number_of_another_talk_is_refused(talk, study):
    other = TalkFactory(study=study)
    taken = TalkEntryFactory(talk=other)
    with pytest.raises(NumberTaken):
        add(talk, guid=taken.guid)


def test_the_latest_tick_counts_and_two_tablets_add_up(talk, lead):
    first, second = question(talk, 1), question(talk, 2)
    add(talk, "covered", at=2, prompt=first)
    add(talk, "covered", at=3, prompt=second, by=lead)
    assert written(talk).covered == [1, 2]
    add(talk, "uncovered", at=4, prompt=first)
    assert written(talk).covered == [2]
    # An older tick that comes late, from a tablet without a connection, is not the latest.
    add(talk, "covered", at=9, prompt=first, seconds_ago=6 * 60)
    assert written(talk).covered == [2]


def test_a_pause_keeps_the_protocol_that_was_shown(talk, study):
    study.distress_protocol = "Have tea."
    study.save()
    talk.refresh_from_db()
    entry = add(talk, "paused", at=5)
    study.distress_protocol = "Something else."
    study.save()
    entry.refresh_from_db()
    assert entry.text == "Have tea."
    assert written(talk).is_protocol_used


def test_what_comes_after_the_end_is_kept_too(talk, interviewer):
    end_talk(talk=talk, by=interviewer, now=talk.started_at + 40 * MINUTE)
    add(talk, at=45, seconds_ago=10 * 60)
    assert TalkEntry.objects.get().minute == 35


@pytest.mark.parametrize("scope", ["no_collection", "remove"])
def test_once_they_withdraw_nothing_more_is_kept(talk, member, scope):
    withdraw(participant=talk.participant, scope=scope, by=member, method="voice", now=talk.started_at + 5 * MINUTE)
    with pytest.raises(NothingMoreKept):
        add(talk, at=6)
    talk.refresh_from_db()
    assert talk.ended_at == talk.started_at + 5 * MINUTE


def test_no_more_contact_lets_the_notes_of_this_interview_stand(talk, member):
    now = talk.started_at + 5 * MINUTE
    withdraw(participant=talk.participant, scope="no_contact", by=member, method="voice", now=now)
    add(talk, at=6)
    assert TalkEntry.objects.count() == 1


def test_notes_of_someone_who_asked_for_removal_are_closed(talk, interviewer, member):
    assert list(Talk.objects.visible_to(interviewer)) == [talk]
    withdraw(participant=talk.participant, scope="remove", by=member, method="voice", now=talk.started_at + MINUTE)
    assert list(Talk.objects.visible_to(interviewer)) == []


# What the database refuses


def test_entries_can_not_be_changed_or_deleted(talk):
    add(talk)
    for statement in ("UPDATE evaluation_talkentry SET text = 'x'", "DELETE FROM evaluation_talkentry"):
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"kind": "covered", "text": ""}, {"kind": "paused", "text": ""}, {"kind": "sung"}]
)
def test_an_entry_says_what_its_kind_says(wrong):
    with pytest.raises(IntegrityError, match="talk_entry_"), transaction.atomic():
        TalkEntryFactory(**wrong)


def test_a_question_of_another_guide_is_refused(talk, study):
    stranger = TopicGuideFactory(study=study, kind="tutor").prompts.first()
    with pytest.raises(IntegrityError, match="not of this guide"), transaction.atomic():
        TalkEntryFactory(talk=talk, prompt=stranger)


def test_one_talk_at_a_time_with_one_person(talk):
    with pytest.raises(IntegrityError, match="one_open_talk"), transaction.atomic():
        TalkFactory(study=talk.study, participant=talk.participant)
    TalkFactory(study=talk.study, participant=ParticipantFactory(study=talk.study))


# The record


def test_ended_twice_it_ended_the_first_time(talk, interviewer, lead):
    for by, minutes in ((interviewer, 41), (lead, 50)):
        end_talk(talk=talk, by=by, now=talk.started_at + minutes * MINUTE)
    talk.refresh_from_db()
    assert written(talk).length_minutes == 41


@pytest.mark.parametrize(("seconds", "minutes"), [(5, 1), (89, 1), (91, 2), (100 * 3600, 600)])
def test_a_length_is_one_that_can_be_recorded(talk, interviewer, seconds, minutes):
    end_talk(talk=talk, by=interviewer, now=talk.started_at + timedelta(seconds=seconds))
    assert written(talk).length_minutes == minutes


def test_the_field_note_begins_with_all_that_was_written_down(talk):
    add(talk, at=2, prompt=question(talk, 1))
    add(talk, "covered", at=3, prompt=question(talk, 1))
    add(talk, "paused", at=8)
    add(talk, "cared", at=15, text="Had tea.")
    add(talk, at=20, text="Two lines\nof one note.")
    assert field_note_of(written(talk)) == (
        "[2 minutes, question 1] She laughed.\n\n"
        "[8 minutes] The distress protocol was used.\n\n"
        "[15 minutes] What was done: Had tea.\n\n"
        "[20 minutes] Two lines\nof one note.\n\n"
        "Questions not covered: 2"
    )


def test_without_notes_there_is_no_field_note(talk):
    assert field_note_of(written(talk)) == ""
    talk.topic_guide = None
    assert (written(talk).asked, field_note_of(written(talk))) == ([], "")


def record(talk, by, now, **more):
    facts = {"recording": "none", "participant_kind": "member", "mode": "phone", "length_minutes": 40}
    made = {"participant": talk.participant, "started_at": talk.started_at, "topic_guide": talk.topic_guide}
    return record_interview(by=by, now=now, talk=talk, **made, **facts, **more)


def test_recording_settles_talk_and_appointment(talk, appointment, interviewer):
    interview = record(talk, interviewer, talk.started_at + 60 * MINUTE, field_note="She laughed.")
    talk.refresh_from_db()
    appointment.refresh_from_db()
    assert (talk.interview, talk.ended_at) == (interview, talk.started_at + 60 * MINUTE)
    assert (appointment.state, appointment.interview) == ("held", interview)
    assert interview.sources.get(kind="field_note").text == "She laughed."
    # Recorded twice, with another start, it is the same interview.
    talk.started_at += MINUTE
    assert record(talk, interviewer, talk.started_at + 90 * MINUTE) == interview


@pytest.mark.parametrize("number", [1, 3])
def test_a_talk_is_read_in_as_many_queries_however_long(talk, number, django_assert_num_queries):
    for minute in range(number):
        add(talk, at=minute, prompt=question(talk, 1))
    talk = Talk.objects.select_related("topic_guide").get()
    with django_assert_num_queries(2):
        assert len(written(talk).latest_first) == number


# A record that is locked


@pytest.fixture
def recorded(talk, interviewer, now):
    """Recorded, and one note in it."""
    add(talk, at=3, guid=uuid.UUID(int=1))
    return record_interview(
        participant=talk.participant,
        by=interviewer,
        now=now + 60 * MINUTE,
        started_at=talk.started_at,
        talk=talk,
        recording="none",
        participant_kind="member",
        mode="phone",
        length_minutes=40,
    )


@pytest.mark.parametrize("kind", ["note", "covered", "paused", "cared"])
def test_a_locked_record_takes_no_entry_until_it_is_opened(talk, recorded, lead, now, kind):
    about = {"prompt": question(talk, 1)} if kind == "covered" else {}
    lock_record(record=recorded, by=lead, now=now)
    with pytest.raises(RecordLocked):
        add(talk, kind, at=50, **about)
    assert TalkEntry.objects.count() == 1
    unlock_record(record=recorded, reason="A note came late.", by=lead, now=now)
    assert add(talk, kind, at=50, **about).kind == kind


def test_what_was_kept_before_the_lock_can_be_sent_again(talk, recorded, lead, now):
    lock_record(record=recorded, by=lead, now=now)
    assert add(talk, at=50, guid=uuid.UUID(int=1)) == TalkEntry.objects.get()


def test_the_database_keeps_the_notes_of_a_locked_record(talk, recorded, lead, now):
    lock_record(record=recorded, by=lead, now=now)
    with pytest.raises(IntegrityError, match="the record is locked"), transaction.atomic():
        TalkEntryFactory(talk=talk)
