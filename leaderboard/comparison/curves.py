"""Sample-efficiency curves: mean and interquartile mean of the normalised score at each point, with bands.

Whole runs are resampled, never points, so a band holds at each of its points for itself. It says nothing of
areas; those come from `scores`, where a run is one number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symprior.leaderboard.comparison.cells import Cell
from symprior.leaderboard.statistics.intervals import CONFIDENCE, why_no_interval
from symprior.leaderboard.statistics.resamples.aggregates import trimmed_mean
from symprior.leaderboard.statistics.resamples.resampling import Floats, counted
from symprior.leaderboard.statistics.runs.scores import time_to_threshold

CURVE_RESAMPLES = 2_000

Band = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Curve:
    """The learning curve of one agent on one task; every tuple has one number per point.

    Attributes:
        steps: environment steps of the evaluations; runs evaluated elsewhere are interpolated linearly.
        mean: of the normalised score, unclipped, over runs.
        mean_band: low and high end of its 95 % percentile interval; None where there are too few runs.
        iqm: interquartile mean over runs.
        note: why there is no band; empty if there is one.
    """

    steps: tuple[float, ...]
    mean: tuple[float, ...]
    mean_band: Band | None
    iqm: tuple[float, ...]
    note: str


def curve_of(cell: Cell) -> Curve:
    """The curve of a cell with at least one finished run; lost runs have none, so that no band is drawn beside them."""
    steps, curves = cell.curves
    note = "runs are missing" if cell.lost else why_no_interval(len(curves), tasks=1)
    return Curve(
        steps=tuple(steps.tolist()),
        mean=tuple(np.mean(curves, axis=0).tolist()),
        mean_band=None if note else _band(counted(cell.drawn[:CURVE_RESAMPLES], len(curves)) @ curves / len(curves)),
        iqm=tuple(trimmed_mean(curves[None])[0].tolist()),
        note=note,
    )


def median_at_threshold(cell: Cell) -> float | None:
    """Environment steps at which the median over runs is at the threshold, and still is at the next evaluation.

    How van der Pol et al. (2020) show their curves; None where it never is.
    """
    steps, curves = cell.curves
    references = cell.task.references
    reached = np.median(curves, axis=0) >= references.normalise(references.threshold)
    stays = np.flatnonzero(reached[:-1] & reached[1:])
    return float(steps[stays[0]]) if stays.size else None


def median_crossing(cell: Cell, level: float) -> float | None:
    """Environment steps at which the median over runs crosses a raw return and stays there for one more evaluation.

    Interpolated linearly; None where it never does.
    """
    steps, curves = cell.curves
    return time_to_threshold(steps, np.median(curves, axis=0), cell.task.references.normalise(level))


def _band(distribution: Floats) -> Band:
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(distribution, [tail, 100 - tail], axis=0)
    return tuple(low.tolist()), tuple(high.tolist())
