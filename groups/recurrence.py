"""When a rhythm of meetings falls: RFC 5545 rules over days, wall times in the group's own zone.

A rule is worked out over days, without a zone, so 14:00 stays 14:00 when the clocks change. A wall time that the
spring change skips is read with the offset from before it (1:30 becomes 2:30), one that the autumn change repeats
means the first of the two: as RFC 5545, section 3.3.5, has it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.db import models
from django.utils.translation import gettext_lazy as _

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Repeat(models.TextChoices):
    NOT = "not", _("It happens once")
    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every 2 weeks")
    FOUR_WEEKLY = "four_weekly", _("Every 4 weeks")
    MONTHLY = "monthly", _("Every month, on the same weekday (like the second Tuesday)")


INTERVALS = {Repeat.WEEKLY: 1, Repeat.FORTNIGHTLY: 2, Repeat.FOUR_WEEKLY: 4}


def rule_for(repeat: str, first_on: date, last_on: date | None = None) -> str:
    """The RRULE (without DTSTART) for a rhythm that starts on `first_on` and may end on `last_on`.

    Monthly means the same weekday of the month; from the 29th on, its last one, since not every month has a fifth.
    """
    weekday = WEEKDAYS[first_on.weekday()]
    if repeat == Repeat.MONTHLY:
        number = -1 if first_on.day > 28 else (first_on.day - 1) // 7 + 1
        rule = f"FREQ=MONTHLY;BYDAY={number}{weekday}"
    else:
        rule = f"FREQ=WEEKLY;INTERVAL={INTERVALS[repeat]};BYDAY={weekday}"
    return f"{rule};UNTIL={last_on:%Y%m%d}" if last_on else rule


def days_of(rule: str, first_on: date, *, after: date, until: date) -> Iterator[date]:
    """The days on which `rule`, starting on `first_on`, falls after `after` and up to and including `until`."""
    start = datetime.combine(first_on, time())
    for occurrence in rrulestr(rule, dtstart=start).xafter(datetime.combine(after, time())):
        if occurrence.date() > until:
            return
        yield occurrence.date()


def moment_of(day: date, at: time, zone: str) -> datetime:
    """The aware UTC moment of wall time `at` on `day` in `zone` (an IANA name)."""
    return datetime.combine(day, at.replace(fold=0), ZoneInfo(zone)).astimezone(UTC)


def day_before(day: date) -> date:
    return day - timedelta(days=1)


def say_rule(rule: str) -> str:
    """A rule in words, for pages and mail; the rules are those that `rule_for` writes."""
    parts = dict(part.split("=") for part in rule.split(";"))
    if parts["FREQ"] == "MONTHLY":
        return _("every month")
    return {1: _("every week"), 2: _("every 2 weeks"), 4: _("every 4 weeks")}[int(parts["INTERVAL"])]
