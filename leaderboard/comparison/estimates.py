"""Numbers over the cells of an agent with their intervals: headline, rliable's aggregates, probability of improvement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from symprior.leaderboard.comparison.cells import Cell
from symprior.leaderboard.comparison.gains import Pair
from symprior.leaderboard.statistics.closed_forms.headlines import headline_interval, weighted_resamples
from symprior.leaderboard.statistics.closed_forms.placements import improvement_interval
from symprior.leaderboard.statistics.closed_forms.weighted_means import Range, Total, of_mean, total
from symprior.leaderboard.statistics.intervals import (
    Estimate,
    by_percentiles,
    percentile_interval,
    with_interval,
)
from symprior.leaderboard.statistics.resamples.aggregates import (
    AGGREGATES,
    family_weights,
    point_estimates,
    probability_of_improvement,
)
from symprior.leaderboard.statistics.runs.scores import HIGHEST, LOWEST

SCORE_RANGE: Range = (LOWEST, HIGHEST)
"""Of a clipped score of a run, and so of any mean of such scores."""


STEPS_LOST = ("lost", "lost_in_reaching", "time")
"""Quantities of which less is better."""


def headline(cells: Sequence[Cell]) -> Estimate:
    """Mean clipped data efficiency over seeds per task, then over families with equal weight."""
    return weighted_mean(cells, "efficiency_clipped", SCORE_RANGE)


def weighted_mean(cells: Sequence[Cell], quantity: str, possible: Range) -> Estimate:
    """The mean of a quantity over seeds per task, then over families, with its studentised interval.

    Where runs are lost, the number is a bound without an interval: they count as the worst that can be.

    Args:
        cells: one for each task.
        quantity: one of `RESAMPLED`.
        possible: between which values a mean can lie at all.
    """
    whole, weights = headline_total(cells, quantity), _weights(cells)
    runs = fewest_runs(cells)
    if lost := sum(len(cell.lost) for cell in cells):
        note = f"{lost} failed or missing run{'s' if lost > 1 else ''} counted as the worst"
        return Estimate(whole.value, runs, None, note, "≤" if quantity in STEPS_LOST else "≥")
    resampled = weighted_resamples([(weights[cell.task.id], cell.resampled[quantity]) for cell in cells])
    ends = headline_interval(whole, resampled, runs, possible)
    return with_interval(whole.value, ends, runs, len(cells), percentiles=percentile_interval(resampled.means))


def headline_total(cells: Sequence[Cell], quantity: str = "efficiency_clipped") -> Total:
    """The weighted mean with its variance and degrees of freedom."""
    weights = _weights(cells)
    return total(of_mean(cell.values(quantity), weights[cell.task.id]) for cell in cells)


def with_lost_run(cells: Sequence[Cell]) -> float:
    """The headline if one more run had scored the least, on the task where that costs most."""
    weights, value = _weights(cells), headline_total(cells).value
    falls = []
    for cell in cells:
        scores = cell.values("efficiency_clipped")
        falls.append(weights[cell.task.id] * (scores.mean() - np.append(scores, LOWEST).mean()))
    return float(value - max(falls))


def aggregates(cells: Sequence[Cell]) -> Mapping[str, Estimate | None]:
    """Rliable's aggregates of the data efficiencies, with its percentile intervals; None where runs are lost."""
    if any(cell.lost for cell in cells):
        return dict.fromkeys(AGGREGATES)
    scores = [cell.values("efficiency_clipped") for cell in cells]
    drawn = [score[cell.drawn] for score, cell in zip(scores, cells, strict=True)]
    points = point_estimates(scores)
    return {
        name: by_percentiles(points[name], aggregate(drawn), fewest_runs(cells), len(cells))
        for name, aggregate in AGGREGATES.items()
    }


def improvement(pairs: Sequence[Pair]) -> Estimate | None:
    """P(a run of the agent beats one of its plain arm), averaged over tasks; None where runs are lost."""
    if any(cell.lost for pair in pairs for cell in pair):
        return None
    scores = [(prior.values("efficiency_clipped"), plain.values("efficiency_clipped")) for prior, plain in pairs]
    distribution = probability_of_improvement(scores, [(prior.drawn, plain.drawn) for prior, plain in pairs])
    value, ends = improvement_interval(scores)
    runs = min(fewest_runs(pair) for pair in pairs)
    return with_interval(value, ends, runs, len(pairs), percentiles=percentile_interval(distribution))


def fewest_runs(cells: Sequence[Cell]) -> int:
    """The runs of the cell that has fewest."""
    return min(len(cell.scores) for cell in cells)


def _weights(cells: Sequence[Cell]) -> dict[str, float]:
    return family_weights({cell.task.id: cell.task.family for cell in cells})
