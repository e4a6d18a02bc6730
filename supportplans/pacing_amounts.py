"""The arithmetic of pacing. All amounts are whole minutes, steps or times; everything is rounded down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from supportplans.models import PacingBaseline, PacingStart

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


def suggested_on(day: date, baseline: PacingBaseline, starts: Sequence[PacingStart]) -> int | None:
    """The amount for `day`; None before the first of `starts` (oldest first), on rest days, and once it has stopped."""
    start = start_on(day, starts)
    has_stopped = baseline.stopped_on is not None and day >= baseline.stopped_on
    if start is None or has_stopped or day.weekday() in start.rest_days:
        return None
    return grown(start, min(day, baseline.enough_on or day))


def start_on(day: date, starts: Sequence[PacingStart]) -> PacingStart | None:
    """The start that counts on `day`."""
    return next((start for start in reversed(starts) if start.from_on <= day), None)


def grown(start: PacingStart, day: date) -> int:
    """The amount of `start`, and its `weekly_percent` more for each full week up to `day`.

    It grows by compound, from the start and not from what was done, and is rounded down at the end: 5 minutes and
    10 % give 5, 5, 6, 6, 7. It grows for at most MOST_WEEKS, and up to `enough`. A start that is itself more than
    enough stays.
    """
    weeks = min(max((day - start.from_on).days // 7, 0), MOST_WEEKS)
    amount = int(start.amount * (1 + Fraction(start.weekly_percent, 100)) ** weeks)
    return amount if start.enough is None else max(start.amount, min(amount, start.enough))


def days_of(
    last: date,
    number: int,
    baseline: PacingBaseline,
    starts: Sequence[PacingStart],
    noted: dict[date, int | None],
) -> list[Day]:
    """`number` days up to `last`, oldest first. `noted` holds what was done by day, None for a rest."""
    return [_day(last - timedelta(days=back), baseline, starts, noted) for back in reversed(range(number))]


def _day(day, baseline, starts, noted):
    start = start_on(day, starts)
    return Day(
        on=day,
        suggested=suggested_on(day, baseline, starts),
        done=noted.get(day),
        has_rested=day in noted and noted[day] is None,
        is_rest_day=start is not None and day.weekday() in start.rest_days,
    )
