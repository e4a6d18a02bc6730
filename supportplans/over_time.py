"""A member's entries by month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """What was logged in one month. Zero means that nothing was logged, not that the month was well."""

    first_day: date
    flareups: int
    still_open: int
    reviews: int


def months_of(today: date, flareups: Sequence[tuple[date, date | None]], reviews: Sequence[date]) -> list[Month]:
    """The last twelve months up to `today`'s, oldest first.

    `flareups` are (started_on, ended_on or None while open), counted in the month they started; `reviews` are days.
    """
    started = Counter(_month(start) for start, _end in flareups)
    still_open = Counter(_month(start) for start, end in flareups if end is None)
    reviewed = Counter(map(_month, reviews))
    return [Month(date(*month, 1), started[month], still_open[month], reviewed[month]) for month in _last_months(today)]


def _month(day):
    return day.year, day.month


def _last_months(today):
    number = today.year * 12 + today.month - 1
    return [_year_and_month(number - back) for back in reversed(range(MONTHS))]


def _year_and_month(number: int) -> tuple[int, int]:
    """Year and month (1 to 12) of a month counted from year 0."""
    year, month = divmod(number, 12)
    return year, month + 1
