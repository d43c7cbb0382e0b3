"""What score 1 is where no optimum is known: the final return of a plain agent that was trained for long.

It is the interquartile mean over the seeds: one that never learns must not lower the scale for all agents.
"""

from __future__ import annotations

import numpy as np

from symprior.agents.learners.learner import stacking_learner
from symprior.benchmark.jobs.job import Job, parse_seeds
from symprior.benchmark.sweep.sweep import Sweep
from symprior.leaderboard.records.record import read_record
from symprior.leaderboard.statistics.resamples.aggregates import trimmed_mean
from symprior.leaderboard.statistics.resamples.resampling import resample, resample_indices
from symprior.symmetry.errors import SympriorError
from symprior.tasks import Task
from symprior.tasks.files.json_files import Json

SEEDS = "30000-30009"
"""Seeds of their own: neither results nor tuning uses them."""
FEWEST = 5
BUDGETS, LONGEST = 10, 3_000_000
"""A training is long enough after so many budgets, or after so many environment steps where those are more, as on robots."""
EVALUATIONS = 5


def long_enough(budget: int) -> int:
    """Environment steps of a training whose return may be score 1 of a task with this budget."""
    return min(BUDGETS * budget, LONGEST)


def train(task: Task, agent: str, steps: int, sweep: Sweep, seeds: str = SEEDS) -> tuple[str, Json]:
    """Train a plain agent and say what it reaches; finished runs are not run again.

    Args:
        task: what is trained on.
        agent: a plain agent, `ppo`.
        steps: environment steps of each run.
        sweep: carries the runs out.
        seeds: of the runs.

    Returns:
        The name and the return of this policy, as in `References.policies`.

    Raises:
        SympriorError: there are too few seeds, or a run failed.
    """
    numbers, learner = parse_seeds(seeds), stacking_learner()
    if len(numbers) < FEWEST:
        raise SympriorError(f"Score 1 takes {FEWEST} seeds of a plain agent or more, not {len(numbers)}: name others.")
    job = Job(
        "references", str(steps), task.id, agent, numbers, steps, learner, evaluate_every=max(steps // EVALUATIONS, 1)
    )
    waiting = sweep.pending([job])
    if waiting:
        outcome = sweep.run(waiting)
        if outcome.failed:
            run, error = outcome.failed[0]
            raise SympriorError(f"{run} failed: {error.rstrip('.')}. The same command tries again.")
    finals = np.array([np.mean(read_record(sweep.store.path(run)).curve[-1].returns) for run in job.runs])
    drawn = resample_indices(("references", task.id, agent), len(finals))
    return f"{agent} after {steps:,} steps", {
        "value": float(trimmed_mean(finals[None])[0]),
        "standard_error": float(trimmed_mean(resample(finals, drawn)).std()),
        "method": f"interquartile mean of the final return of {agent} on {learner}, {len(finals)} seeds of their own",
    }
