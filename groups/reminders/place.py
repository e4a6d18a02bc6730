"""The e-mail to someone who has a place now, or lost it: rooms that are small."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import RSVP
from peersupport.reminders.registry import Email, Kind, register
from peersupport.spoken import in_zone, spoken_datetime

KIND = "groups.place_changed"


def rsvp_rows():
    return RSVP.objects.select_related("meeting__group", "membership")


def reason_not_to_send(message, rsvp, now):
    if not rsvp.meeting.is_going_ahead:
        return "The meeting was cancelled."
    if not rsvp.membership.is_current:
        return "They have left the group."
    return "" if rsvp.holds and rsvp.answer == RSVP.Answer.COMING else "They don't mean to come any more."


def compose(message, rsvp):
    """What is true at the moment of sending: a place, or the waiting list."""
    meeting = rsvp.meeting
    place = rsvp.turn()
    has_place = meeting.capacity is None or place <= meeting.capacity
    starts_at = in_zone(meeting.starts_at, meeting.time_zone)
    subject = _("You have a place on %(date)s") if has_place else _("You are on the waiting list for %(date)s")
    if rsvp.membership.name:
        subject = _("Please tell someone about %(date)s")
    return Email(
        subject=subject % {"date": date_format(starts_at, "l j F")},
        template="emails/groups/place_changed",
        context={
            "meeting": meeting,
            "when": spoken_datetime(meeting.starts_at, meeting.time_zone),
            "has_place": has_place,
            "waiting": 0 if has_place else place - meeting.capacity,
            "to_tell": rsvp.membership.name,
        },
        action=(_("Look at the meeting"), settings.BASE_URL + meeting.get_absolute_url()),
    )


register(
    Kind(
        name=KIND,
        label=gettext_lazy("A place at a meeting is free for you, or not any more"),
        why=gettext_lazy("You get this because you mean to come, or pass news on to someone who does."),
        rows=rsvp_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
    )
)
