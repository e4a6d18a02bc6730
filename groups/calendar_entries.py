"""Meetings as calendar entries: for feeds and for mails."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from groups.icalendar import Event, calendar_of
from groups.models import CalendarFeed, Meeting
from groups.reach import groups_as_member

BACK, AHEAD = timedelta(days=30), timedelta(days=180)


def entry_of(meeting: Meeting, *, attendee: str = "") -> Event:
    """The entry for a meeting; its group and venue must be loaded.

    Its title shows on locked phones and shared screens, so the group's name stands in the description.
    """
    return Event(
        uid=str(meeting.uid),
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        changed_at=meeting.changed_at,
        summary=_("Cancelled: your group's meeting") if meeting.is_cancelled else _("Your group meets"),
        location=_place(meeting),
        description=meeting.group.name,
        url=settings.BASE_URL + meeting.get_absolute_url(),
        is_cancelled=meeting.is_cancelled,
        attendee=attendee,
    )


def feed_for(feed: CalendarFeed, now: datetime) -> bytes:
    """A person's calendar: the meetings of their groups, or of one; cancelled ones marked; nobody's address."""
    return calendar_of(map(entry_of, feed_meetings(feed, now)), name=settings.SERVICE_NAME)


def feed_meetings(feed: CalendarFeed, now: datetime):
    """30 days back to 180 ahead, by whole days, so that the feed stays the same for a day if nothing changes."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    meetings = Meeting.objects.filter(
        group__in=groups_as_member(feed.person), starts_at__range=(day - BACK, day + AHEAD)
    )
    if feed.group_id:
        meetings = meetings.filter(group=feed.group_id)
    return meetings.select_related("group", "venue", "online_venue").order_by("starts_at", "pk")


def _place(meeting):
    """Where to go or what to open; the place first, where there are both."""
    rooms = [venue for venue in (meeting.venue, meeting.online_venue) if venue]
    return ", ".join(filter(None, (_room(venue) for venue in rooms)))


def _room(venue):
    return venue.join_link or ", ".join(part for part in (venue.name, venue.address_in_one_line) if part)
