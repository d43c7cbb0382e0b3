"""The board's numbers of many draws at once: by the board's own functions, and by `Totals`, which are held to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from symprior.leaderboard.calibration.populations import Arm
from symprior.leaderboard.calibration.totals import Bools, LogRatios, Totals, of_log_means, of_means
from symprior.leaderboard.statistics.closed_forms.headlines import headline_interval, weighted_resamples
from symprior.leaderboard.statistics.closed_forms.log_ratios import resampled_log_ratio, widening
from symprior.leaderboard.statistics.closed_forms.placements import probability, score_interval
from symprior.leaderboard.statistics.closed_forms.proportions import wilson
from symprior.leaderboard.statistics.closed_forms.weighted_means import Range, Total
from symprior.leaderboard.statistics.resamples.resampling import (
    Floats,
    Indices,
    Resampled,
    counted,
    resample_indices,
    resampled_together,
)
from symprior.leaderboard.statistics.runs.lost_data import LEAST_LOST
from symprior.leaderboard.statistics.runs.scores import HIGHEST, LOWEST

RESAMPLES = 1_000
Z = 1.959964


@dataclass(frozen=True)
class Shares:
    """Estimated probabilities, `[draws]`, with the ends of their intervals, `[2, draws]`."""

    value: Floats
    ends: Floats


@dataclass(frozen=True)
class Groups:
    """So many runs of an arm on each task, for each draw.

    Attributes:
        arms: one for each task.
        drawn: which runs, for each task, `[draws, runs]`.
        weights: of the tasks.
    """

    arms: tuple[Arm, ...]
    drawn: tuple[Indices, ...]
    weights: tuple[float, ...]

    @property
    def runs(self) -> int:
        """The fewest on a task."""
        return int(min(drawn.shape[1] for drawn in self.drawn))

    def on(self, task: int) -> Groups:
        """The same groups on one task alone."""
        return Groups((self.arms[task],), (self.drawn[task],), (1.0,))

    def losses(self, quantity: str) -> list[Floats]:
        """Lost data or that in reaching on each task, as ratios take it, `[draws, runs]`."""
        return [
            np.maximum(getattr(arm, quantity)[drawn], LEAST_LOST)
            for arm, drawn in zip(self.arms, self.drawn, strict=True)
        ]

    @cached_property
    def efficiencies(self) -> tuple[Floats, ...]:
        """Data efficiencies on each task, `[draws, runs]`."""
        return tuple(arm.efficiency[drawn] for arm, drawn in zip(self.arms, self.drawn, strict=True))

    @cached_property
    def headline(self) -> Totals:
        """The weighted mean data efficiency."""
        return of_means(zip(self.efficiencies, self.weights, strict=True))

    @cached_property
    def resampled_headline(self) -> Resampled:
        """The headline of each resample, `[resamples, draws]`."""
        return weighted_resamples(list(zip(self.weights, _resampled(self.efficiencies, 0), strict=True)))

    @property
    def headline_ends(self) -> Floats:
        """The ends of the headline's interval, as it is printed, `[2, draws]`."""
        wholes = zip(self.headline.value, self.headline.variance, self.headline.freedom, strict=True)
        resampled = self.resampled_headline
        ends = [
            headline_interval(Total(*whole), Resampled(means, variances), self.runs, (LOWEST, HIGHEST))
            for whole, means, variances in zip(wholes, resampled.means.T, resampled.variances.T, strict=True)
        ]
        return np.array(ends).T

    @property
    def headline_with_lost_run(self) -> Floats:
        """The headline with one more run of the least score, where it costs most."""
        falls = [
            weight * (values.mean(axis=1) - LOWEST) / (values.shape[1] + 1)
            for values, weight in zip(self.efficiencies, self.weights, strict=True)
        ]
        return np.asarray(self.headline.value - np.max(falls, axis=0))

    @property
    def failures(self) -> Shares:
        """The share of runs that never reached the threshold."""
        failed = [arm.failed[drawn].sum(axis=1) for arm, drawn in zip(self.arms, self.drawn, strict=True)]
        counts, of = np.sum(failed, axis=0), sum(drawn.shape[1] for drawn in self.drawn)
        return Shares(counts / of, _each_once(lambda count: wilson(int(count), of), counts))


