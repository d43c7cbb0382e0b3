"""The logarithm of a gain: a weighted log ratio of means with a symmetric studentised interval.

Student's t takes the mean of skewed runs for better known than it is, above all where a few runs lose many times what others
do. Its quantiles are therefore *widened* by the factor by which the 95 % quantile of |resample − value| / resample's error
exceeds t's, or narrowed where it falls short; at every other level, as Holm's correction needs, by the same factor. Source
of the symmetric form: Hall, The Bootstrap and Edgeworth Expansion (1992), 3.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log

import numpy as np
from scipy import special

from symprior.leaderboard.statistics.closed_forms.weighted_means import Range, Total, of_log_mean, total
from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.resamples.resampling import Floats, Resampled


@dataclass(frozen=True)
class LogRatio(Total):
    """A sum of weighted logarithms of means, told apart from 0 by Student's t with widened quantiles.

    Attributes:
        widening: of the quantiles; infinite where most resamples have no spread.
    """

    widening: float

    def interval(self, confidence: float) -> Range | None:
        """None where the runs do not differ, or too few resamples do."""
        ends = super().interval(confidence)
        if ends is None or not isfinite(self.widening):
            return None
        width = self.widening * (ends[1] - self.value)
        return self.value - width, self.value + width

    def p_value(self) -> float:
        """Two-sided, of the value 0."""
        return Total(self.value / self.widening, self.variance, self.freedom).p_value()


def log_ratio(tasks: Iterable[tuple[Floats, Floats, float]]) -> Total:
    """Σ w (log mean of the second − log mean of the first): the logarithm of a gain in lost data.

    Args:
        tasks: for each the prior's runs and the plain arm's, `[runs]`, all positive, and the task's weight.
    """
    return total(
        of_log_mean(values, sign * weight)
        for prior, plain, weight in tasks
        for values, sign in ((prior, -1), (plain, 1))
    )


def resampled_log_ratio(tasks: Sequence[tuple[Resampled, Resampled, float]]) -> Resampled:
    """The same of each resample; arms and tasks are resampled independently."""
    parts = [(sign * weight, of) for prior, plain, weight in tasks for of, sign in ((prior, -1), (plain, 1))]
    means: Floats = np.sum([weight * np.log(of.means) for weight, of in parts], axis=0)
    variances: Floats = np.sum([weight**2 * of.variances / of.means**2 for weight, of in parts], axis=0)
    return Resampled(means, variances)


def studentised(whole: Total, resampled: Resampled) -> LogRatio:
    """The log ratio with quantiles as its resamples say."""
    widened = float(widening(whole.value, whole.freedom, resampled)) if whole.variance > 0 else 1.0
    return LogRatio(whole.value, whole.variance, whole.freedom, widened)


def widening(value: float | Floats, freedom: float | Floats, resampled: Resampled) -> Floats:
    """By how much Student's quantiles are to be widened.

    Args:
        value: of the runs themselves, one number or one of each draw, `[draws]`.
        freedom: the same of its degrees of freedom.
        resampled: of `[resamples]` or `[resamples, draws]`.
    """
    away, errors = np.abs(resampled.means - value), np.sqrt(resampled.variances)
    reached = np.divide(away, errors, out=np.where(away > 0, inf, 0.0), where=errors > 0)
    quantile = np.quantile(reached, CONFIDENCE, axis=0, method="higher")
    return np.asarray(quantile / special.stdtrit(freedom, (1 + CONFIDENCE) / 2))


def rise_with_lost_run(values: Floats, budget: float) -> float:
    """By how much the logarithm of the mean rises with one more run that loses the whole budget."""
    return log((1 + budget / float(values.sum())) * len(values) / (len(values) + 1))


def ratio_interval(of: Total, confidence: float) -> Range | None:
    """The interval of exp(total)."""
    ends = of.interval(confidence)
    return None if ends is None else (_exp(ends[0]), _exp(ends[1]))


def _exp(power: float) -> float:
    return exp(min(power, 700.0))
