"""The board's numbers of one draw, computed by the functions that the board uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from symprior.leaderboard.calibration.populations import Arm
from symprior.leaderboard.comparison.cells import LEAST_LOST
from symprior.leaderboard.statistics.closed_forms.headlines import headline_interval, weighted_resamples
from symprior.leaderboard.statistics.closed_forms.log_ratios import (
    LogRatio,
    log_ratio,
    resampled_log_ratio,
    rise_with_lost_run,
    studentised,
)
from symprior.leaderboard.statistics.closed_forms.placements import improvement_interval
from symprior.leaderboard.statistics.closed_forms.weighted_means import Range, Total, of_mean, total
from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.resamples.resampling import (
    Floats,
    Indices,
    Resampled,
    counted,
    resample_indices,
    resampled_means,
)
from symprior.leaderboard.statistics.runs.scores import HIGHEST, LOWEST

RESAMPLES = 1_000
Z = 1.959964


@dataclass(frozen=True)
class Group:
    """So many runs of an arm on each task.

    Attributes:
        arms: one for each task.
        drawn: which runs, for each task, `[runs]`.
        weights: of the tasks.
    """

    arms: tuple[Arm, ...]
    drawn: tuple[Indices, ...]
    weights: tuple[float, ...]

    @property
    def runs(self) -> int:
        """The fewest on a task."""
        return min(map(len, self.drawn))

    @cached_property
    def efficiencies(self) -> tuple[Floats, ...]:
        """Data efficiencies on each task, `[runs]`."""
        return tuple(arm.efficiency[drawn] for arm, drawn in zip(self.arms, self.drawn, strict=True))

    @cached_property
    def headline(self) -> Total:
        """The weighted mean data efficiency."""
        return total(of_mean(values, weight) for values, weight in zip(self.efficiencies, self.weights, strict=True))

    @property
    def headline_interval(self) -> Range:
        """The headline's interval, as it is printed."""
        return headline_interval(self.headline, self.resampled_headline, self.runs, (LOWEST, HIGHEST))

    @cached_property
    def resampled_headline(self) -> Resampled:
        """The headline of each resample."""
        return weighted_resamples(list(zip(self.weights, _resampled(self.efficiencies, 0), strict=True)))

    @property
    def headline_with_lost_run(self) -> float:
        """The headline with one more run of the least score, where it costs most."""
        falls = [
            weight * (values.mean() - np.append(values, LOWEST).mean())
            for values, weight in zip(self.efficiencies, self.weights, strict=True)
        ]
        return float(self.headline.value - max(falls))

    @property
    def failures(self) -> tuple[int, int]:
        """Runs that never reached the threshold, of how many."""
        failed = [arm.failed[drawn] for arm, drawn in zip(self.arms, self.drawn, strict=True)]
        return int(sum(each.sum() for each in failed)), sum(map(len, failed))


@dataclass(frozen=True)
class Versus:
    """A group of runs with a prior against one of the plain arm."""

    prior: Group
    plain: Group

    @cached_property
    def gain(self) -> LogRatio:
        """The logarithm of the gain."""
        return studentised(self.unwidened("lost"), self.resampled_gain)

    @cached_property
    def reaching(self) -> LogRatio:
        """The logarithm of the gain in reaching."""
        return studentised(self.unwidened("lost_in_reaching"), self._resampled("lost_in_reaching"))

    def unwidened(self, quantity: str) -> Total:
        """The logarithm of a gain in Student's t as it is."""
        ours, theirs = (_values(group, quantity) for group in (self.prior, self.plain))
        return log_ratio(zip(ours, theirs, self.prior.weights, strict=True))

    @cached_property
    def resampled_gain(self) -> Resampled:
        """The logarithm of the gain in each resample; the arms are resampled independently."""
        return self._resampled("lost")

    def _resampled(self, quantity: str) -> Resampled:
        prior = _resampled(_values(self.prior, quantity), len(self.plain.arms))
        plain = _resampled(_values(self.plain, quantity), 0)
        return resampled_log_ratio(list(zip(prior, plain, self.prior.weights, strict=True)))

    @property
    def gain_with_lost_run(self) -> float:
        """The logarithm of the gain with one more lost run of the prior, where it costs most."""
        rises = [
            weight * rise_with_lost_run(values, arm.budget)
            for values, arm, weight in zip(
                _values(self.prior, "lost"), self.prior.arms, self.prior.weights, strict=True
            )
        ]
        return self.gain.value - max(rises)

    @property
    def gain_with_lost_plain_run(self) -> float:
        """The same of the plain arm."""
        rises = [
            weight * rise_with_lost_run(values, arm.budget)
            for values, arm, weight in zip(
                _values(self.plain, "lost"), self.plain.arms, self.plain.weights, strict=True
            )
        ]
        return self.gain.value + max(rises)

    @property
    def improvement(self) -> tuple[float, Range]:
        """P(better) with its interval."""
        return improvement_interval(list(zip(self.prior.efficiencies, self.plain.efficiencies, strict=True)))


def found(of: Total, confidence: float = CONFIDENCE) -> int:
    """1 where the interval lies over 0, −1 where it lies under, else 0."""
    ends = of.interval(confidence)
    return 0 if ends is None else int(ends[0] > 0) - int(ends[1] < 0)


def covers(value: float, ends: Range, truth: float, error: float) -> bool:
    """Whether an interval covers what the runs that were not drawn say, whose own error widens it.

    Args:
        value: the estimate that the interval is of.
        ends: of the interval.
        truth: the same number of the other runs.
        error: its standard error.
    """
    low = value - float(np.hypot(value - ends[0], Z * error))
    high = value + float(np.hypot(ends[1] - value, Z * error))
    return low <= truth <= high


def _values(group: Group, quantity: str) -> list[Floats]:
    return [
        np.maximum(getattr(arm, quantity)[drawn], LEAST_LOST)
        for arm, drawn in zip(group.arms, group.drawn, strict=True)
    ]


def _resampled(of_tasks: Sequence[Floats], first: int) -> list[Resampled]:
    """The mean over runs of each resample, on each task; `first` numbers the streams."""
    return [
        resampled_means(values[:, None], _counts(first + place, len(values)))[0]
        for place, values in enumerate(of_tasks)
    ]


@cache
def _counts(place: int, runs: int) -> Floats:
    """How often each resample drew each run; the same for every draw, which are independent of it."""
    return counted(resample_indices(("calibrate", str(place)), runs, RESAMPLES), runs)
