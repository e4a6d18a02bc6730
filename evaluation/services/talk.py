"""An interview while it is held: begun, noted, ended. Entries only grow, so two tablets at once lose nothing."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from evaluation import looks
from evaluation.consent import is_taken_back, obstacle_to_appointment
from evaluation.models import (
    Appointment,
    ConsentStatement,
    Interview,
    Participant,
    Talk,
    TalkEntry,
    TopicGuide,
    TopicPrompt,
)
from evaluation.refusals import NothingMoreKept, NotPlanned, NotToBeAsked, NumberTaken
from evaluation.services.record import refuse_if_locked
from members.models import Person
from peersupport.access.log import Action

Kind = TalkEntry.Kind


@transaction.atomic
def start_talk(*, appointment: Appointment, topic_guide: TopicGuide | None, by: Person, now: datetime) -> Talk:
    """Begin what was planned. Begun before, or on two tablets at once, it is the one that there is."""
    Participant.objects.select_for_update().get(pk=appointment.participant_id)
    known = Talk.objects.filter(appointment=appointment).first()
    if known:
        return known
    if not Appointment.objects.planned().filter(pk=appointment.pk).exists():
        raise NotPlanned
    return _begin(appointment.participant, appointment, topic_guide, by, now)


@transaction.atomic
def start_talk_unplanned(
    *, participant: Participant, topic_guide: TopicGuide | None, by: Person, now: datetime
) -> Talk:
    """Begin with someone who is here now."""
    Participant.objects.select_for_update().get(pk=participant.pk)
    return _begin(participant, None, topic_guide, by, now)


def _begin(participant, appointment, topic_guide, by, now):
    """Consent is asked once more. Two talks with one person at once are one."""
    if obstacle := obstacle_to_appointment(participant, now):
        raise NotToBeAsked(obstacle)
    going = Talk.objects.open().filter(participant=participant).first()
    if going:
        return going
    talk = Talk.objects.create(
        study_id=participant.study_id,
        participant=participant,
        appointment=appointment,
        topic_guide=topic_guide,
        started_by=by,
        started_at=now,
    )
    route = "evaluation:talk_start" if appointment else "evaluation:talk_start_unplanned"
    looks.record(actor=by, action=Action.ADDED, obj=talk, participants=[participant], route=route, now=now)
    return talk


@transaction.atomic
def add_talk_entry(
    *,
    talk: Talk,
    kind: str,
    by: Person,
    now: datetime,
    text: str = "",
    prompt: TopicPrompt | None = None,
    guid: uuid.UUID | None = None,
    seconds_ago: int = 0,
) -> TalkEntry:
    """What happened `seconds_ago`, by the clock of whoever wrote it down: never before the talk began.

    Sent twice is one, by its `guid`. It is kept also when the talk has ended: it may come from a tablet that had no
    connection. Once consent is taken back, or the interview is locked, nothing more is kept.
    """
    guid = guid or uuid.uuid4()
    if is_taken_back(talk.participant, ConsentStatement.Purpose.INTERVIEW, now):
        raise NothingMoreKept
    at = min(now, max(talk.started_at, now - timedelta(seconds=seconds_ago)))
    if kind == Kind.PAUSED:
        text = talk.study.distress_steps
    made = {"talk": talk, "kind": kind, "prompt": prompt, "text": text, "entered_by": by}
    entry = TalkEntry.objects.filter(guid=guid).first() or _keep(guid=guid, at=at, received_at=max(now, at), **made)
    if any(getattr(entry, name) != made[name] for name in ("talk", "kind", "prompt", "entered_by")):
        raise NumberTaken
    entry.talk = talk
    return entry


def _keep(*, talk, guid, **made):
    """Unless what it was recorded as is locked. The talk's row is held, so that it isn't recorded meanwhile."""
    held = Talk.objects.select_for_update(no_key=True).get(pk=talk.pk)
    if held.interview_id:
        refuse_if_locked(record=Interview.objects.select_for_update().get(pk=held.interview_id))
    TalkEntry.objects.bulk_create([TalkEntry(talk=talk, guid=guid, **made)], ignore_conflicts=True)
    return TalkEntry.objects.get(guid=guid)


@transaction.atomic
def end_talk(*, talk: Talk, by: Person, now: datetime) -> Talk:
    """Ended twice, or on two tablets, it ended the first time."""
    Talk.objects.open().filter(pk=talk.pk).update(ended_at=now)
    talk.refresh_from_db(fields=["ended_at"])
    return talk
