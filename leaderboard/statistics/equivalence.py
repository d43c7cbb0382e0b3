"""Are two learners one? Two one-sided tests (Schuirmann, 1987) on data efficiency and on the logarithm of the gain.

Equivalence is claimed only where the 90 % interval of the difference lies within the margins; a difference that is not
found is no evidence of equivalence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, inf, log

import numpy as np
from scipy import special

from symprior.leaderboard.statistics.resamples.resampling import Floats
from symprior.leaderboard.statistics.runs.scores import RunScore

EFFICIENCY_MARGIN = 0.03
GAIN_MARGIN = log(1.1)
LEVEL, POWER = 0.05, 0.9


@dataclass(frozen=True)
class Arm:
    """The runs of one agent on one task by one learner, reduced.

    Attributes:
        efficiency: data efficiency of each run, clipped as aggregates have it.
        time: environment steps of each run to the threshold, censored at the budget.
    """

    efficiency: Floats
    time: Floats

    @classmethod
    def of(cls, scores: Sequence[RunScore]) -> Arm:
        """From scored runs."""
        return cls(np.array([score.efficiency_clipped for score in scores]), np.array([score.time for score in scores]))


@dataclass(frozen=True)
class Share:
    """What one arm adds to the variance of an estimate.

    Attributes:
        spread: times the number of runs, so what one run would.
        runs: how many it has.
    """

    spread: float
    runs: int

    @property
    def variance(self) -> float:
        """The variance of the arm's mean."""
        return self.spread / self.runs


@dataclass(frozen=True)
class Side:
    """One learner's estimate.

    Attributes:
        value: the estimate.
        shares: of the arms that it is made of: one, or for a gain the plain arm and that with the prior.
    """

    value: float
    shares: tuple[Share, ...]

    @property
    def variance(self) -> float:
        """The variance of the estimate."""
        return sum(share.variance for share in self.shares)

    @property
    def freedom(self) -> float:
        """Σ (variance of an arm's mean)² / (runs − 1), for Welch and Satterthwaite."""
        return sum(share.variance**2 / (share.runs - 1) for share in self.shares)


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests of one difference, first learner minus second.

    Attributes:
        quantity: what is compared.
        sides: the two learners' estimates.
        low, high: the 90 % interval of the difference.
        margin: equivalent means that the interval lies within ±margin.
        p_value: the larger of the two one-sided tests'.
    """

    quantity: str
    sides: tuple[Side, Side]
    low: float
    high: float
    margin: float
    p_value: float

    @property
    def difference(self) -> float:
        """The estimate."""
        return self.sides[0].value - self.sides[1].value

    @property
    def holds(self) -> bool:
        """Whether equivalence was shown."""
        return self.p_value <= LEVEL

    @property
    def hints_at_a_difference(self) -> bool:
        """Whether the interval excludes 0; where equivalence was shown, it is a difference within the margin."""
        return not self.low <= 0 <= self.high


def efficiencies_equal(first: Arm, second: Arm) -> Equivalence:
    """Mean data efficiency of one agent by two learners, Welch's interval."""
    return _two_one_sided("data efficiency", (_mean(first), _mean(second)), EFFICIENCY_MARGIN)


def gains_equal(first: tuple[Arm, Arm], second: tuple[Arm, Arm]) -> Equivalence:
    """The logarithm of the symmetry gain, (plain, prior) by each learner; variances by the delta method.

    Times that never vary are all cut at the budget, of which no gain follows: then nothing is shown.
    """
    found = _two_one_sided("gain", (_log_gain(*first), _log_gain(*second)), GAIN_MARGIN)
    return replace(found, p_value=1.0) if sum(side.variance for side in found.sides) == 0 else found


def runs_needed(pilot: Equivalence, ratio: float = 1.0) -> tuple[tuple[int, int], ...]:
    """Runs for 90 % power where the learners are equal, from the pilot's spread: in each arm, (first learner, second).

    An arm with n runs of the second learner and ratio·n of the first adds d²/n to the variance, d² = s₂ + s₁/ratio. Both
    one-sided tests must succeed, so the sum over arms may be (margin / (z₀.₉₅ + z₀.₉₅))². The fewest runs in all then are
    n = d · Σd · ((z₀.₉₅ + z₀.₉₅) / margin)²: an arm has as many as its runs differ (Neyman, 1934). Where a run of the first
    learner costs 1/c of the second's, ratio = √c is cheapest.

    Args:
        pilot: a test on few runs.
        ratio: runs of the first learner for each of the second.
    """
    first, second = (side.shares for side in pilot.sides)
    deviations = [(of.spread + by.spread / ratio) ** 0.5 for by, of in zip(first, second, strict=True)]
    z = float(special.ndtri(1 - LEVEL) + special.ndtri((1 + POWER) / 2))
    needed = [max(2, ceil(deviation * sum(deviations) * (z / pilot.margin) ** 2)) for deviation in deviations]
    return tuple((ceil(ratio * runs), runs) for runs in needed)


def _mean(arm: Arm) -> Side:
    values = arm.efficiency
    return Side(float(values.mean()), (Share(float(values.var(ddof=1)), len(values)),))


def _log_gain(plain: Arm, prior: Arm) -> Side:
    times = plain.time, prior.time
    shares = tuple(Share(float(time.var(ddof=1) / time.mean() ** 2), len(time)) for time in times)
    return Side(log(plain.time.mean() / prior.time.mean()), shares)


def _two_one_sided(quantity: str, sides: tuple[Side, Side], margin: float) -> Equivalence:
    """Welch–Satterthwaite degrees of freedom."""
    first, second = sides
    difference, total = first.value - second.value, first.variance + second.variance
    error, spread = total**0.5, first.freedom + second.freedom
    freedom = total**2 / spread if spread > 0 else inf
    width = float(special.stdtrit(freedom, 1 - LEVEL)) * error
    if error > 0:
        p_value = max(float(special.stdtr(freedom, -(margin + side * difference) / error)) for side in (1, -1))
    else:
        p_value = 0.0 if abs(difference) < margin else 1.0
    return Equivalence(quantity, sides, difference - width, difference + width, margin, p_value)
