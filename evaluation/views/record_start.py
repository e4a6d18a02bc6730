"""What the record of an interview starts from: a talk held on a tablet, an appointment, or just a participant."""

from dataclasses import dataclass, field
from typing import Any

from django.shortcuts import get_object_or_404

from evaluation.looks import record_look
from evaluation.models import Appointment, Talk
from evaluation.talk_notes import field_note_of, written
from peersupport.spoken import in_zone


@dataclass
class Start:
    """`initial` fills the form. With a `talk` it is known with whom it was."""

    initial: dict[str, Any] = field(default_factory=dict)
    talk: Talk | None = None
    appointment: Appointment | None = None


def start_of_record(request, study) -> Start:
    """By `talk`, `appointment` or `participant` in the address; 404 for what is not of this study or not to be seen."""
    if key := request.GET.get("talk"):
        return _from_talk(request, study, _number(key))
    if key := request.GET.get("appointment"):
        return _from_appointment(request, study, _number(key))
    return Start({"participant": request.GET.get("participant")})


def _from_talk(request, study, pk):
    talks = Talk.objects.visible_to(request.user).filter(study=study)
    people = ("participant", "topic_guide", "appointment__interviewer", "appointment__second_interviewer")
    talk = get_object_or_404(talks.select_related("study", *people), pk=pk)
    record_look(request, talk, [talk.participant])
    whole = written(talk)
    started_at = in_zone(talk.started_at)
    planned = _planned(talk.appointment, request.user) if talk.appointment else {"mode": "in_person"}
    initial = planned | {
        "participant_kind": talk.participant.kind,
        "started_on": started_at.date(),
        "start_time": started_at.time(),
        "length_minutes": whole.length_minutes,
        "topic_guide": talk.topic_guide_id,
        "is_distress_protocol_used": whole.is_protocol_used,
        "field_note": field_note_of(whole),
    }
    return Start(initial, talk, talk.appointment)


def _from_appointment(request, study, pk):
    appointments = Appointment.objects.visible_to(request.user).filter(study=study)
    appointment = get_object_or_404(appointments.select_related("participant"), pk=pk)
    started_at = in_zone(appointment.starts_at)
    initial = _planned(appointment, request.user) | {
        "participant": appointment.participant_id,
        "participant_kind": appointment.participant.kind,
        "started_on": started_at.date(),
        "start_time": started_at.time(),
    }
    return Start(initial, appointment=appointment)


def _planned(appointment, person):
    """How it was planned; of the two interviewers the one who is not typing this."""
    others = [one for one in appointment.interviewers if one != person]
    return {"mode": appointment.mode, "second_interviewer": others[0].pk if others else None}


def _number(key):
    """A key from an address; one that can't be is one of nothing."""
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
