"""What both sides hear about an appointment for an interview: planned, moved, cancelled, coming."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.appointment_entries import entry_of, page_for_interviewer, page_for_participant, with_whom
from evaluation.models import Appointment, StudyMember
from groups.icalendar import calendar_of
from peersupport.access.roles import Role
from peersupport.reminders.registry import Ahead, Email, Kind, register
from peersupport.spoken import in_zone, spoken_datetime, spoken_time

PLANNED, MOVED = "evaluation.appointment_planned", "evaluation.appointment_moved"
CANCELLED, COMING = "evaluation.appointment_cancelled", "evaluation.appointment_coming"
ABOUT = "evaluation.appointment"
WHY = gettext_lazy("You get this because you have an appointment.")
SIDES = frozenset({Role.PARTICIPANT, Role.LEAD, Role.INTERVIEWER})
DAY_BEFORE_MINUTES = 24 * 60
LEADS = {DAY_BEFORE_MINUTES: gettext_lazy("The day before"), 2 * 60: gettext_lazy("Two hours before")}

# Those to whom it was no news: it was planned or moved when the reminder was due already.
_COMING = """
    SELECT appointment.id, told.person_id, lead.minutes, appointment.sequence,
           appointment.starts_at - make_interval(mins => lead.minutes), appointment.starts_at
    FROM unnest(%s::int[]) AS lead (minutes)
    JOIN evaluation_appointment appointment ON appointment.starts_at > %s + make_interval(mins => lead.minutes)
        AND appointment.starts_at <= %s + make_interval(mins => lead.minutes)
    LEFT JOIN evaluation_identitykey key ON key.participant_id = appointment.participant_id
    CROSS JOIN LATERAL (
        SELECT DISTINCT person_id
        FROM unnest(ARRAY[appointment.interviewer_id, appointment.second_interviewer_id, key.person_id]) AS person_id
    ) AS told
    WHERE appointment.state = 'planned' AND told.person_id IS NOT NULL
      AND appointment.changed_at <= appointment.starts_at - make_interval(mins => lead.minutes)
