"""A class in a user's file as a contestant; its code runs in processes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symprior.agents.agent.given import counted
from symprior.benchmark.jobs.contestant import Contestant, generators_seed
from symprior.benchmark.jobs.isolation.agent_process import UNBOUND, Confines
from symprior.benchmark.jobs.isolation.described import described, whole_name
from symprior.benchmark.jobs.isolation.said import Description
from symprior.benchmark.jobs.resolved import Resolved
from symprior.leaderboard.records.record import SOURCE_DIGEST, AgentCard
from symprior.symmetry.errors import SympriorError
from symprior.tasks.custom.source_files import digest

if TYPE_CHECKING:
    from symprior.agents.agent import Agent
    from symprior.benchmark.jobs.job import Job
    from symprior.tasks import Task

NAME = "custom"
"""What records say where the class does not: its algorithm, its prior, and always its learner."""


@dataclass(frozen=True)
class Custom(Contestant):
    """A user's class.

    Attributes:
        name: `path/to/file.py:Name`, with the whole path.
        said: what the class says of itself.
        id: the name that it was asked for by, under which its records lie.
        source: a digest of the file, so that results of an edited agent are not taken for its own.
    """

    name: str
    said: Description
    id: str
    source: str
    mode: str = "sample"

    @classmethod
    def of(cls, name: str) -> Custom:
        """The class that `path/to/file.py:Name` names.

        Raises:
            SympriorError: the file is missing, does not import or ends its process, or its class lacks a method.
        """
        return cls(whole_name(name), described(name), name.rpartition(":")[2], digest(name))

    @property
    def bibtex(self) -> str:
        """What the class says."""
        return self.said.bibtex

    def learner(self, asked: str) -> str:
        """Its own."""
        return NAME

    def resolve(self, job: Job, task: Task) -> Resolved:
        """Told all there is of the task, with what the class says of itself in `settings`.

        Raises:
            SympriorError: the job has settings; a custom agent keeps its own.
        """
        from symprior.agents.agent import Problem

        if job.settings:
            raise SympriorError(f"{self.id} keeps its settings in its own file; --set works for shipped agents.")
        hyperparameters = {**self.said.settings, SOURCE_DIGEST: self.source}
        return Resolved(job=job, task=task, problem=Problem.of(task), hyperparameters=hyperparameters)

    def build(self, runs: Sequence[Resolved], seeds: Sequence[int], confines: Confines = UNBOUND) -> Agent:
        """The agent of one seed, in a process of its own."""
        from symprior.benchmark.jobs.isolation.isolated_agent import IsolatedAgent, Made

        run = runs[0]
        made = Made(
            name=self.name,
            task=run.task.file or run.task.id,
            problem=run.problem,
            seed=seeds[0],
            generators=generators_seed(run.job, seeds),
        )
        return IsolatedAgent(made, confines)

    def check(self, resolved: Resolved) -> None:
        """Nothing: what making it does is its own business, and a run's."""

    def card(self, agent: Agent | None, group: str, learner: str) -> AgentCard:
        """What records say of it."""
        return AgentCard(
            id=self.id,
            algorithm=self.said.algorithm or NAME,
            prior=self.said.prior or NAME,
            description=self.said.describes,
            learner=self.learner(learner),
            parameters=counted(agent, "parameters"),
            symmetry_used=group,
            bibtex=self.bibtex,
            baseline=self.said.baseline,
        )
