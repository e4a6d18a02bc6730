"""The one rule for small numbers of people: each is hidden or rounded by itself, and totals are of what is shown.

So no number says anything of another, and none that is hidden can be worked out from the others.
"""

from collections.abc import Iterable

ROUNDED_TO = 5


def shown(number: int, threshold: int) -> int | None:
    """None where `number` is hidden for being below `threshold` and not 0; else the nearest five.

    What is shown is never below the threshold.
    """
    if number == 0:
        return 0
    if number < threshold:
        return None
    least = -(-threshold // ROUNDED_TO) * ROUNDED_TO
    return max(least, (number + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO)


def total_of(cells: Iterable[int | None]) -> int:
    """The sum of what is shown: the true one would tell what is hidden."""
    return sum(cell or 0 for cell in cells)


def shown_within(number: int, total: int, threshold: int) -> int | None:
    """As `shown`, for some of the people of whom `total_of` gave `total`: never more than that, which would tell how
    many of them are hidden."""
    cell = shown(number, threshold)
    return cell if cell is None else min(cell, total)
