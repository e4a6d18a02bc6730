"""Meetings as calendar entries: for feeds and for mails."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from groups.icalendar import Event, calendar_of
from groups.models import Meeting
from groups.reach import groups_as_member
from members.models import Person

BACK, AHEAD = timedelta(days=30), timedelta(days=180)


def entry_of(meeting: Meeting, *, attendee: str = "") -> Event:
    """The entry for a meeting; its group and venue must be loaded.

    Its title shows on locked phones and shared screens, so the group's name stands in the description.
    """
    venue = meeting.venue
    return Event(
        uid=str(meeting.uid),
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        changed_at=meeting.changed_at,
        summary=_("Cancelled: your group's meeting") if meeting.is_cancelled else _("Your group meets"),
        location=_place(venue),
        description=meeting.group.name,
        url=settings.BASE_URL + meeting.get_absolute_url(),
        is_cancelled=meeting.is_cancelled,
        attendee=attendee,
    )


def feed_for(person: Person, now: datetime) -> bytes:
    """The calendar of a person: their groups' meetings, cancelled ones marked; nobody's address."""
    return calendar_of(map(entry_of, feed_meetings(person, now)), name=settings.SERVICE_NAME)


def feed_meetings(person: Person, now: datetime):
    """30 days back to 180 ahead, by whole days, so that the feed stays the same for a day if nothing changes."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    meetings = Meeting.objects.filter(group__in=groups_as_member(person), starts_at__range=(day - BACK, day + AHEAD))
    return meetings.select_related("group", "venue").order_by("starts_at", "pk")


def _place(venue):
    if not venue:
        return ""
    return venue.join_link or ", ".join(part for part in (venue.name, venue.address.replace("\n", ", ")) if part)
