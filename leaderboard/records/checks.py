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
    return f"{record.suite}-{record.suite_version}/{agent.learner}/{record.task}/{agent.id}, seed {record.seed}"


def impossible(record: RunRecord, task: Task) -> str:
    """What cannot be in a finished record, in words; empty where nothing is found."""
    if record.status != "finished":
        return ""
    steps = [point.step for point in record.curve]
    if not are_steps_of(steps, record.budget, record.evaluate_every):
        return f"its {len(steps)} evaluations are not at the protocol's points of {record.budget:,} steps"
    episodes = 1 if record.suite == MEANS_ALONE else task.evaluation_episodes
    counts = {len(point.returns) for point in record.curve}
    if counts != {episodes}:
        return f"an evaluation has {sorted(counts)[0]} episodes, where {task.id} has {episodes}"
    return _out_of_bounds(record, task)


def _out_of_bounds(record: RunRecord, task: Task) -> str:
    if task.greatest_reward is None or not task.is_installed:  # the time limit is the simulator's to say
        return ""
    most = task.greatest_reward * task.max_episode_steps
    best = max(max(point.returns) for point in record.curve)
    if best <= most + ROUND_OFF * abs(most):
        return ""
    return f"a return of {best:g}, where {task.id} gives {most:g} at most"


def over_the_best_known(record: RunRecord, task: Task) -> bool:
    """Whether the last evaluation is clearly over the best return that is known of the task, which is to be looked at."""
    returns = np.array(record.curve[-1].returns)
    if len(returns) < 2:
        return False
    best = max(policy.value for policy in task.references.policies.values())
    error = float(returns.std(ddof=1)) / len(returns) ** 0.5
    spread = max(policy.standard_error for policy in task.references.policies.values())
    return bool(returns.mean() > best + ERRORS * max(error, spread, ROUND_OFF * abs(best)))
