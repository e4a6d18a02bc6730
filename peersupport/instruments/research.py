"""What researchers' tables say of scores. No page of a member may: import-linter keeps it away from supportplans."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from peersupport.instruments.definition import ScoreRule

#: Falls in pain, in per cent of where it began, from which on they count (Dworkin et al. 2008, IMMPACT).
MODERATE_FALL, SUBSTANTIAL_FALL = 30, 50
#: The expected correlation between goals (Kiresuk and Sherman 1968).
CORRELATION = 0.3
LEVELS = range(-2, 3)


@dataclass(frozen=True)
class PainChange:
    """`fall` is in per cent of the baseline (negative for a rise), None where there was nothing to fall from."""

    fall: Decimal | None

    @property
    def is_moderate(self) -> bool | None:
        return None if self.fall is None else self.fall >= MODERATE_FALL

    @property
    def is_substantial(self) -> bool | None:
        return None if self.fall is None else self.fall >= SUBSTANTIAL_FALL


def band_of(rule: ScoreRule, value: Decimal | None) -> int | None:
    """The number of the band that `value` lies in, counted from 0; None without a value or without bands."""
    if value is None or not rule.cuts:
        return None
    return sum(value >= cut for cut in rule.cuts)


def change_in_pain(baseline: int | None, later: int | None) -> PainChange:
    """How far pain (0-10, more is worse) fell. Undefined with an answer missing, or from a baseline of 0."""
    if not baseline or later is None:
        return PainChange(None)
    return PainChange(Decimal(100 * (baseline - later)) / baseline)


def goal_attainment(levels: Sequence[int], weights: Sequence[float] | None = None) -> float | None:
    """The T score of Goal Attainment Scaling; 50 is "as hoped", more is better. Groups are never ranked by it.

    T = 50 + 10 * sum(w*x) / sqrt(0.7 * sum(w^2) + 0.3 * (sum w)^2) for levels x in -2..+2 and weights w >= 0 (Kiresuk
    and Sherman 1968; the formula printed in Turner-Stokes 2009 had an erratum). Goals of weight 0 are left out; with no
    weight left there is no score. Raises ValueError for a level or weight that can't be.
    """
    weights = [1] * len(levels) if weights is None else weights
    if len(weights) != len(levels) or any(level not in LEVELS for level in levels) or any(w < 0 for w in weights):
        raise ValueError("Levels are -2 to 2, each with a weight of 0 or more.")
    weight = sum(weights)
    if not weight:
        return None
    spread = (1 - CORRELATION) * sum(w * w for w in weights) + CORRELATION * weight**2
    return 50 + 10 * sum(w * x for w, x in zip(weights, levels, strict=True)) / sqrt(spread)
