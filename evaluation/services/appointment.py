"""Appointments for interviews: planned, moved, called off, missed. Both sides hear of it, with a calendar entry."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from evaluation import looks
from evaluation.consent import Obstacle, obstacle_to_appointment
from evaluation.models import Appointment, IdentityKey, Interview, Participant, Talk
from evaluation.refusals import (
    InThePast,
    NotOverYet,
    NotPlanned,
    NotToBeAsked,
    PlannedAlready,
    sentence_about,
)
from evaluation.reminders.appointment import CANCELLED, COMING, MOVED, PLANNED
from groups.recurrence import moment_of
from members.models import Person
from peersupport.access.log import Action
from peersupport.reminders import outbox

State = Appointment.State
#: An interview that starts within this time of an appointment is what came of it.
SAME_DAY = timedelta(hours=18)


@transaction.atomic
def plan_appointment(
    *,
    participant: Participant,
    interviewer: Person,
    second_interviewer: Person | None,
    starts_on: date,
    start_time: time,
    length_minutes: int,
    mode: str,
    place: str,
    by: Person,
    now: datetime,
) -> Appointment:
    """An appointment by the clock of the study's groups. The same again is the one there is."""
    Participant.objects.select_for_update().get(pk=participant.pk)
    if obstacle := obstacle_to_appointment(participant, now):
        raise NotToBeAsked(obstacle)
    zone = participant.study.time_zone
    times = _times(starts_on, start_time, length_minutes, zone, now)
    facts = {"interviewer": interviewer, "second_interviewer": second_interviewer, "mode": mode, "place": place}
    known = Appointment.objects.planned().filter(participant=participant).first()
    if known and all(getattr(known, name) == value for name, value in (facts | times).items()):
        return known
    if known:
        raise PlannedAlready
    appointment = Appointment.objects.create(
        study_id=participant.study_id,
        participant=participant,
        time_zone=zone,
        planned_by=by,
        changed_at=now,
        created_at=now,
        **facts,
        **times,
    )
    _log(appointment, by, Action.ADDED, "evaluation:appointment_plan", now)
    _tell(PLANNED, appointment, until=appointment.starts_at, now=now)
    return appointment


@transaction.atomic
def move_appointment(
    *,
    appointment: Appointment,
    starts_on: date,
    start_time: time,
    length_minutes: int,
    mode: str,
    place: str,
    by: Person,
    now: datetime,
) -> Appointment:
    """Another time or place. What is the same already changes nothing, and nobody is told."""
    locked = _locked(appointment)
    if Talk.objects.filter(appointment=locked).exists():
        raise NotPlanned
    if obstacle := obstacle_to_appointment(locked.participant, now):
        raise NotToBeAsked(obstacle)
    times = _times(starts_on, start_time, length_minutes, locked.time_zone, now)
    changes = {**times, "mode": mode, "place": place}
    if all(getattr(locked, name) == value for name, value in changes.items()):
        return locked
    _change(locked, now, "The appointment was moved.", **changes)
    _log(locked, by, Action.CHANGED, "evaluation:appointment_move", now)
    _tell(MOVED, locked, until=locked.starts_at, now=now)
    return locked


@transaction.atomic
def cancel_appointment(*, appointment: Appointment, reason: str, by: Person, now: datetime) -> Appointment:
    """Both sides read the reason."""
    locked = _locked(appointment)
    _change(locked, now, "The appointment was cancelled.", state=State.CANCELLED, cancel_reason=reason)
    _log(locked, by, Action.CHANGED, "evaluation:appointment_cancel", now)
    _tell(CANCELLED, locked, until=locked.ends_at, now=now)
    return locked


@transaction.atomic
def call_off_appointment(*, appointment: Appointment, reason: str, by: Person, now: datetime) -> Appointment:
    """The participant can't come; they need not say why."""
    locked = _locked(appointment)
    why = reason or _("They called it off.")
    _change(locked, now, "The appointment was cancelled.", state=State.CANCELLED, cancel_reason=why)
    _tell(CANCELLED, locked, until=locked.ends_at, now=now)
    return locked


