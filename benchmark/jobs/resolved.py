"""All that decides the runs of a job, worked out once and handed on as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symprior.tasks.files.json_files import Json

if TYPE_CHECKING:
    from symprior.agents.agent import Problem
    from symprior.agents.algorithms.settings import Settings
    from symprior.benchmark.jobs.job import Job
    from symprior.tasks import Task


@dataclass(frozen=True)
class Resolved:
    """A job, and what its names stand for.

    Attributes:
        job: what was asked for.
        task: what is learned.
        problem: what the agent is told of the task, which may be a control's symmetry.
        hyperparameters: all of them, as records name them.
        settings: the same of a shipped agent, typed; None: a custom agent keeps its own.
        ledger: of which tuning they are; None: of none.
        samples_per_update: transitions in one gradient step, before a prior adds copies; None: unknown, or none.
    """

    job: Job
    task: Task
    problem: Problem
    hyperparameters: Json
    settings: Settings | None = None
    ledger: str | None = None
    samples_per_update: int | None = None
