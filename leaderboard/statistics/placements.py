"""The probability that a run of one agent beats a run of another, with a score interval that never has the width zero.

On one task it is Newcombe's method 5 (Statistics in Medicine 25, 2006): every θ with |θ̂ − θ| ≤ z √V(θ), where
V(θ) = θ (1 − θ) (1 + N (1 − θ)/(2 − θ) + N θ/(1 + θ)) / (n m), N = (n + m)/2 − 1. Several tasks are averaged, and the
distances from the estimates to the ends of their intervals add up in squares (Zou and Donner, Biometrics 64, 2008).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize, special

from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.resampling import Floats

INSIDE = 1e-9
"""0 and 1 solve the equation too, and are no ends."""


def improvement_interval(pairs: Sequence[tuple[Floats, Floats]]) -> tuple[float, tuple[float, float]]:
    """P(X > Y) + ½ P(X = Y), averaged over tasks, and its 95 % interval.

    Args:
        pairs: for each task the scores of X `[n]` and of Y `[m]`.
    """
    shares = [probability(x, y) for x, y in pairs]
    ends = [score_interval(share, len(x), len(y)) for share, (x, y) in zip(shares, pairs, strict=True)]
    value = float(np.mean(shares))
    under = [(share - low) ** 2 for share, (low, _) in zip(shares, ends, strict=True)]
    over = [(high - share) ** 2 for share, (_, high) in zip(shares, ends, strict=True)]
    low, high = value - sum(under) ** 0.5 / len(pairs), value + sum(over) ** 0.5 / len(pairs)
    return value, (max(low, 0.0), min(high, 1.0))


def probability(x: Floats, y: Floats) -> float:
    """P(X > Y) + ½ P(X = Y) for a random run of each."""
    return float(np.mean((x[:, None] > y) + 0.5 * (x[:, None] == y)))


def score_interval(share: float, n: int, m: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Newcombe's interval of a probability that was estimated from n runs against m."""
    z = float(special.ndtri((1 + confidence) / 2))
    size = (n + m) / 2 - 1

    def excess(theta: float) -> float:
        spread = theta * (1 - theta) * (1 + size * (1 - theta) / (2 - theta) + size * theta / (1 + theta)) / (n * m)
        return float((share - theta) ** 2 - z * z * spread)

    low = 0.0 if share <= 0 else float(optimize.brentq(excess, 0, min(share, 1 - INSIDE)))
    high = 1.0 if share >= 1 else float(optimize.brentq(excess, max(share, INSIDE), 1))
    return low, high