@dataclass(frozen=True)
class Versus:
    """Groups of runs with a prior against some of the plain arm."""

    prior: Groups
    plain: Groups

    @cached_property
    def gain(self) -> LogRatios:
        """The logarithm of the gain."""
        return _widened(self.unwidened("lost"), self.resampled_gain)

    @cached_property
    def reaching(self) -> LogRatios:
        """The logarithm of the gain in reaching."""
        return _widened(self.unwidened("lost_in_reaching"), self._resampled("lost_in_reaching"))

    def unwidened(self, quantity: str) -> Totals:
        """The logarithm of a gain in Student's t as it is."""
        sides = ((self.prior, -1), (self.plain, 1))
        return of_log_means(
            (values, sign * weight)
            for group, sign in sides
            for values, weight in zip(group.losses(quantity), self.prior.weights, strict=True)
        )

    @cached_property
    def resampled_gain(self) -> Resampled:
        """The logarithm of the gain in each resample, `[resamples, draws]`; the arms are resampled independently."""
        return self._resampled("lost")

    def _resampled(self, quantity: str) -> Resampled:
        prior = _resampled(self.prior.losses(quantity), len(self.plain.arms))
        plain = _resampled(self.plain.losses(quantity), 0)
        return resampled_log_ratio(list(zip(prior, plain, self.prior.weights, strict=True)))

    @property
    def gain_with_lost_run(self) -> Floats:
        """The logarithm of the gain with one more lost run of the prior, where it costs most."""
        return np.asarray(self.gain.value - _largest_rise(self.prior))

    @property
    def gain_with_lost_plain_run(self) -> Floats:
        """The same of the plain arm."""
        return np.asarray(self.gain.value + _largest_rise(self.plain))

    @property
    def improvement(self) -> Shares:
        """P(better)."""
        pairs = list(zip(self.prior.efficiencies, self.plain.efficiencies, strict=True))
        value = np.mean([[probability(*runs) for runs in zip(*pair, strict=True)] for pair in pairs], axis=0)
        sizes = [(ours.shape[1], theirs.shape[1]) for ours, theirs in pairs]
        return Shares(value, _each_once(lambda share: score_interval(share, sizes), value))


def found(of: Totals) -> Indices:
    """1 where the interval lies over 0, −1 where it lies under, else 0."""
    low, high = of.ends
    return np.asarray((low > 0).astype(np.intp) - (high < 0))


def covers(value: Floats, ends: Floats, truth: Floats, error: Floats) -> Bools:
    """Whether intervals cover what the runs that were not drawn say, whose own error widens them; all `[draws]`.

    Args:
        value: the estimates that the intervals are of.
        ends: of the intervals, `[2, draws]`; where there is none, the estimate stands for both.
        truth: the same numbers of the other runs.
        error: their standard errors.
    """
    low, high = np.where(np.isnan(ends), value, ends)
    return np.asarray(
        (value - np.hypot(value - low, Z * error) <= truth) & (truth <= value + np.hypot(high - value, Z * error))
    )


def _widened(whole: Totals, resampled: Resampled) -> LogRatios:
    widened = np.where(whole.variance > 0, widening(whole.value, whole.freedom, resampled), 1.0)
    return LogRatios(whole.value, whole.variance, whole.freedom, widened)


def _largest_rise(groups: Groups) -> Floats:
    """By how much the logarithm of the mean rises with one more lost run, on the task where it rises most."""
    rises = []
    for values, arm, weight in zip(groups.losses("lost"), groups.arms, groups.weights, strict=True):
        runs = values.shape[1]
        rises.append(weight * np.log((1 + arm.budget / values.sum(axis=1)) * runs / (runs + 1)))
    return np.asarray(np.max(rises, axis=0))


def _each_once(interval: Callable[[float], Range], values: Floats | Indices) -> Floats:
    """The ends of the interval of each value, `[2, draws]`; those of equal values are computed once."""
    distinct, places = np.unique(values, return_inverse=True)
    return np.array([interval(value) for value in distinct.tolist()])[places].T


def _resampled(of_tasks: Sequence[Floats], first: int) -> list[Resampled]:
    """The mean over runs of each resample, `[resamples, draws]` on each task; `first` numbers the streams."""
    return [
        resampled_together(values.T, _counts(first + place, values.shape[1])) for place, values in enumerate(of_tasks)
    ]


@cache
def _counts(place: int, runs: int) -> Floats:
    """How often each resample drew each run; the same for every draw, which are independent of it."""
    return counted(resample_indices(("calibrate", str(place)), runs, RESAMPLES), runs)
