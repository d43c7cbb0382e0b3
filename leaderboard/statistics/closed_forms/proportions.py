"""Wilson's score interval for a share of runs: it never has the width zero, and never leaves 0 … 1.

Source: Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy import special

from symprior.leaderboard.statistics.intervals import CONFIDENCE


@dataclass(frozen=True)
class Share:
    """So many of so many runs, with the 95 % interval of the share; None where there are no runs."""

    count: int
    runs: int
    interval: tuple[float, float] | None


def share(count: int, runs: int) -> Share:
    """The share with Wilson's interval."""
    return Share(count, runs, wilson(count, runs) if runs else None)


def wilson(count: int, runs: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Every rate p with |p̂ − p| ≤ z √(p (1 − p) / n)."""
    z = float(special.ndtri((1 + confidence) / 2))
    middle, whole = count + z * z / 2, runs + z * z
    width = z * sqrt(count * (runs - count) / runs + z * z / 4)
    return max(0.0, (middle - width) / whole), min(1.0, (middle + width) / whole)
