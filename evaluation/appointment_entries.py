"""Appointments as calendar entries: for both sides, and as a file for those who get no mail."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from evaluation.models import Appointment
from groups.icalendar import Event, calendar_of


def page_for_participant(appointment: Appointment) -> str:
    return settings.BASE_URL + reverse("evaluation:my_study", args=[appointment.study_id])


def page_for_interviewer(appointment: Appointment) -> str:
    return settings.BASE_URL + appointment.get_absolute_url()


def with_whom(appointment: Appointment, *, is_for_participant: bool) -> str:
    """The interviewers by name for the participant; the participant by pseudonym for the interviewers."""
    if not is_for_participant:
        return appointment.participant.pseudonym
    names = [person.preferred_name for person in appointment.interviewers]
    return _(" and ").join(names)


def entry_of(appointment: Appointment, *, is_for_participant: bool, url: str = "", attendee: str = "") -> Event:
    """The entry as one side sees it. Its title shows on locked phones, so it says no more than that there is one."""
    who = with_whom(appointment, is_for_participant=is_for_participant)
    said = _("With %(who)s. %(how)s.") % {"who": who, "how": appointment.get_mode_display()}
    return Event(
        uid=str(appointment.uid),
        sequence=appointment.sequence,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        changed_at=appointment.changed_at,
        summary=_("Cancelled: your appointment") if appointment.is_cancelled else _("Your appointment"),
        location=appointment.place,
        description=said,
        url=url,
        is_cancelled=appointment.is_cancelled,
        attendee=attendee,
    )


def file_for_participant(appointment: Appointment) -> bytes:
    """To hand or send to someone without an account: no address of a page that they could not open."""
    return calendar_of([entry_of(appointment, is_for_participant=True)])
