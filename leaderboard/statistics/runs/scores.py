"""A run reduced to one number first: data efficiency, final score, lost data, time to threshold.

Resampling points of a curve one by one would give intervals six times too narrow; after this file a run is a
handful of numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.runs.lost_data import falls_back, lost_data, lost_in_reaching
from symprior.leaderboard.statistics.resamples.resampling import Floats
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
        lost: lost data, in environment steps.
        lost_in_reaching: the same of the running attainment, so that a later fall costs nothing.
        time: environment steps to the threshold; the budget where it was never reached.
        censored: the threshold was never reached: the run is a failure.
        fell_back: the threshold was reached, and a later evaluation is under it.
    """

    seed: int
    efficiency: float
    efficiency_clipped: float
    final: float
    final_clipped: float
    lost: float
    lost_in_reaching: float
    time: float
    censored: bool
    fell_back: bool


def score_run(record: RunRecord, references: References) -> RunScore:
    """Reduce a finished run to its numbers.

    Raises:
        SympriorError: its curve does not begin at step 0, so that an area would be a guess.
    """
    return score_curve(record.seed, record.budget, learning_curve(record), references)


def score_curve(seed: int, budget: int, curve: tuple[Floats, Floats], references: References) -> RunScore:
    """Reduce a learning curve, its steps and raw returns `[points]`, to a run's numbers."""
    steps, returns = curve
    normalised = normalise(returns, references)
    threshold = references.normalise(references.threshold)
    efficiency = area_over_budget(steps, normalised, budget)
    time = time_to_threshold(steps, returns, references.threshold)
    return RunScore(
        seed=seed,
        efficiency=efficiency,
        efficiency_clipped=clip(efficiency),
        final=float(normalised[-1]),
        final_clipped=clip(float(normalised[-1])),
        lost=float(lost_data(steps, normalised, threshold, budget)),
        lost_in_reaching=float(lost_in_reaching(steps, normalised, threshold, budget)),
        time=float(budget) if time is None else time,
        censored=time is None,
        fell_back=falls_back(returns, references.threshold),
    )


def lost_run(seed: int, budget: int) -> RunScore:
    """What a missing or crashed run counts as: all of the budget lost, the lowest score, never at the threshold."""
    steps = float(budget)
    return RunScore(seed, LOWEST, LOWEST, LOWEST, LOWEST, steps, steps, steps, censored=True, fell_back=False)


def normalise(returns: Floats, references: References) -> Floats:
    """Normalised scores of raw returns, not clipped: `References.normalise` of each."""
    low, high = references.policies[references.zero].value, references.policies[references.one].value
    return np.asarray((returns - low) / (high - low))


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
