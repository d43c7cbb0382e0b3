"""Returns that an episode hardly has: none that a task's rewards add up to, or more than anybody reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from symprior.leaderboard.records.checks import MEANS_ALONE, over_the_best_known
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.resamples.resampling import Floats
from symprior.leaderboard.submissions.checks.against import Against, OfARun
from symprior.leaderboard.submissions.submission import Submission

UNITS = (1.0, 0.5, 0.1, 0.01)
"""Of rewards, the coarsest first."""

LEAST_RETURNS = 5000
"""Published ones that have to be whole multiples of a unit before others are held to it."""

ROUND_OFF = 1e-4
"""By how much the sum of an episode's rewards may miss a multiple, in units."""


def problems(submission: Submission, against: Against) -> Iterator[OfARun]:
    """Returns between the multiples that all published ones are."""
    units = against.published.once(units_of)
    for run in submission.records:
        unit = units.get(run.task)
        if unit is not None and (odd := _odd(_returns([run]), unit)) is not None:
            yield OfARun.of(run, f"a return of {odd:g}, where every published one is a multiple of {unit:g}")


def remarks(submission: Submission, against: Against) -> Iterator[OfARun]:
    """Last evaluations over the best return that is known."""
    for run in submission.records:
        if run.status == "finished" and run.task in against.tasks and over_the_best_known(run, against.tasks[run.task]):
            yield OfARun.of(run, "the last evaluation is clearly over the best return that is known")


def units_of(published: Sequence[RunRecord]) -> dict[str, float]:
    """By task what all its published returns are multiples of, where there is something and enough of them say so."""
    of_tasks: dict[str, list[RunRecord]] = defaultdict(list)
    for run in published:
        of_tasks[run.task].append(run)
    found = {task: _unit_of(_returns(runs)) for task, runs in of_tasks.items()}
    return {task: unit for task, unit in found.items() if unit is not None}


def _unit_of(returns: Floats) -> float | None:
    if len(returns) < LEAST_RETURNS:
        return None
    return next((unit for unit in UNITS if _odd(returns, unit) is None), None)


def _returns(runs: Sequence[RunRecord]) -> Floats:
    returns = [each for run in runs if run.suite != MEANS_ALONE for point in run.curve for each in point.returns]
    return np.array(returns, dtype=np.float64)


def _odd(returns: Floats, unit: float) -> float | None:
    """The first return that is no multiple of the unit."""
    odd = np.abs(returns / unit - np.round(returns / unit)) > ROUND_OFF
    return float(returns[odd][0]) if odd.any() else None
