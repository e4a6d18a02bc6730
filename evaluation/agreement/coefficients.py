"""Percent agreement, Jaccard, Cohen's kappa and Krippendorff's alpha for yes or no, from counts of who said yes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from statistics import fmean


@dataclass
class Tally:
    """How many units each set of coders coded; a set is bits, 1 for the first coder, 2 for the second."""

    coders: int
    units: Counter[int] = field(default_factory=Counter)

    def count(self, coders: int, number: int) -> None:
        self.units[coders] += number

    @property
    def total(self) -> int:
        return self.units.total()


@dataclass(frozen=True)
class Pair:
    """Two coders: how many units both coded, only the first, only the second, and neither."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def total(self) -> int:
        return self.both + self.first + self.second + self.neither


@dataclass(frozen=True)
class Agreement:
    """Each from -1 or 0 to 1, or None where it is undefined. `units` is over how many it was taken.

    With more than two coders, all but alpha are the mean over those pairs of coders for which they are defined.
    """

    units: int
    percent: float | None
    jaccard: float | None
    kappa: float | None
    alpha: float | None


def agreement_of(tally: Tally) -> Agreement:
    pairs = [_pair(tally, one, other) for one, other in combinations(range(tally.coders), 2)]
    return Agreement(
        units=tally.total,
        percent=_mean(percent, pairs),
        jaccard=_mean(jaccard, pairs),
        kappa=_mean(kappa, pairs),
        alpha=alpha(tally),
    )


def percent(pair: Pair) -> float | None:
    """The share of units on which two agree; undefined over nothing."""
    return (pair.both + pair.neither) / pair.total if pair.total else None


def jaccard(pair: Pair) -> float | None:
    """What both coded, of what either did; undefined where neither coded anything."""
    either = pair.both + pair.first + pair.second
    return pair.both / either if either else None


def kappa(pair: Pair) -> float | None:
    """Cohen (1960). Undefined where chance alone makes two agree on everything: both coded all, or both nothing."""
    if not pair.total:
        return None
    first, second = pair.both + pair.first, pair.both + pair.second
    by_chance = first * second + (pair.total - first) * (pair.total - second)
    possible = pair.total**2 - by_chance
    return ((pair.both + pair.neither) * pair.total - by_chance) / possible if possible else None


def alpha(tally: Tally) -> float | None:
    """Krippendorff, nominal, every coder on every unit. Undefined where there is only one value, or one coder."""
    values = tally.total * tally.coders
    yes = sum(coders.bit_count() * number for coders, number in tally.units.items())
    if tally.coders < 2 or yes in (0, values):
        return None
    unequal = sum(_unequal(coders.bit_count(), tally.coders) * number for coders, number in tally.units.items())
    return 1 - (values - 1) * unequal / ((tally.coders - 1) * yes * (values - yes))


def _unequal(yes, coders):
    return yes * (coders - yes)


def _mean(coefficient: Callable[[Pair], float | None], pairs: list[Pair]) -> float | None:
    defined = [value for value in map(coefficient, pairs) if value is not None]
    return fmean(defined) if defined else None


def _pair(tally, one, other):
    counts: Counter[tuple[int, int]] = Counter()
    for coders, number in tally.units.items():
        counts[coders >> one & 1, coders >> other & 1] += number
    return Pair(counts[1, 1], counts[1, 0], counts[0, 1], counts[0, 0])
