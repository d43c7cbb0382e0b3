"""The gain in data: how many times fewer given transitions an agent needs than its plain arm, over all levels of score."""

from __future__ import annotations

from math import exp

import numpy as np

from symprior.leaderboard.comparison.cells import Cell
from symprior.leaderboard.statistics.closed_forms.log_ratios import ratio_interval
from symprior.leaderboard.statistics.closed_forms.weighted_means import of_mean, total
from symprior.leaderboard.statistics.intervals import CONFIDENCE, Estimate, with_interval
from symprior.leaderboard.statistics.resamples.resampling import Floats
from symprior.leaderboard.statistics.runs.log_area import area_over_log


def data_gain(prior: Cell, plain: Cell) -> Estimate:
    """Exp of the difference of the mean areas under the scores over ln(transitions), with Welch's interval on the logarithm.

    Both arms of a seed are given the same transitions, and are compared as if they were not: where they do well on the same
    data, the interval is wider than it need be. A missing run of the prior counts as one that never scores, and the number
    is a bound; where one of the plain arm is missing, there is none to be trusted, and the number is nan.
    """
    difference = total([of_mean(log_areas(prior)), of_mean(log_areas(plain), -1.0)])
    runs = min(len(prior.scores), len(plain.scores))
    if plain.lost:
        return Estimate(
            float("nan"), runs, None, f"runs of {plain.agent.id} failed or are missing, which would flatter"
        )
    if prior.lost:
        return Estimate(exp(difference.value), runs, None, f"{len(prior.lost)} failed or missing runs never score", "≥")
    return with_interval(exp(difference.value), ratio_interval(difference, CONFIDENCE), runs, tasks=1)


def log_areas(cell: Cell) -> Floats:
    """The area of each run of a cell, failed and missing ones last, `[runs]`; see `area_over_log`."""
    lost = np.zeros(len(cell.lost))
    if not cell.runs:
        return lost
    return np.concatenate([area_over_log(*cell.curves, cell.task.portions[0], cell.budget), lost])
