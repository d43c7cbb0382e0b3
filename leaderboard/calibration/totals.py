"""`Total` and `LogRatio` of many draws at once; the tests hold them to the board's, draw by draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy import special

from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.ranks import ROUNDING
from symprior.leaderboard.statistics.resamples.resampling import Floats

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Totals:
    """Sums of independent terms, all `[draws]`."""

    value: Floats
    variance: Floats
    freedom: Floats

    @property
    def width(self) -> Floats:
        """Half of Student's 95 % interval; no number where the runs do not differ."""
        students = special.stdtrit(self.freedom, (1 + CONFIDENCE) / 2)
        return np.where(self.variance > 0, students * np.sqrt(self.variance), np.nan)

    @property
    def ends(self) -> Floats:
        """The ends of the 95 % interval, `[2, draws]`; no numbers where there is none."""
        return np.stack([self.value - self.width, self.value + self.width])

    @property
    def away(self) -> Floats:
        """How far from 0, in standard errors; 0 where the runs do not differ."""
        return np.divide(
            np.abs(self.value), np.sqrt(self.variance), out=np.zeros_like(self.value), where=self.variance > 0
        )

    @property
    def p_values(self) -> Floats:
        """Two-sided, of the value 0."""
        return np.asarray(2 * special.stdtr(self.freedom, -self.away))

    def __sub__(self, other: Totals) -> Totals:
        """The difference of independent totals."""
        parts = [(each.variance, each.freedom) for each in (self, other)]
        return Totals(self.value - other.value, self.variance + other.variance, _freedom(parts))


@dataclass(frozen=True)
class LogRatios(Totals):
    """Logarithms of gains; `widening` of Student's quantiles, `[draws]`, is infinite where most resamples have no spread."""

    widening: Floats

    @property
    def width(self) -> Floats:
        """Half of the widened interval; no number where too few resamples differ, either."""
        return np.where(np.isfinite(self.widening), self.widening * super().width, np.nan)

    @property
    def away(self) -> Floats:
        """How far from 0, in standard errors, as much less as the quantiles are wider."""
        return super().away / self.widening


def rank_p_values(first: Totals, second: Totals) -> Floats:
    """The p-values of equal headlines, as ranks rest on them."""
    difference = first - second
    same = (np.abs(difference.value) < ROUNDING).astype(np.float64)
    return np.where(difference.variance < ROUNDING**2, same, difference.p_values)


def of_means(tasks: Iterable[tuple[Floats, float]]) -> Totals:
    """Weighted sums of the means of runs, `[draws, runs]` on each task."""
    return _totals([(weight * values.mean(axis=1), weight, values) for values, weight in tasks])


def of_log_means(arms: Iterable[tuple[Floats, float]]) -> Totals:
    """Weighted sums of the logarithms of means, which are positive; variances by the delta method."""
    parts = []
    for values, weight in arms:
        mean = values.mean(axis=1)
        parts.append((weight * np.log(mean), weight / mean, values))
    return _totals(parts)


def _totals(parts: Sequence[tuple[Floats, float | Floats, Floats]]) -> Totals:
    """The sum of parts, each with its value, its slope in the mean, and the runs."""
    variances = [slope**2 * values.var(axis=1, ddof=1) / values.shape[1] for _, slope, values in parts]
    freedoms = [float(values.shape[1] - 1) for *_, values in parts]
    return Totals(
        np.sum([value for value, *_ in parts], axis=0),
        np.sum(variances, axis=0),
        _freedom(list(zip(variances, freedoms, strict=True))),
    )


def _freedom(parts: Sequence[tuple[Floats, float | Floats]]) -> Floats:
    whole = np.sum([variance for variance, _ in parts], axis=0)
    spread = np.sum([variance**2 / freedom for variance, freedom in parts], axis=0)
    return np.asarray(np.divide(whole**2, spread, out=np.full_like(whole, inf), where=spread > 0))
