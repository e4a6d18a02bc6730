"""Dates and times as people say them: "Tuesday 24 November 2026, 2pm"."""

import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def in_zone(moment, zone=None):
    """`moment` (aware) in `zone`: a name, a tzinfo, or None for the zone of the person looking."""
    return timezone.localtime(moment, ZoneInfo(zone) if isinstance(zone, str) and zone else zone or None)


def spoken_date(value, zone=None):
    """ "Tuesday 24 November 2026" for a date, or for an aware datetime in `zone`."""
    if isinstance(value, datetime.datetime):
        value = in_zone(value, zone)
    return date_format(value, "l j F Y")


def spoken_time(value, zone=None):
    """ "2pm", "2:30pm", "midday" or "midnight" for a time, or for an aware datetime in `zone`."""
    if isinstance(value, datetime.datetime):
        value = in_zone(value, zone)
    if (value.hour, value.minute) in ((0, 0), (12, 0)):
        return _("midday") if value.hour else _("midnight")
    minutes = f":{value.minute:02}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}{_('am') if value.hour < 12 else _('pm')}"


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
