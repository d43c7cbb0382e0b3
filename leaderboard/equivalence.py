"""Are two learners one? Two one-sided tests (Schuirmann, 1987) on data efficiency and on the logarithm of the gain.

Equivalence is claimed only where the 90 % interval of the difference lies within the margins; a difference that is not
found is no evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, log

import numpy as np
from scipy import stats

from symprior.leaderboard.resampling import Floats
from symprior.leaderboard.scores import RunScore

EFFICIENCY_MARGIN = 0.03
GAIN_MARGIN = log(1.1)
LEVEL, POWER = 0.05, 0.9


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests of one difference, first learner minus second.

    Attributes:
        quantity: what is compared.
        difference, low, high: the estimate and its 90 % interval.
        margin: equivalent means that the interval lies within ±margin.
        p_value: the larger of the two one-sided tests'.
        runs: of each learner and arm.
    """

    quantity: str
    difference: float
    low: float
    high: float
    margin: float
    p_value: float
    runs: int

    @property
    def holds(self) -> bool:
        """Whether equivalence was shown."""
        return self.p_value <= LEVEL


@dataclass(frozen=True)
class Arm:
    """The runs of one agent on one task by one learner, reduced."""

    efficiency: Floats
    time: Floats

    @classmethod
    def of(cls, scores: Sequence[RunScore]) -> Arm:
        """From scored runs."""
        return cls(np.array([score.efficiency for score in scores]), np.array([score.time for score in scores]))


def efficiencies_equal(first: Arm, second: Arm) -> Equivalence:
    """Mean data efficiency of one agent by two learners, Welch's interval."""
    pieces = [_mean_and_variance(first.efficiency), _mean_and_variance(second.efficiency)]
    difference = pieces[0][0] - pieces[1][0]
    return _two_one_sided("data efficiency", difference, [piece[1:] for piece in pieces], EFFICIENCY_MARGIN)


def gains_equal(first: tuple[Arm, Arm], second: tuple[Arm, Arm]) -> Equivalence:
    """The logarithm of the symmetry gain, (plain, prior) by each learner; variances by the delta method."""
    pieces = [_log_mean_and_variance(arm.time) for arm in (*first, *second)]
    difference = (pieces[0][0] - pieces[1][0]) - (pieces[2][0] - pieces[3][0])
    return _two_one_sided("log symmetry gain", difference, [piece[1:] for piece in pieces], GAIN_MARGIN)


def runs_needed(pilot: Equivalence, pilot_runs: int) -> int:
    """Runs in each arm for 90 % power where the learners are equal, from the pilot's spread.

    n = pilot runs · ((z₀.₉₅ + z₀.₉₅) · standard error / margin)², as both tests must succeed.
    """
    standard_error = (pilot.high - pilot.low) / 2 / stats.norm.ppf(1 - LEVEL)
    needed = (
        pilot_runs
        * ((stats.norm.ppf(1 - LEVEL) + stats.norm.ppf((1 + POWER) / 2)) * standard_error / pilot.margin) ** 2
    )
    return max(2, ceil(needed))


def _mean_and_variance(values: Floats) -> tuple[float, float, int]:
    return float(values.mean()), float(values.var(ddof=1) / len(values)), len(values)


def _log_mean_and_variance(values: Floats) -> tuple[float, float, int]:
    mean, variance, count = _mean_and_variance(values)
    return log(mean), variance / mean**2, count


def _two_one_sided(quantity: str, difference: float, variances: list[tuple[float, int]], margin: float) -> Equivalence:
    """Welch–Satterthwaite degrees of freedom; `variances` are (variance of the mean, runs)."""
    total = sum(variance for variance, _ in variances)
    error = total**0.5
    spread = sum(variance**2 / (count - 1) for variance, count in variances)
    freedom = total**2 / spread if spread > 0 else inf
    width = float(stats.t.ppf(1 - LEVEL, freedom)) * error
    if error > 0:
        p_value = max(float(stats.t.sf((margin + side * difference) / error, freedom)) for side in (1, -1))
    else:
        p_value = 0.0 if abs(difference) < margin else 1.0
    runs = min(count for _, count in variances)
    return Equivalence(quantity, difference, difference - width, difference + width, margin, p_value, runs)
