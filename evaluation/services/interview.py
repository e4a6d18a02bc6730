"""Recording that an interview took place."""

from datetime import datetime

from django.db import transaction

from evaluation import looks
from evaluation.consent import Obstacle, current_form, obstacle_to_interview
from evaluation.models import Interview, Participant, Source
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
    **facts,
) -> Interview:
    """An interview under the consent that held when it started. The same start for the same person is one interview."""
    Participant.objects.select_for_update().get(pk=participant.pk)
    known = Interview.objects.filter(participant=participant, started_at=started_at).first()
    if known:
        return known
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
    looks.record(
        actor=by,
        action=Action.ADDED,
        obj=interview,
        participants=[participant],
        route="evaluation:interview_record",
        now=now,
    )
    if field_note.strip():
        add_interview_text(interview=interview, kind=Source.Kind.FIELD_NOTE, text=field_note, by=by, now=now)
    return interview
