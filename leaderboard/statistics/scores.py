"""A run reduced to one number first: data efficiency, final score, time to threshold.

Resampling points of a curve one by one would give intervals six times too narrow; after this file a run is a
handful of numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.resampling import Floats
from symprior.symmetry.errors import SympriorError
from symprior.tasks.task import References

LOWEST, HIGHEST = -1.0, 1.1


@dataclass(frozen=True)
class RunScore:
    """What a run comes to.

    Attributes:
        seed: of the run.
        efficiency: area under the normalised curve over the budget, unclipped.
        efficiency_clipped: the same, clipped to [−1, 1.1] after the reduction; aggregates use it.
        final: normalised mean return of the last evaluation, unclipped.
        final_clipped: the same, clipped.
        time: environment steps to the threshold; the budget where it was never reached.
        censored: the threshold was never reached: the run is a failure.
    """

    seed: int
    efficiency: float
    efficiency_clipped: float
    final: float
    final_clipped: float
    time: float
    censored: bool


def score_run(record: RunRecord, references: References) -> RunScore:
    """Reduce a finished run to its numbers.

    Raises:
        SympriorError: its curve does not begin at step 0, so that an area would be a guess.
    """
    steps, returns = learning_curve(record)
    normalised = np.array([references.normalise(value) for value in returns])
    efficiency = area_over_budget(steps, normalised, record.budget)
    time = time_to_threshold(steps, returns, references.threshold)
    return RunScore(
        seed=record.seed,
        efficiency=efficiency,
        efficiency_clipped=clip(efficiency),
        final=float(normalised[-1]),
        final_clipped=clip(float(normalised[-1])),
        time=float(record.budget) if time is None else time,
        censored=time is None,
    )


def learning_curve(record: RunRecord) -> tuple[Floats, Floats]:
    """A run's evaluation points in environment steps and the mean raw return at each, both `[points]`."""
    steps = np.array([point.step for point in record.curve], dtype=np.float64)
    if steps[0] != 0:
        raise SympriorError(
            f"The curve of {record.agent.id} on {record.task}, seed {record.seed}, begins at step "
            f"{steps[0]:.0f}; "
            "it must begin at step 0, before any training. Run it again."
        )
    return steps, np.array([np.mean(point.returns) for point in record.curve], dtype=np.float64)


def area_over_budget(steps: Floats, values: Floats, budget: int) -> float:
    """Trapezoid over steps/budget from 0 to 1; after the last evaluation the curve stays where it was.

    Args:
        steps: from 0 on, increasing, `[points]`.
        values: at these steps, `[points]`.
        budget: environment steps.
    """
    share = np.append(steps, budget) / budget
    return float(np.trapezoid(np.append(values, values[-1]), share))


def time_to_threshold(steps: Floats, returns: Floats, threshold: float) -> float | None:
    """Environment steps to the first of two consecutive evaluations at or over the threshold; None: never.

    Interpolated linearly from the evaluation before it, which is under the threshold.
    """
    reached = returns >= threshold
    twice = np.flatnonzero(reached[:-1] & reached[1:])
    if twice.size == 0:
        return None
    first = int(twice[0])
    if first == 0:
        return float(steps[0])
    rise = (threshold - returns[first - 1]) / (returns[first] - returns[first - 1])
    return float(steps[first - 1] + rise * (steps[first] - steps[first - 1]))


def clip(score: float) -> float:
    """Clip to [−1, 1.1], so that no single run carries an aggregate."""
    return min(max(score, LOWEST), HIGHEST)
