"""Dates and times as people say them: "Tuesday 24 November 2026, 2pm"."""

import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _


def in_zone(moment, zone=None):
    """`moment` (aware) in `zone`: a name, a tzinfo, or None for the zone of the person looking."""
    return timezone.localtime(moment, ZoneInfo(zone) if isinstance(zone, str) and zone else zone or None)


def spoken_date(value, zone=None):
    """ "Tuesday 24 November 2026" for a date, or for an aware datetime in `zone`."""
    if isinstance(value, datetime.datetime):
        value = in_zone(value, zone).date()
    return _spoken_date(value, get_language())


def spoken_time(value, zone=None):
    """ "2pm", "2:30pm", "midday" or "midnight" for a time, or for an aware datetime in `zone`."""
    if isinstance(value, datetime.datetime):
        value = in_zone(value, zone)
    return _spoken_time(value.hour, value.minute, get_language())


# Pages say the same days and times again and again. The language is the active one, and only part of the key.
@lru_cache(maxsize=4096)
def _spoken_date(day, _language):
    return date_format(day, "l j F Y")


@lru_cache(maxsize=4096)
def _spoken_time(hour, minute, _language):
    if (hour, minute) in ((0, 0), (12, 0)):
        return _("midday") if hour else _("midnight")
    minutes = f":{minute:02}" if minute else ""
    return f"{hour % 12 or 12}{minutes}{_('am') if hour < 12 else _('pm')}"


def spoken_datetime(value, zone=None):
    """ "Tuesday 24 November 2026, 2pm" for an aware datetime in `zone`."""
    return f"{spoken_date(value, zone)}, {spoken_time(value, zone)}"


def spoken_ago(day, today):
    """ "today", "yesterday", "5 days ago", "3 weeks ago" or "4 months ago" for a date that is over."""
    days = (today - day).days
    if days < 2:
        return _("yesterday") if days == 1 else _("today")
    if days < 14:
        return ngettext("%(number)d day ago", "%(number)d days ago", days) % {"number": days}
    weeks = days // 7
    if weeks < 9:
        return ngettext("%(number)d week ago", "%(number)d weeks ago", weeks) % {"number": weeks}
    months = round(days / 30.4)
    return ngettext("%(number)d month ago", "%(number)d months ago", months) % {"number": months}
