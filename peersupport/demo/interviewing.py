"""How the sample study interviews: guides in versions, appointments past and coming, one talk with its notes."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from evaluation.consent import obstacle_to_appointment
from evaluation.guide_text import read_guide
from evaluation.models import Appointment, Interview, Participant, Study, TalkEntry, TopicGuide
from evaluation.services.appointment import (
    call_off_appointment,
    cancel_appointment,
    miss_appointment,
    move_appointment,
    plan_appointment,
)
from evaluation.services.interview import record_interview
from evaluation.services.study import edit_study
from evaluation.services.talk import add_talk_entry, end_talk, start_talk
from evaluation.services.topic_guide import publish_topic_guide
from evaluation.talk_notes import field_note_of, written
from members.models import Person
from peersupport.demo.cast import Telling, account_holder

Kind = TalkEntry.Kind
AT = time(14)
BY_PHONE = {"mode": Interview.Mode.PHONE, "place": "We ring you."}
IN_PERSON = {"mode": Interview.Mode.IN_PERSON, "place": "The small room at the library"}


def tell_guides(telling: Telling, study: Study, lead: Person, start: datetime) -> None:
    """Two versions for everyone, the second after the first talks, and one for clinicians."""
    words = telling.words["interviewing"]
    clinicians = Participant.Kind.CLINICIAN
    for kind, text, at in (
        ("", words["first_guide"], start),
        (clinicians, words["clinicians_guide"], start + timedelta(weeks=2)),
        ("", words["guide"], telling.ago(weeks=20)),
    ):
        publish_topic_guide(study=study, kind=kind, questions=read_guide(text), by=lead, now=at)
    edit_study(study=study, distress_protocol=words["distress"].strip())


def guide_then(participant: Participant, started: datetime) -> TopicGuide:
    """What the participant was asked by at that time; `tell_guides` came before."""
    return TopicGuide.objects.filter(published_at__lte=started).for_participant(participant)


def tell_appointments(telling: Telling, study: Study, lead: Person) -> None:
    """With people who were not interviewed yet: all that an appointment can come to, and two that are coming."""
    participants = Participant.objects.filter(study=study, interviews=None, identity_key__person__is_active=True)
    asked = iter([one for one in participants.order_by("pk") if obstacle_to_appointment(one, telling.now) is None])
    second = account_holder("keyholder@example.org", telling.now)
    _hold(telling, _plan(telling, next(asked), lead, -14, IN_PERSON), second)
    missed = _plan(telling, next(asked), lead, -10, BY_PHONE)
    miss_appointment(appointment=missed, by=lead, now=missed.ends_at)
    _call_off(telling, _plan(telling, next(asked), lead, -6, BY_PHONE))
    _plan(telling, next(asked), lead, -1, BY_PHONE)
    _plan(telling, next(asked), lead, 3, IN_PERSON)
    moved = _plan(telling, next(asked), lead, 5, BY_PHONE)
    when = {"starts_on": timezone.localdate(telling.now + timedelta(days=9)), "start_time": time(10, 30)}
    move_appointment(appointment=moved, length_minutes=60, by=lead, now=telling.ago(hours=3), **when, **BY_PHONE)
    dropped = _plan(telling, next(asked), lead, 7, IN_PERSON)
    reason = "The library is closed that day."
    cancel_appointment(appointment=dropped, reason=reason, by=lead, now=telling.ago(hours=2))


def _plan(telling, participant, by, days, how) -> Appointment:
    """So many days from now; it was made a week before, or yesterday."""
    made = telling.now + timedelta(days=min(days - 7, -1))
    return plan_appointment(
        participant=participant,
        interviewer=by,
        second_interviewer=None,
        starts_on=timezone.localdate(telling.now + timedelta(days=days)),
        start_time=AT,
        length_minutes=60,
        by=by,
        now=made,
        **how,
    )


def _call_off(telling, appointment):
    person = appointment.participant.identity_key.person
    reason = telling.words["interviewing"]["called_off"]
    call_off_appointment(
        appointment=appointment, reason=reason, by=person, now=appointment.starts_at - timedelta(hours=5)
    )


def _hold(telling: Telling, appointment: Appointment, second: Person) -> None:
    """On a tablet, with notes, ticks and a pause; recorded that evening from what was noted. `second` was there too."""
    words, lead = telling.words["interviewing"], appointment.interviewer
    start = appointment.starts_at + timedelta(minutes=4)
    guide = guide_then(appointment.participant, start)
    talk = start_talk(appointment=appointment, topic_guide=guide, by=lead, now=start)
    prompts = {prompt.number: prompt for prompt in guide.prompts.all()}
    minute, done = words["paused"]
    happened = [
        *(
            (at, {"kind": Kind.NOTE, "prompt": prompts.get(number), "text": text})
            for at, number, text in words["notes"]
        ),
        *((12 * number, {"kind": Kind.COVERED, "prompt": prompts[number]}) for number in words["covered"]),
        (minute, {"kind": Kind.PAUSED}),
        (minute + 6, {"kind": Kind.CARED, "text": done}),
    ]
    for at, entry in happened:
        add_talk_entry(talk=talk, by=lead, now=start + timedelta(minutes=at), **entry)
    end_talk(talk=talk, by=lead, now=start + timedelta(minutes=57))
    whole = written(talk)
    record_interview(
        participant=talk.participant,
        by=lead,
        now=start + timedelta(hours=5),
        started_at=talk.started_at,
        recording=Interview.Recording.NONE,
        field_note=field_note_of(whole),
        talk=talk,
        participant_kind=talk.participant.kind,
        second_interviewer=second,
        topic_guide=guide,
        mode=appointment.mode,
        setting="A room at the library",
        others_present="",
        length_minutes=whole.length_minutes,
        is_distress_protocol_used=whole.is_protocol_used,
    )
