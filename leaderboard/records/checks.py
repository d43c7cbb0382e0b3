"""Records checked against what can be: evaluation points, episodes, and returns of the task that they are of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from symprior.leaderboard.records.evaluation_points import are_steps_of
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks.task import Task

MEANS_ALONE = "equivalence"
"""The suite whose published records hold each evaluation's mean alone: a kind of their own."""

MOST_NAMED = 20
ROUND_OFF = 1e-6
ERRORS = 5.0
"""Standard errors over the best return known from which on a run is looked at twice."""


def check_records(records: Iterable[RunRecord], tasks: Mapping[str, Task]) -> None:
    """Refuse records that say what cannot be, all of them at once.

    Raises:
        SympriorError: names each with what is wrong.
    """
    found = [(record, problem) for record in records if (problem := impossible(record, tasks[record.task]))]
    if found:
        lines = [f"{path_of_record(record)}: {problem}" for record, problem in found[:MOST_NAMED]]
        more = [f"and {len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
        raise SympriorError(
            f"{len(found)} record{'s say' if len(found) > 1 else ' says'} what cannot be:\n  "
            + "\n  ".join([*lines, *more])
            + "\nRun these seeds again, or move the records away."
        )


def path_of_record(record: RunRecord) -> str:
    """Where a record lies below a records folder."""
    agent = record.agent
    return f"{record.suite_id}/{agent.learner}/{record.task}/{agent.id}, seed {record.seed}"


def impossible(record: RunRecord, task: Task) -> str:
    """What cannot be in a finished record, in words; empty where nothing is found."""
    if record.status != "finished":
        return ""
    steps = [point.step for point in record.curve]
    if not are_steps_of(steps, record.budget, record.evaluate_every, task.portions):
        return f"its {len(steps)} evaluations are not at the protocol's points of {record.budget:,} steps"
    return _miscounted(record, task) or _out_of_bounds(record, task) or _without_lengths(record, task)


def _miscounted(record: RunRecord, task: Task) -> str:
    """An evaluation with other episodes than the task states, or in the tests of learners with more than their mean."""
    means_alone = record.suite == MEANS_ALONE
    expected = 1 if means_alone else task.evaluation_episodes
    found = sorted({len(returns) for returns in _all_returns(record)} - {expected})
    if not found:
        return ""
    if means_alone:
        return f"an evaluation has {found[0]} returns, where records of the tests of learners hold its mean alone"
    return f"an evaluation has {found[0]} episode{'s' if found[0] != 1 else ''}, where {task.id} has {expected}"


def _out_of_bounds(record: RunRecord, task: Task) -> str:
    """A return that no episode of the task can have."""
    least, most = task.return_bounds
    worst, best = (choose(map(choose, _all_returns(record))) for choose in (min, max))
    if most is not None and best > most + _round_off(most):
        return f"a return of {best:g}, where {task.id} gives {most:g} at most"
    if least is not None and worst < least - _round_off(least):
        return f"a return of {worst:g}, where {task.id} gives {least:g} at least"
    return ""


def _without_lengths(record: RunRecord, task: Task) -> str:
    """Where a task has goals, an evaluation without the steps of each episode, or with impossible ones."""
    if not task.goal_sets:
        return ""
    for point in record.curve:
        lengths = point.lengths or []
        if len(lengths) != len(point.returns) or max(lengths) > task.max_episode_steps:
            return (
                f"the evaluation at {point.step:,} does not have the steps of each of its {len(point.returns)} episodes, "
                f"from 1 to {task.max_episode_steps}"
            )
    return ""


def _all_returns(record: RunRecord) -> list[list[float]]:
    """The returns of every evaluation, the last one in the other mode among them."""
    return [point.returns for point in record.curve] + ([record.other_mode.returns] if record.other_mode else [])


def _round_off(bound: float) -> float:
    return ROUND_OFF * max(1.0, abs(bound))


def over_the_best_known(record: RunRecord, task: Task) -> bool:
    """Whether the last evaluation is clearly over the best return that is known of the task, which is to be looked at."""
    returns = np.array(record.curve[-1].returns)
    if len(returns) < 2:
        return False
    best = max(policy.value for policy in task.references.policies.values())
    error = float(returns.std(ddof=1)) / len(returns) ** 0.5
    spread = max(policy.standard_error for policy in task.references.policies.values())
    return bool(returns.mean() > best + ERRORS * max(error, spread, ROUND_OFF * abs(best)))
