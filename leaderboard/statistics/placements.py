"""The probability that a run of one agent beats a run of another, with an interval from the runs' placements.

A run's placement is the share of the other agent's runs that it beats, ties counting half; the mean placement is the
probability. Its variance is that of both agents' placements (DeLong et al., Biometrics 44, 1988; Brunner and Munzel,
Biometrical Journal 42, 2000). On the logit scale the interval stays within 0 … 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.resampling import Floats
from symprior.leaderboard.statistics.weighted_means import Term, Total, of_mean, total


def improvement_interval(pairs: Sequence[tuple[Floats, Floats]]) -> tuple[float, tuple[float, float] | None]:
    """P(X > Y) + ½ P(X = Y), averaged over tasks, and its interval; None where every run is on the same side.

    Args:
        pairs: for each task the scores of X `[n]` and of Y `[m]`.
    """
    whole = placed(pairs)
    odds = on_logit(whole)
    ends = odds.interval(CONFIDENCE) if odds is not None else None
    return whole.value, None if ends is None else (_share(ends[0]), _share(ends[1]))


def placed(pairs: Sequence[tuple[Floats, Floats]]) -> Total:
    """The probability with its variance and degrees of freedom."""
    terms, weight = [], 1 / len(pairs)
    for x, y in pairs:
        wins = (x[:, None] > y) + 0.5 * (x[:, None] == y)
        of_x, of_y = of_mean(wins.mean(axis=1), weight), of_mean(wins.mean(axis=0), weight)
        terms += [of_x, Term(0.0, of_y.variance, of_y.runs)]  # the same mean, once more spread
    return total(terms)


def on_logit(of: Total) -> Total | None:
    """The logarithm of the odds, by the delta method; None at 0 and 1."""
    if not 0 < of.value < 1:
        return None
    slope = 1 / (of.value * (1 - of.value))
    return Total(log(of.value / (1 - of.value)), of.variance * slope**2, of.freedom)


def _share(odds: float) -> float:
    return 1 / (1 + exp(-max(min(odds, 700.0), -700.0)))
