"""Facts put right, records locked and opened, and what checks of the records find."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from evaluation.findings import CHECKS, findings
from evaluation.models import Interview, InterviewCorrection, Observation, RecordLock, Source, TranscriptStep
from evaluation.refusals import (
    LockedAlready,
    NothingToCorrect,
    NotLocked,
    NotToBeRecorded,
    RecordingNotHeld,
    RecordLocked,
)
from evaluation.services.consent import withdraw
from evaluation.services.observation import record_observation
from evaluation.services.record import correct_interview, destroy_recording, lock_record, unlock_record
from evaluation.services.source import add_interview_text, add_observation_note
from evaluation.services.transcript import check_transcript
from peersupport.access.log import looks_at
from tests.evaluation.redacting import approved
from tests.factories import ConsentFormFactory, IdentityKeyFactory, MeetingFactory, StudyMemberFactory

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


@pytest.fixture
def observation(study, group, interviewer, now):
    return record_observation(
        study=study,
        meeting=MeetingFactory(group=group, starts_at=now - timedelta(days=10)),
        has_group_agreed=True,
        present_count=6,
        consents={},
        text="They laugh a lot.",
        by=interviewer,
        now=now,
        observer_role="observer",
        style="paraphrase",
    )


@pytest.fixture
def locked(interview, lead, now):
    lock_record(record=interview, by=lead, now=now)
    return interview


# Locking


def test_locked_interview_takes_no_text_no_step_and_no_correction(interview, interviewer, lead, now):
    source = add_interview_text(interview=interview, kind="transcript", text="P: Hello.", by=interviewer, now=now)
    lock_record(record=interview, by=lead, now=now)
    before = Source.objects.count()
    for refused in (
        lambda: add_interview_text(interview=interview, kind="field_note", text="More.", by=interviewer, now=now),
        lambda: check_transcript(source=source, by=interviewer, now=now),
        lambda: correct_interview(interview=interview, reason="Typing.", by=interviewer, now=now, length_minutes=50),
    ):
        with pytest.raises(RecordLocked):
            refused()
    assert Source.objects.count() == before
    assert InterviewCorrection.objects.count() == 0


def test_locked_observation_takes_no_text(observation, interviewer, lead, now):
    lock_record(record=observation, by=lead, now=now)
    with pytest.raises(RecordLocked):
        add_observation_note(observation=observation, text="More.", by=interviewer, now=now)
    unlock_record(record=observation, reason="A slip in it.", by=lead, now=now)
    assert add_observation_note(observation=observation, text="More.", by=interviewer, now=now).version == 2


def test_the_database_keeps_what_is_locked(locked, observation, interviewer, lead, now):
    lock_record(record=observation, by=lead, now=now)
    common = {"study": locked.study, "version": 9, "text": "More.", "sha256": "0", "added_by": lead, "added_at": now}
    for change in (
        lambda: Interview.objects.filter(pk=locked.pk).update(length_minutes=5),
        lambda: Observation.objects.filter(pk=observation.pk).update(memo="Other"),
        lambda: Source.objects.create(interview=locked, kind="field_note", **common),
        lambda: Source.objects.create(observation=observation, kind="observation_note", **common),
    ):
        with pytest.raises(IntegrityError, match="the record is locked"), transaction.atomic():
            change()
    other = {"interview": None, "observation": None}
    with pytest.raises(IntegrityError, match="lock_of_interview_or_observation"), transaction.atomic():
        RecordLock.objects.create(**other, step="locked", taken_by=lead, taken_at=now)


def test_lock_steps_are_kept_with_their_reasons(locked, lead, now):
    with pytest.raises(LockedAlready):
        lock_record(record=locked, by=lead, now=now)
    unlock_record(record=locked, reason="A slip in it.", by=lead, now=now)
    with pytest.raises(NotLocked):
        unlock_record(record=locked, reason="Again.", by=lead, now=now)
    lock_record(record=locked, by=lead, now=now)
    assert list(RecordLock.objects.values_list("step", "reason")) == [
        ("locked", ""),
        ("unlocked", "A slip in it."),
        ("locked", ""),
    ]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RecordLock.objects.update(reason="Other.")


def test_lead_locks_and_opens_with_a_reason(sign_in, interview, lead, member):
    client = sign_in(lead)
    page = client.post(address("record_lock", "interviews", interview.pk), follow=True)
    assert "This record is locked: its facts and texts stay as they are." in page.text
    for gone in ("interview_correct", "transcript_add", "field_note_add"):
        assert address(gone, interview.pk) not in page.text
    url = address("record_unlock", "interviews", interview.pk)
    assert client.post(url, {"reason": " "}).context["form"].errors == {"reason": ["Enter why you open it again"]}
    page = client.post(url, {"reason": "A slip in it."}, follow=True)
    assert "A slip in it." in page.text
    assert address("field_note_add", interview.pk) in page.text
    routes = [row.route for row in looks_at(member)]
    assert {"evaluation:record_lock", "evaluation:record_unlock"} <= set(routes)


def test_text_for_a_locked_record_gets_a_sentence_and_stays_typed(sign_in, locked, interviewer):
    page = sign_in(interviewer).post(address("field_note_add", locked.pk), {"text": "What I typed."})
    assert page.context["form"].errors == {
        "text": ["This record is locked. A lead of the study can open it again, with a reason."]
    }
    assert "What I typed." in page.text


@pytest.mark.parametrize("duty", ["interviewer", "analyst"])
def test_only_leads_lock(sign_in, study, interview, observation, duty):
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    for kind, record in (("interviews", interview), ("observations", observation)):
        assert client.post(address("record_lock", kind, record.pk)).status_code == 403
        assert client.post(address("record_unlock", kind, record.pk), {"reason": "x"}).status_code == 403
        assert "Lock this record" not in client.get(record.get_absolute_url()).text


def test_lock_of_another_study_is_not_there(sign_in, interview):
    client = sign_in(StudyMemberFactory(duty="lead").person)
    assert client.post(address("record_lock", "interviews", interview.pk)).status_code == 404
    assert RecordLock.objects.count() == 0


# Corrections


def test_correction_keeps_what_had_been_there(interview, interviewer, member, now):
    correct_interview(
        interview=interview, reason="I mistyped it.", by=interviewer, now=now, length_minutes=45, mode="phone"
    )
    interview.refresh_from_db()
    assert interview.length_minutes == 45
    correction = InterviewCorrection.objects.get()
    assert (correction.before, correction.reason) == ({"length_minutes": 30}, "I mistyped it.")
    assert looks_at(member)[0].route == "evaluation:interview_correct"
    with pytest.raises(NothingToCorrect):
        correct_interview(interview=interview, reason="Again.", by=interviewer, now=now, length_minutes=45)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        InterviewCorrection.objects.all().delete()


def test_recording_that_nobody_agreed_to_is_not_written_in_later(interview, interviewer, now):
    with pytest.raises(NotToBeRecorded):
        correct_interview(interview=interview, reason="It ran.", by=interviewer, now=now, recording="held")
    interview.refresh_from_db()
    assert interview.recording == "none"


def posted(**changed):
    return {
        "participant_kind": "member",
        "length_minutes": "30",
        "mode": "phone",
        "setting": "",
        "others_present": "",
        "recording": "none",
        "reason": "I mistyped it.",
        **changed,
    }


def day(value, field="recording_destroyed_on"):
    return {f"{field}_{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


def test_facts_are_put_right_on_a_page_that_shows_what_had_been_there(sign_in, interview, interviewer):
    client = sign_in(interviewer)
    page = client.post(address("interview_correct", interview.pk), posted(participant_kind="left"), follow=True)
    assert page.redirect_chain == [(interview.get_absolute_url(), 302)]
    assert "Left the group" in page.text
    assert "who they were that day had been: Member." in page.text


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"reason": ""}, "reason", "Enter why you change it"),
        (
            {"recording": "destroyed"},
            "recording_destroyed_on",
            "Enter the day the recording was destroyed, like 24 11 2026",
        ),
        ({"length_minutes": "0"}, "length_minutes", "Enter a number that is 1 or more"),
    ],
)
def test_gap_in_a_correction_gets_its_sentence(sign_in, interview, interviewer, changed, field, sentence):
    page = sign_in(interviewer).post(address("interview_correct", interview.pk), posted(**changed))
    assert page.context["form"].errors == {field: [sentence]}
    assert InterviewCorrection.objects.count() == 0


def test_day_a_recording_was_destroyed_fits_the_interview(sign_in, interview, interviewer, now):
    client, url = sign_in(interviewer), address("interview_correct", interview.pk)
    too_early = day((now - timedelta(days=20)).date())
    page = client.post(url, posted(recording="destroyed") | too_early)
    assert page.context["form"].errors == {"recording_destroyed_on": ["Enter a day from the interview until today"]}
    page = client.post(url, posted() | day(now.date()))
    assert page.context["form"].errors == {
        "recording_destroyed_on": ["Leave the day empty, or choose that it is destroyed"]
    }
    page = client.post(url, posted(recording="destroyed") | day(now.date()))
    assert page.context["form"].errors == {
        "recording": ["They had not agreed to a recording when this started. Record their consent first."]
    }


def test_day_a_held_recording_was_destroyed_is_kept(sign_in, interview, interviewer, now):
    Interview.objects.filter(pk=interview.pk).update(recording="held")
    url = address("interview_correct", interview.pk)
    sign_in(interviewer).post(url, posted(recording="destroyed") | day(now.date()))
    interview.refresh_from_db()
    assert (interview.recording, interview.recording_destroyed_on) == ("destroyed", now.date())


def test_recording_is_destroyed_once_and_the_day_stays(sign_in, interview, interviewer, lead, member, now):
    Interview.objects.filter(pk=interview.pk).update(recording="held")
    client, url = sign_in(interviewer), address("recording_destroy", interview.pk)
    assert url in client.get(interview.get_absolute_url()).text
    for wrong in (now + timedelta(days=1), now - timedelta(days=20)):
        page = client.post(url, day(wrong.date(), "destroyed_on"))
        assert page.context["form"].errors == {"destroyed_on": ["Enter a day from the interview until today"]}
    page = client.post(url, day(now.date(), "destroyed_on"), follow=True)
    assert url not in page.text
    interview.refresh_from_db()
    assert (interview.recording, interview.recording_destroyed_on) == ("destroyed", now.date())
    assert looks_at(member)[0].route == "evaluation:interview_detail"
    assert "evaluation:recording_destroy" in [row.route for row in looks_at(member) if row.action == "changed"]
    with pytest.raises(RecordingNotHeld):
        destroy_recording(interview=interview, destroyed_on=now.date(), by=interviewer, now=now)


def test_recording_of_a_locked_interview_stays_as_it_is(interview, interviewer, lead, now):
    Interview.objects.filter(pk=interview.pk).update(recording="held")
    lock_record(record=interview, by=lead, now=now)
    with pytest.raises(RecordLocked):
        destroy_recording(interview=interview, destroyed_on=now.date(), by=interviewer, now=now)


# Findings


def found(study, now):
    return {check.name: [row.pk for row in rows] for check, rows in findings(study, now=now)}


def test_recent_and_whole_interview_has_no_findings(study, interview, now):
    assert found(study, now) == {}


@pytest.mark.parametrize(
    ("change", "later", "name"),
    [
        ({"recording": "held"}, 200, "still_held"),
        ({"recording": "destroyed"}, 0, "no_day"),
        ({"length_minutes": 4}, 0, "odd_length"),
        ({"length_minutes": 181}, 0, "odd_length"),
    ],
)
def test_finding_in_the_facts(study, interview, now, change, later, name):
    Interview.objects.filter(pk=interview.pk).update(**change)
    assert found(study, now + timedelta(days=later)) == {name: [interview.pk]}


@pytest.mark.parametrize("edge", [{"length_minutes": 5}, {"length_minutes": 180}])
def test_usual_facts_are_no_finding(study, interview, now, edge):
    Interview.objects.filter(pk=interview.pk).update(**edge)
    assert found(study, now) == {}


def test_transcript_that_is_missing_or_not_approved_is_found_in_time(
    study, participant, interviewer, lead, now, decide
):
    decide(participant, "interview")
    bare = bare_interview(study, participant, interviewer, now)
    assert found(study, now + timedelta(days=8)) == {}
    assert found(study, now + timedelta(days=10)) == {"no_transcript": [bare.pk]}
    source = add_interview_text(interview=bare, kind="transcript", text="P: Hello.", by=interviewer, now=now)
    assert found(study, now + timedelta(days=10)) == {}
    assert found(study, now + timedelta(days=60)) == {"not_approved": [bare.pk]}
    approved(source, by=interviewer, second=lead, now=now)
    assert found(study, now + timedelta(days=60)) == {"not_locked": [bare.pk]}
    lock_record(record=bare, by=lead, now=now)
    assert found(study, now + timedelta(days=60)) == {}


def bare_interview(study, participant, interviewer, now, **changed):
    return Interview.objects.create(
        **{
            "study": study,
            "participant": participant,
            "participant_kind": "member",
            "interviewer": interviewer,
            "consent_form": study.consent_forms.first(),
            "mode": "phone",
            "started_at": now - timedelta(days=5),
            "length_minutes": 30,
            "recording": "none",
            "created_at": now,
        }
        | changed
    )


def test_distress_without_a_note_and_twice_on_a_day_are_found(study, participant, interviewer, now, decide):
    decide(participant, "interview")
    first = bare_interview(study, participant, interviewer, now, is_distress_protocol_used=True)
    second = bare_interview(study, participant, interviewer, now, started_at=first.started_at + timedelta(minutes=1))
    bare_interview(study, participant, interviewer, now, started_at=first.started_at - timedelta(days=2))
    other = IdentityKeyFactory(participant__study=study).participant
    decide(other, "interview")
    bare_interview(study, other, interviewer, now)
    assert found(study, now) == {"distress_unexplained": [first.pk], "same_day": [first.pk, second.pk]}


def test_person_who_has_not_answered_the_form_in_force_is_found(study, interview, now):
    ConsentFormFactory(study=study, version=2, published_at=now - timedelta(days=1))
    assert found(study, now) == {"earlier_form": [interview.pk]}


def test_nothing_is_asked_about_someone_who_has_withdrawn(study, interview, participant, member, now):
    Interview.objects.filter(pk=interview.pk).update(length_minutes=2)
    assert "odd_length" in found(study, now)
    withdraw(participant=participant, scope="no_collection", by=member, method="own_page", now=now)
    assert found(study, now) == {}


def test_each_check_has_its_own_name():
    names = [check.name for check in CHECKS]
    assert len(names) == len(set(names)) == 9


def test_odd_record_that_was_looked_at_and_locked_is_not_found_again(study, interview, lead, now):
    Interview.objects.filter(pk=interview.pk).update(length_minutes=4, recording="held")
    half_a_year_on = now + timedelta(days=200)
    assert set(found(study, half_a_year_on)) == {"odd_length", "still_held"}
    lock_record(record=interview, by=lead, now=now)
    assert set(found(study, half_a_year_on)) == {"still_held"}


def test_steps_of_a_locked_transcript_are_kept_by_the_database(interview, interviewer, lead, now):
    source = add_interview_text(interview=interview, kind="transcript", text="P: Hello.", by=interviewer, now=now)
    lock_record(record=interview, by=lead, now=now)
    with pytest.raises(IntegrityError, match="the record is locked"), transaction.atomic():
        TranscriptStep.objects.create(source=source, step="checked", taken_by=lead, taken_at=now)
    unlock_record(record=interview, reason="A slip in it.", by=lead, now=now)
    assert check_transcript(source=source, by=interviewer, now=now).step == "checked"


def test_findings_cost_the_same_for_few_and_many(
    sign_in, study, lead, participant, interviewer, now, decide, queries_of
):
    decide(participant, "interview")
    sign_in(lead)
    counts = []
    for more in (1, 3):
        for number in range(more):
            started_at = now - timedelta(days=30 * more + number)
            bare_interview(study, participant, interviewer, now, started_at=started_at)
        counts.append(queries_of(address("finding_list", study.pk)))
    assert counts[0] == counts[1] <= 9


def test_findings_lead_to_their_interviews(sign_in, study, lead, interview, now):
    Interview.objects.filter(pk=interview.pk).update(length_minutes=2)
    page = sign_in(lead).get(address("finding_list", study.pk))
    assert "Shorter than 5 minutes, or longer than 3 hours" in page.text
    assert interview.get_absolute_url() in page.text
