"""Who a job's `agent` is: the seam between agents, shipped or of a user's file, and what runs them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from symprior.benchmark.jobs.isolation.agent_process import UNBOUND, Confines
from symprior.leaderboard.records.record import AgentCard
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.files.json_files import Json

if TYPE_CHECKING:
    from symprior.agents.agent import Agent
    from symprior.benchmark.jobs.job import Job
    from symprior.benchmark.jobs.resolved import Resolved
    from symprior.tasks import Task

Hyperparameters = Mapping[str, object]
"""By name, as records hold them."""


class Contestant(ABC):
    """An agent that can be run.

    Attributes:
        id: the id under which its records lie.
        mode: how it acts in the evaluation that counts.
        learns_from_given: whether it learns from transitions that are given beforehand, one run at a time.
    """

    id: str
    mode: str
    learns_from_given: bool = False

    @property
    @abstractmethod
    def bibtex(self) -> str:
        """The papers that it follows; empty where it says none."""

    @abstractmethod
    def learner(self, asked: str) -> str:
        """The name of what carries it out where this learner is asked for."""

    @abstractmethod
    def resolve(self, job: Job, task: Task) -> Resolved:
        """All that decides the job's runs.

        Raises:
            SympriorError: a setting or a task that it does not take, or a symmetry that the task does not have.
        """

    @abstractmethod
    def build(self, runs: Sequence[Resolved], seeds: Sequence[int], confines: Confines = UNBOUND) -> Agent:
        """The agent that carries out these runs.

        Args:
            runs: which; they differ in their seeds and settings alone.
            seeds: of the runs.
            confines: what surrounds an agent that has a process of its own.

        Raises:
            SympriorError: the learner does not carry it out, or the settings do not fit the task.
        """

    @abstractmethod
    def check(self, resolved: Resolved) -> None:
        """Find out before anything is trained whether a resolved job can be carried out.

        Raises:
            SympriorError: it cannot; the message says why.
        """

    @abstractmethod
    def card(self, agent: Agent | None, group: str, learner: str) -> AgentCard:
        """What records say of it.

        Args:
            agent: as it was built; None where that failed.
            group: the name of the group that it was given.
            learner: that was asked for.
        """

    def untuned(self, family: str, searched: Collection[str]) -> Json:
        """What a search of these settings holds fixed, so that it starts from no other search's choice."""
        return {}

    def completed(self, recorded: Hyperparameters) -> Json:
        """A record's hyperparameters, with the defaults of those that did not exist when it was written."""
        return dict(recorded)


def generators_seed(job: Job, seeds: Sequence[int]) -> int:
    """What the global generators start from before an agent of these runs is built."""
    return seed_from(job.task, *seeds, "agent")
