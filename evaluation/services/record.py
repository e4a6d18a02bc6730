"""Putting facts right, and locking what was recorded so that they stay as they are."""

from datetime import date, datetime

from django.db import transaction

from evaluation import looks
from evaluation.consent import obstacle_to_interview
from evaluation.models import Interview, InterviewCorrection, Observation, RecordLock
from evaluation.models.record import is_locked
from evaluation.refusals import (
    LockedAlready,
    NothingToCorrect,
    NotLocked,
    NotToBeRecorded,
    RecordingNotHeld,
    RecordLocked,
)
from members.models import Person
from peersupport.access.log import Action

Record = Interview | Observation
Step = RecordLock.Step


def refuse_if_locked(*, record: Record) -> None:
    """The caller holds a lock on the row, so that nobody locks the record meanwhile."""
    if is_locked(record):
        raise RecordLocked


@transaction.atomic
def lock_record(*, record: Record, by: Person, now: datetime) -> RecordLock:
    """From now on neither its facts nor its texts change."""
    _hold(record)
    if is_locked(record):
        raise LockedAlready
    return _take(record, Step.LOCKED, "", by, now)


@transaction.atomic
def unlock_record(*, record: Record, reason: str, by: Person, now: datetime) -> RecordLock:
    _hold(record)
    if not is_locked(record):
        raise NotLocked
    return _take(record, Step.UNLOCKED, reason, by, now)


@transaction.atomic
def destroy_recording(*, interview: Interview, destroyed_on: date, by: Person, now: datetime) -> None:
    """Write down that the recording, which was held outside of this service, is destroyed."""
    interview = Interview.objects.select_for_update(of=("self",)).select_related("participant").get(pk=interview.pk)
    refuse_if_locked(record=interview)
    if interview.recording != Interview.Recording.HELD:
        raise RecordingNotHeld
    interview.recording = Interview.Recording.DESTROYED
    interview.recording_destroyed_on = destroyed_on
    interview.save(update_fields=["recording", "recording_destroyed_on"])
    _log_change(interview, by, "evaluation:recording_destroy", now)


@transaction.atomic
def correct_interview(*, interview: Interview, reason: str, by: Person, now: datetime, **facts) -> InterviewCorrection:
    """Put `facts` right; what they had been is kept. A recording that is held needs the consent an interview needs."""
    interview = Interview.objects.select_for_update(of=("self",)).select_related("participant").get(pk=interview.pk)
    refuse_if_locked(record=interview)
    before = {name: getattr(interview, name) for name, value in facts.items() if getattr(interview, name) != value}
    if not before:
        raise NothingToCorrect
    if facts.get("recording", Interview.Recording.NONE) != Interview.Recording.NONE and "recording" in before:
        _refuse_without_consent(interview, now)
    for name in before:
        setattr(interview, name, facts[name])
    interview.save(update_fields=list(before))
    _log_change(interview, by, "evaluation:interview_correct", now)
    return InterviewCorrection.objects.create(
        interview=interview,
        before={name: _as_text(value) for name, value in before.items()},
        reason=reason,
        corrected_by=by,
        corrected_at=now,
    )


def _refuse_without_consent(interview, now):
    if interview.recording == Interview.Recording.NONE and obstacle_to_interview(
        interview.participant, started_at=interview.started_at, is_recorded=True, now=now
    ):
        raise NotToBeRecorded


def _as_text(value):
    return value.isoformat() if isinstance(value, date) else value


def _hold(record):
    type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)


def _take(record, step, reason, by, now):
    field = "interview" if isinstance(record, Interview) else "observation"
    entry = RecordLock.objects.create(**{field: record}, step=step, reason=reason, taken_by=by, taken_at=now)
    _log_change(record, by, "evaluation:record_lock" if step == Step.LOCKED else "evaluation:record_unlock", now)
    return entry


def _log_change(record, by, route, now):
    participants = [record.participant] if isinstance(record, Interview) else record.described()
    looks.record(actor=by, action=Action.CHANGED, obj=record, participants=participants, route=route, now=now)