@transaction.atomic
def miss_appointment(*, appointment: Appointment, by: Person, now: datetime) -> Appointment:
    """They did not come, and nobody is told. No reason is asked for: there are many good ones."""
    locked = _locked(appointment)
    if locked.starts_at > now:
        raise NotOverYet
    _change(locked, now, "They did not come.", state=State.MISSED)
    _log(locked, by, Action.CHANGED, "evaluation:appointment_miss", now)
    return locked


def drop_appointment_of(*, participant: Participant, now: datetime) -> None:
    """Cancel what is planned with someone who can't be interviewed any more; only the interviewers hear of it.

    For services that hold the participant's row, when consent changes: nothing more is sent to who wants no contact.
    """
    planned = Appointment.objects.planned().select_for_update().filter(participant=participant).first()
    obstacle = obstacle_to_appointment(participant, now) if planned else None
    if obstacle:
        _drop(planned, sentence_about(obstacle), now)


@transaction.atomic
def drop_appointments_of_gone(*, now: datetime) -> int:
    """Cancel what is planned with people who have died or closed their account; gives how many."""
    gone = list(Appointment.objects.of_gone().select_for_update(of=["self"], skip_locked=True))
    for appointment in gone:
        _drop(appointment, sentence_about(Obstacle.GONE), now)
    return len(gone)


def settle_appointment(*, interview: Interview, appointment: Appointment | None, now: datetime) -> None:
    """The interview is what came of `appointment`, or else of one that was planned for about then."""
    about = interview.started_at - SAME_DAY, interview.started_at + SAME_DAY
    planned = Appointment.objects.planned().filter(participant=interview.participant_id)
    chosen = planned.filter(pk=appointment.pk) if appointment else planned.filter(starts_at__range=about)
    for row in chosen.select_for_update():
        Appointment.objects.filter(pk=row.pk).update(state=State.HELD, interview=interview)
        _drop_waiting(row, "The interview was held.", now)


def _locked(appointment):
    """As it is now, planned, its participant's row locked before it; NotPlanned otherwise."""
    Participant.objects.select_for_update().get(pk=appointment.participant_id)
    rows = Appointment.objects.select_for_update(of=["self"]).select_related("participant", "study")
    locked = rows.get(pk=appointment.pk)
    if not locked.is_planned:
        raise NotPlanned
    return locked


def _times(starts_on, start_time, length_minutes, zone, now):
    starts_at = moment_of(starts_on, start_time, zone)
    if starts_at <= now:
        raise InThePast
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=length_minutes)}


def _change(appointment, now, reason, **changes: Any):
    """Save a change that calendars must notice; what waits to go out goes with what it was."""
    for name, value in changes.items():
        setattr(appointment, name, value)
    appointment.changed_at = now
    rows = Appointment.objects.filter(pk=appointment.pk)
    rows.update(sequence=F("sequence") + 1, changed_at=now, **changes)
    appointment.sequence += 1
    if not appointment.is_planned:
        Talk.objects.open().filter(appointment=appointment).update(ended_at=now)
    _drop_waiting(appointment, reason, now)


def _drop(appointment, reason, now):
    _change(appointment, now, "The appointment was cancelled.", state=State.CANCELLED, cancel_reason=reason)
    _tell(CANCELLED, appointment, until=appointment.ends_at, now=now, is_participant_told=False)


def _drop_waiting(appointment, reason, now):
    outbox.drop(kinds=[PLANNED, MOVED, COMING], subject_id=appointment.pk, reason=reason, now=now)


def _tell(kind, appointment, *, until, now, is_participant_told=True):
    """The interviewers, and the participant if they have an account: also whoever did it, for their calendar."""
    told = {appointment.interviewer_id, appointment.second_interviewer_id}
    if is_participant_told:
        key = IdentityKey.objects.filter(participant=appointment.participant_id).first()
        told.add(key and key.person_id)
    outbox.enqueue(
        kind=kind,
        subject_id=appointment.pk,
        recipient_ids=sorted(told - {None}),
        expires_at=until,
        now=now,
        schedule_version=appointment.sequence,
    )


def _log(appointment, by, action, route, now):
    looks.record(
        actor=by, action=action, obj=appointment, participants=[appointment.participant_id], route=route, now=now
    )
