"""The days of one month as a calendar shows them: what is known of each, and no more than that."""

import calendar
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

MONDAY_FIRST = calendar.Calendar(calendar.MONDAY)


@dataclass(frozen=True)
class Day:
    """One day. `number` is of the flare-ups known to be going on; none says nothing about the day.

    `begins` and `ends` hold for all of them together, so that their bar has its two ends there; `is_open`: one of them
    is known up to this day, and nothing was noted of its end.
    """

    date: date
    number: int = 0
    begins: bool = False
    ends: bool = False
    is_open: bool = False

    @property
    def in_words(self):
        """For those who hear the calendar; nothing where nothing is known."""
        if not self.number:
            return ""
        what = _("flare-up") if self.number == 1 else _("%(number)d flare-ups") % {"number": self.number}
        marks = [(self.begins, _("begins")), (self.ends, _("ends")), (self.is_open, _("no end noted"))]
        return ", ".join([what, *(words for holds, words in marks if holds)])


def weeks_of(first_day: date, flareups) -> list[list[Day | None]]:
    """The weeks of the month that begins with `first_day`, from Monday; None for days of other months."""
    weeks = MONDAY_FIRST.monthdatescalendar(first_day.year, first_day.month)
    return [[_day(day, flareups) if day.month == first_day.month else None for day in week] for week in weeks]


def _day(day, flareups):
    there = [one for one in flareups if one.started_on <= day <= one.known_until_on]
    if not there:
        return Day(day)
    return Day(
        date=day,
        number=len(there),
        begins=all(one.started_on == day for one in there),
        ends=all(one.ended_on == day for one in there),
        is_open=any(one.is_open and one.known_until_on == day for one in there),
    )
