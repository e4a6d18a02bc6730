"""Recording that an interview took place."""

from datetime import datetime

from django.db import transaction

from evaluation import looks
from evaluation.consent import Obstacle, current_form, obstacle_to_interview
from evaluation.models import Appointment, Interview, Participant, Source, Talk
from evaluation.services.appointment import settle_appointment
from evaluation.services.source import add_interview_text
from members.models import Person
from peersupport.access.log import Action


class NotConsented(Exception):
    """The participant's consent does not cover this interview."""

    def __init__(self, obstacle: Obstacle):
        super().__init__(obstacle)
        self.obstacle = obstacle


@transaction.atomic
def record_interview(
    *,
    participant: Participant,
    by: Person,
    now: datetime,
    started_at: datetime,
    recording: str,
    field_note: str = "",
    talk: Talk | None = None,
    appointment: Appointment | None = None,
    **facts,
) -> Interview:
    """An interview under the consent that held when it started. The same start for the same person is one interview.

    `talk` is what was noted while it was held, `appointment` where it was planned; without the latter one that was
    planned for about then is taken.
    """
    Participant.objects.select_for_update().get(pk=participant.pk)
    known = Interview.objects.filter(participant=participant, started_at=started_at).first() or _recorded(talk)
    if known:
        return known
    interview = _add(participant, started_at, recording, by, now, facts)
    _close(interview, talk, appointment, now)
    if field_note.strip():
        add_interview_text(interview=interview, kind=Source.Kind.FIELD_NOTE, text=field_note, by=by, now=now)
    return interview


def _recorded(talk):
    """What a talk was recorded as before."""
    return Interview.objects.filter(talk=talk).first() if talk else None


def _add(participant, started_at, recording, by, now, facts):
    is_recorded = recording != Interview.Recording.NONE
    obstacle = obstacle_to_interview(participant, started_at=started_at, is_recorded=is_recorded, now=now)
    if obstacle:
        raise NotConsented(obstacle)
    interview = Interview.objects.create(
        study_id=participant.study_id,
        participant=participant,
        interviewer=by,
        consent_form=current_form(participant.study_id, started_at).get(),
        started_at=started_at,
        recording=recording,
        created_at=now,
        **facts,
    )
    route = "evaluation:interview_record"
    looks.record(actor=by, action=Action.ADDED, obj=interview, participants=[participant], route=route, now=now)
    return interview


def _close(interview, talk, appointment, now):
    """What it was noted and planned as has come to its end."""
    if talk:
        Talk.objects.open().filter(pk=talk.pk).update(ended_at=now)
        Talk.objects.filter(pk=talk.pk).update(interview=interview)
    planned = appointment or (talk.appointment if talk else None)
    settle_appointment(interview=interview, appointment=planned, now=now)
