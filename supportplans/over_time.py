"""A member's entries by month, and the days of one month: read for that stretch of time alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """What was logged in one month. Zero means that nothing was logged, not that the month was well.

    `days` are those known to be part of a flare-up, each counted once; open ones count as far as they are known.
    """

    first_day: date
    flareups: int
    still_open: int
    days: int = 0
    reviews: int = 0


def months_of(until: date, flareups: Sequence[tuple[date, date | None, date]], reviews=()) -> list[Month]:
    """The twelve months up to that of the day `until`, oldest first.

    `flareups` are (started_on, ended_on or None while open, known_until_on), counted in the month they started;
    `reviews` are days.
    """
    started = Counter(first_of(start) for start, _end, _known in flareups)
    still_open = Counter(first_of(start) for start, end, _known in flareups if end is None)
    reviewed = Counter(map(first_of, reviews))
    months = last_months(until)
    spans = [(start, known) for start, _end, known in flareups]
    days = Counter(map(first_of, days_known(spans, months[0], last_of(months[-1]))))
    return [Month(day, started[day], still_open[day], days[day], reviewed[day]) for day in months]


def first_of(day: date) -> date:
    return day.replace(day=1)


def last_of(day: date) -> date:
    return month_later(first_of(day), 1) - timedelta(days=1)


def month_later(first_day: date, months: int) -> date:
    """The first day of the month so many months after that of `first_day`; fewer than none lie before."""
    year, month = divmod(first_day.year * 12 + first_day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def last_months(until: date) -> list[date]:
    """The first days of the twelve months up to that of `until`."""
    return [month_later(first_of(until), -back) for back in reversed(range(MONTHS))]


def days_known(spans, first: date, last: date) -> set[date]:
    """Each day from `first` to `last` in at least one of the `spans` (first day, last day known)."""
    known = set()
    for start, until in spans:
        start, until = max(start, first), min(until, last)
        known.update(start + timedelta(days=number) for number in range((until - start).days + 1))
    return known
