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
from django.utils import dates
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Repeat(models.TextChoices):
    """What a form offers: the common rhythms by name, all others as every so many of a unit."""

    NOT = "not", _("It happens once")
    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every 2 weeks")
    FOUR_WEEKLY = "four_weekly", _("Every 4 weeks")
    MONTHLY = "monthly", _("Every month, on the same weekday (like the second Tuesday)")
    OTHER = "other", _("Another rhythm")


class Unit(models.TextChoices):
    DAYS = "days", _("days")
    WEEKS = "weeks", _("weeks")
    MONTHS_BY_WEEKDAY = "months_by_weekday", _("months, on the same weekday")
    MONTHS_BY_DATE = "months_by_date", _("months, on the same date")
    YEARS = "years", _("years")


COMMON = {
    Repeat.WEEKLY: (Unit.WEEKS, 1),
    Repeat.FORTNIGHTLY: (Unit.WEEKS, 2),
    Repeat.FOUR_WEEKLY: (Unit.WEEKS, 4),
    Repeat.MONTHLY: (Unit.MONTHS_BY_WEEKDAY, 1),
}
ORDINALS = {1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth"), -1: _("last")}


def rule_for(
    repeat: str,
    first_on: date,
    last_on: date | None = None,
    *,
    unit: str = Unit.WEEKS,
    every: int = 1,
    times: int | None = None,
) -> str:
    """The RRULE (without DTSTART) for a rhythm that starts on `first_on`; it may end on `last_on` or after `times`.

    `unit` and `every` count for Repeat.OTHER. The same weekday of the month means, from the 29th on, its last one,
    since not every month has a fifth; a date that a month does not have means its last day.
    """
    unit, every = COMMON.get(Repeat(repeat), (unit, every))
    parts = [_frequency(unit)]
    if every > 1:
        parts.append(f"INTERVAL={every}")
    parts.append(_by(unit, first_on))
    if times:
        parts.append(f"COUNT={times}")
    elif last_on:
        parts.append(f"UNTIL={last_on:%Y%m%d}")
    return ";".join(part for part in parts if part)


def rhythm_of(rule: str) -> tuple[Unit, int]:
    """The unit and how many of it lie between two meetings, of a rule that `rule_for` wrote."""
    parts = _parts(rule)
    months = Unit.MONTHS_BY_WEEKDAY if "BYDAY" in parts else Unit.MONTHS_BY_DATE
    units = {"DAILY": Unit.DAYS, "WEEKLY": Unit.WEEKS, "MONTHLY": months, "YEARLY": Unit.YEARS}
    return units[parts["FREQ"]], int(parts.get("INTERVAL", 1))


def ends_of(rule: str) -> dict:
    """How a rule ends, as `rule_for` takes it: `last_on`, `times`, or nothing."""
    parts = _parts(rule)
    if "COUNT" in parts:
        return {"times": int(parts["COUNT"])}
    return {"last_on": datetime.strptime(parts["UNTIL"], "%Y%m%d").date()} if "UNTIL" in parts else {}


def _frequency(unit):
    names = {Unit.DAYS: "DAILY", Unit.WEEKS: "WEEKLY", Unit.YEARS: "YEARLY"}
    return f"FREQ={names.get(unit, 'MONTHLY')}"


def _by(unit, first_on):
    if unit == Unit.WEEKS:
        return f"BYDAY={WEEKDAYS[first_on.weekday()]}"
    if unit == Unit.MONTHS_BY_WEEKDAY:
        number = -1 if first_on.day > 28 else (first_on.day - 1) // 7 + 1
        return f"BYDAY={number}{WEEKDAYS[first_on.weekday()]}"
    if unit == Unit.MONTHS_BY_DATE:
        return _by_date(first_on.day)
    if unit == Unit.YEARS:
        return f"BYMONTH={first_on.month};{_by_date(first_on.day)}"
    return ""


def _by_date(day):
    """The day of the month; in shorter months the last they have."""
    if day <= 28:
        return f"BYMONTHDAY={day}"
    return f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))};BYSETPOS=-1"


def _parts(rule):
    return dict(part.split("=") for part in rule.split(";"))


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
    unit, every = rhythm_of(rule)
    words = {
        Unit.DAYS: ngettext("every day", "every %(number)d days", every),
        Unit.WEEKS: ngettext("every week", "every %(number)d weeks", every),
        Unit.YEARS: ngettext("every year", "every %(number)d years", every),
    }.get(unit, ngettext("every month", "every %(number)d months", every))
    said = words % {"number": every} if every > 1 else words
    if unit == Unit.MONTHS_BY_WEEKDAY:
        return _("%(often)s, on the %(which)s") % {"often": said, "which": _say_weekday(_parts(rule)["BYDAY"])}
    return said


def _say_weekday(by_day):
    """ "second Tuesday" for 2TU."""
    number, weekday = int(by_day[:-2]), WEEKDAYS.index(by_day[-2:])
    return f"{ORDINALS[number]} {dates.WEEKDAYS[weekday]}"
