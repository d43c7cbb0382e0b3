"""Which gain so many seeds can find, and how many seeds a gain needs, from how much the runs of an arm differ.

The logarithm of a gain has the variance Σ w² (c² of plain + c² of the prior) / n, c the spread of lost data over its
mean (its coefficient of variation) and w the task's weight. A gain is found where its 95 % interval excludes 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from scipy import special

from symprior.leaderboard.statistics.closed_forms.weighted_means import Term, total
from symprior.leaderboard.statistics.intervals import CONFIDENCE

POWER = 0.8
MOST_SEEDS = 1_000_000


@dataclass(frozen=True)
class Spread:
    """How much runs differ on one task: coefficients of variation of lost data.

    Attributes:
        plain: of the plain arm.
        prior: of an agent with a prior.
        weight: the task's in a gain.
    """

    plain: float
    prior: float
    weight: float = 1.0


def detectable_gain(spreads: Sequence[Spread], runs: int, power: float = POWER) -> float:
    """The smallest gain that `runs` runs of each arm on each task find with this power, in Student's t.

    Raises:
        ValueError: fewer than two runs.
    """
    if runs < 2:
        raise ValueError(f"{runs} runs have no spread.")
    of = total(
        Term(0.0, (spread.weight * each) ** 2 / runs, runs)
        for spread in spreads
        for each in (spread.plain, spread.prior)
    )
    quantiles = special.stdtrit(of.freedom, (1 + CONFIDENCE) / 2) + special.stdtrit(of.freedom, power)
    return exp(min(float(quantiles) * of.variance**0.5, 700.0))


def runs_needed(spreads: Sequence[Spread], gain: float, power: float = POWER) -> int:
    """The fewest runs of each arm on each task that find a gain (or its inverse) with this power.

    Raises:
        ValueError: the gain is not positive or is 1, or takes more than a million runs.
    """
    if gain <= 0 or gain == 1:
        raise ValueError(f"A gain of {gain:g}× cannot be found: give one over or under 1.")
    low, high = 1, 2
    while detectable_gain(spreads, high, power) > exp(abs(log(gain))):
        low, high = high, 2 * high
        if high > MOST_SEEDS:
            raise ValueError(f"A gain of {gain:g}× takes more than {MOST_SEEDS:,} runs.")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if detectable_gain(spreads, middle, power) <= exp(abs(log(gain))) else (middle, high)
    return high
