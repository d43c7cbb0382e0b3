"""The probability that a run of one agent beats a run of another, with a score interval that never has the width zero.

It is Newcombe's method 5 (Statistics in Medicine 25, 2006), over tasks: every θ with |θ̂ − θ| ≤ z √V(θ), where on a task
V(θ) = θ (1 − θ) (1 + N (1 − θ)/(2 − θ) + N θ/(1 + θ)) / (n m), N = (n + m)/2 − 1, and over T tasks V = Σ Vₜ(θ) / T².
At ½ it is the variance of Mann and Whitney's test; where tasks differ it is larger than theirs, since V is concave.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize, special

from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.resamples.resampling import Floats

INSIDE = 1e-9
"""0 and 1 solve the equation too, and are no ends."""


def improvement_interval(pairs: Sequence[tuple[Floats, Floats]]) -> tuple[float, tuple[float, float]]:
    """P(X > Y) + ½ P(X = Y), averaged over tasks, and its 95 % interval.

    Args:
        pairs: for each task the scores of X `[n]` and of Y `[m]`.
    """
    value = float(np.mean([probability(x, y) for x, y in pairs]))
    return value, score_interval(value, [(len(x), len(y)) for x, y in pairs])


def probability(x: Floats, y: Floats) -> float:
    """P(X > Y) + ½ P(X = Y) for a random run of each: by ranks, since thousands of runs have millions of pairs."""
    ordered = np.sort(y)
    twice = np.searchsorted(ordered, x, "left").sum() + np.searchsorted(ordered, x, "right").sum()
    return float(twice / (2 * len(x) * len(y)))


def score_interval(
    share: float, sizes: Sequence[tuple[int, int]], confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """The interval of an estimated probability; on each task it is from n runs against m."""
    z = float(special.ndtri((1 + confidence) / 2))

    def excess(theta: float) -> float:
        variance = sum(_variance(theta, n, m) for n, m in sizes) / len(sizes) ** 2
        return float((share - theta) ** 2 - z * z * variance)

    low = 0.0 if share <= 0 else float(optimize.brentq(excess, 0, min(share, 1 - INSIDE)))
    high = 1.0 if share >= 1 else float(optimize.brentq(excess, max(share, INSIDE), 1))
    return low, high


def _variance(theta: float, n: int, m: int) -> float:
    size = (n + m) / 2 - 1
    return theta * (1 - theta) * (1 + size * (1 - theta) / (2 - theta) + size * theta / (1 + theta)) / (n * m)