"""


def plan_coming(since, until):
    return _COMING, [list(LEADS), since, until]


def appointment_rows():
    """With `team`: the keys of those who work on the study now."""
    team = StudyMember.objects.current().filter(study=OuterRef("study")).order_by().values("person").distinct()
    people = ("participant__identity_key__person", "interviewer", "second_interviewer")
    return Appointment.objects.select_related("study", *people).annotate(team=ArraySubquery(team))


def reason_not_to_send(message, appointment, now):
    """Why a message about an appointment that stands is not sent after all."""
    if not appointment.is_planned:
        return "It is not planned any more."
    person = _person_of(appointment)
    if person and (person.died_marked_at or not person.is_active):
        return "The participant can't come any more."
    return _reason_of_recipient(message, appointment)


def reason_not_to_tell_of_cancelling(message, appointment, now):
    return _reason_of_recipient(message, appointment) if appointment.is_cancelled else "It was not cancelled."


def _reason_of_recipient(message, appointment):
    if message.schedule_version != appointment.sequence:
        return "The appointment has been changed since."
    is_concerned = _is_for_participant(message, appointment) or message.recipient_id in appointment.team
    return "" if is_concerned else "They have left the study."


def compose_planned(message, appointment):
    said = gettext_lazy("An interview is planned."), gettext_lazy("As you agreed, someone would like to talk with you.")
    return appointment_mail(message, appointment, gettext_lazy("Your appointment on %(date)s"), said)


def compose_moved(message, appointment):
    said = (
        gettext_lazy("An interview has a new time or place."),
        gettext_lazy("The talk with you has a new time or place."),
    )
    return appointment_mail(message, appointment, gettext_lazy("Your appointment is now on %(date)s"), said)


def compose_cancelled(message, appointment):
    said = gettext_lazy("An interview is cancelled."), gettext_lazy("The talk that was planned with you is cancelled.")
    subject = gettext_lazy("Your appointment on %(date)s is cancelled")
    return appointment_mail(message, appointment, subject, said, method="CANCEL")


def compose_coming(message, appointment):
    said = gettext_lazy("An interview is coming up."), gettext_lazy("The talk that you agreed to is coming up.")
    return appointment_mail(message, appointment, gettext_lazy("Your appointment is on %(date)s"), said)


def appointment_mail(message, appointment, subject, said, method="REQUEST"):
    """One of the mails. `said` is its first sentence, to interviewers and to the participant."""
    is_for_participant = _is_for_participant(message, appointment)
    url = (page_for_participant if is_for_participant else page_for_interviewer)(appointment)
    entry = entry_of(appointment, is_for_participant=is_for_participant, url=url, attendee=message.recipient.email)
    zone = appointment.time_zone
    when = spoken_datetime(appointment.starts_at, zone)
    is_elsewhere = appointment.is_at_another_hour_for(message.recipient)
    return Email(
        subject=subject % {"date": date_format(in_zone(appointment.starts_at, zone), "l j F")},
        brief=subject % {"date": when},
        template="emails/evaluation/appointment",
        context={
            "said": str(said[is_for_participant]),
            "is_for_participant": is_for_participant,
            "is_cancelled": appointment.is_cancelled,
            "reason": appointment.cancel_reason,
            "when": when,
            "until": spoken_time(appointment.ends_at, zone),
            "own_time": spoken_datetime(appointment.starts_at, message.recipient.time_zone) if is_elsewhere else "",
            "who": with_whom(appointment, is_for_participant=is_for_participant),
            "how": appointment.get_mode_display(),
            "place": appointment.place,
        },
        action=(_("Look at the appointment"), url),
        calendar=calendar_of([entry], method=method),
        calendar_method=method,
    )


def appointments_ahead(person, since, until):
    """A person's appointments in this time, on either side."""
    theirs = Q(participant__identity_key__person=person) | Q(interviewer=person) | Q(second_interviewer=person)
    found = Appointment.objects.standing().filter(theirs, starts_at__gt=since, starts_at__lte=until)
    return [
        Ahead(
            at=appointment.starts_at,
            when=spoken_datetime(appointment.starts_at, appointment.time_zone),
            text=_("You have an appointment"),
            url=page_for_participant(appointment)
            if appointment.participant_person_id == person.pk
            else page_for_interviewer(appointment),
        )
        for appointment in found.select_related("participant__identity_key")
    ]


def _person_of(appointment):
    key = getattr(appointment.participant, "identity_key", None)
    return key and key.person


def _is_for_participant(message, appointment):
    return message.recipient_id == appointment.participant_person_id


register(
    Kind(
        name=PLANNED,
        label=gettext_lazy("An appointment for a talk is made with you"),
        why=WHY,
        rows=appointment_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose_planned,
        subject=ABOUT,
        roles=SIDES,
    )
)
register(
    Kind(
        name=MOVED,
        label=gettext_lazy("An appointment is moved"),
        why=WHY,
        rows=appointment_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose_moved,
        subject=ABOUT,
        roles=SIDES,
    )
)
register(
    Kind(
        name=CANCELLED,
        label=gettext_lazy("An appointment is cancelled"),
        why=WHY,
        rows=appointment_rows,
        reason_not_to_send=reason_not_to_tell_of_cancelling,
        compose=compose_cancelled,
        subject=ABOUT,
        roles=SIDES,
    )
)
register(
    Kind(
        name=COMING,
        label=gettext_lazy("An appointment is coming"),
        why=WHY,
        rows=appointment_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose_coming,
        plan=plan_coming,
        subject=ABOUT,
        roles=SIDES,
        leads=LEADS,
        usual_leads=(DAY_BEFORE_MINUTES,),
        ahead=appointments_ahead,
    )
)
