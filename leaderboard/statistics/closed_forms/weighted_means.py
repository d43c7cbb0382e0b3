"""Student's t for sums of independent means, each with a variance of its own: what most printed intervals rest on.

A number of the board is Σ w·m or Σ w·log m over arms and tasks, m the mean over an arm's runs on a task. Its
variance is the sum of the terms' (delta method), its degrees of freedom are Welch and Satterthwaite's over all
weighted terms: Var² / Σ vᵢ² / (nᵢ − 1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, log

from scipy import special

from symprior.leaderboard.statistics.resamples.resampling import Floats

Range = tuple[float, float]


@dataclass(frozen=True)
class Term:
    """What the runs of one arm on one task add to a number.

    Attributes:
        value: weight times the mean, or its logarithm.
        variance: of that.
        runs: how many there are.
    """

    value: float
    variance: float
    runs: int


@dataclass(frozen=True)
class Total:
    """A sum of independent terms."""

    value: float
    variance: float
    freedom: float

    def interval(self, confidence: float) -> Range | None:
        """Student's t; None where the runs do not differ, since no interval has the width zero."""
        if self.variance <= 0:
            return None
        width = float(special.stdtrit(self.freedom, (1 + confidence) / 2)) * self.variance**0.5
        return self.value - width, self.value + width

    def p_value(self) -> float:
        """Two-sided, of the value 0."""
        if self.variance <= 0:
            return 1.0
        return float(2 * special.stdtr(self.freedom, -abs(self.value) / self.variance**0.5))

    def __sub__(self, other: Total) -> Total:
        """The difference of two independent totals."""
        return Total(
            self.value - other.value,
            self.variance + other.variance,
            _freedom([(self.variance, self.freedom), (other.variance, other.freedom)]),
        )


def total(terms: Iterable[Term]) -> Total:
    """The sum of terms, with Welch and Satterthwaite's degrees of freedom."""
    chosen = list(terms)
    return Total(
        sum(term.value for term in chosen),
        sum(term.variance for term in chosen),
        _freedom([(term.variance, term.runs - 1) for term in chosen]),
    )


def of_mean(values: Floats, weight: float = 1.0) -> Term:
    """Weight times the mean of the runs, `[runs]`."""
    mean, variance = _mean_and_variance(values)
    return Term(weight * mean, weight**2 * variance / len(values), len(values))


def of_log_mean(values: Floats, weight: float = 1.0) -> Term:
    """Weight times the logarithm of the mean of the runs, which is positive; variance by the delta method."""
    mean, variance = _mean_and_variance(values)
    return Term(weight * log(mean), (weight / mean) ** 2 * variance / len(values), len(values))


def _mean_and_variance(values: Floats) -> tuple[float, float]:
    """By sums alone, which take a fifth of the time of numpy's functions for ten runs."""
    runs, mean = len(values), float(values.sum()) / len(values)
    off = values - mean
    return mean, float(off @ off) / (runs - 1) if runs > 1 else 0.0


def _freedom(parts: list[tuple[float, float]]) -> float:
    whole = sum(variance for variance, _ in parts)
    spread = sum(variance**2 / freedom for variance, freedom in parts if freedom > 0)
    return whole**2 / spread if spread > 0 else inf
