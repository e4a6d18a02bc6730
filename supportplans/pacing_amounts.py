"""The arithmetic of pacing. All amounts are whole minutes, steps or times; everything is rounded down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from supportplans.models import PacingStart

#: After so many weeks without a change the suggestion stays where it is: 10 % a week would double it each 7 weeks.
MOST_WEEKS = 12


@dataclass(frozen=True)
class Day:
    """One day of the table. `suggested` is None on rest days and before the start; `done` is None where nothing was
    noted and where a rest was (`has_rested`)."""

    on: date
    suggested: int | None
    done: int | None
    has_rested: bool
    is_rest_day: bool


def suggested_start(amounts: Iterable[int]) -> int | None:
    """Four fifths of the mean of `amounts`, rounded down to a whole number, at least 1; None without any.

    Rounded down, so that it is never more than was meant: 5, 7 and 6 minutes have the mean 6, and give 4.
    """
    amounts = list(amounts)
    return max(1, sum(amounts) * 8 // (len(amounts) * 10)) if amounts else None


def suggested_on(day: date, starts: Sequence[PacingStart]) -> int | None:
    """The amount for `day`; None before the first of `starts` (oldest first), on rest days, and once it has stopped."""
    start = start_on(day, starts)
    if start is None or has_stopped(start, day) or day.weekday() in start.rest_days:
        return None
    return grown(start, day)


def start_on(day: date, starts: Sequence[PacingStart]) -> PacingStart | None:
    """The start that counts on `day`."""
    return next((start for start in reversed(starts) if start.from_on <= day), None)


def has_stopped(start: PacingStart, day: date) -> bool:
    return start.stopped_on is not None and day >= start.stopped_on


def grown(start: PacingStart, day: date) -> int:
    """The amount of `start`, and its `weekly_percent` more for each full week up to `day`.

    It grows by compound, from the start and not from what was done, and is rounded down at the end: 5 minutes and
    10 % give 5, 5, 6, 6, 7. It grows for at most MOST_WEEKS, up to `enough`, and until `enough_on`. A start that is
    itself more than enough stays.
    """
    last = min(day, start.enough_on or day)
    weeks = min(max((last - start.from_on).days // 7, 0), MOST_WEEKS)
    amount = int(start.amount * (1 + Fraction(start.weekly_percent, 100)) ** weeks)
    return amount if start.enough is None else max(start.amount, min(amount, start.enough))


def days_of(first: date, last: date, starts: Sequence[PacingStart], noted: Mapping[date, int | None]) -> list[Day]:
    """Each day from `first` to `last`. `noted` holds what was done by day, None for a rest."""
    return [_day(first + timedelta(days=number), starts, noted) for number in range((last - first).days + 1)]


def _day(day, starts, noted):
    start = start_on(day, starts)
    return Day(
        on=day,
        suggested=suggested_on(day, starts),
        done=noted.get(day),
        has_rested=day in noted and noted[day] is None,
        is_rest_day=start is not None and day.weekday() in start.rest_days,
    )
