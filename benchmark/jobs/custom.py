"""A class in a user's file as a contestant."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symprior.benchmark.jobs.contestant import Contestant, counted
from symprior.benchmark.jobs.resolved import Resolved
from symprior.leaderboard.records.record import SOURCE_DIGEST, AgentCard
from symprior.symmetry.errors import SympriorError
from symprior.tasks.custom.source_files import digest, load
from symprior.tasks.files.json_files import Json

if TYPE_CHECKING:
    from symprior.agents.agent import Agent, Problem
    from symprior.benchmark.jobs.job import Job
    from symprior.tasks import Task

METHODS = ("learn", "act")
NAME = "custom"
"""What records say where the class does not: its algorithm, its prior, and always its learner."""


@dataclass(frozen=True)
class Custom(Contestant):
    """A user's class.

    Attributes:
        kind: the class, made as `kind(problem, seed)`.
        id: the name that it was asked for by, under which its records lie.
        source: a digest of the file, so that results of an edited agent are not taken for its own.
    """

    kind: Callable[[Problem, int], Agent]
    id: str
    source: str
    mode: str = "sample"

    @classmethod
    def of(cls, name: str) -> Custom:
        """The class that `path/to/file.py:Name` names.

        Raises:
            SympriorError: the file is missing or does not import, or its class lacks a method.
        """
        return cls(_class(name), name.rpartition(":")[2], digest(name))

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
            raise SympriorError(f"{self._name} keeps its settings in its own file; --set works for shipped agents.")
        hyperparameters = {**self._said_settings(), SOURCE_DIGEST: self.source}
        return Resolved(job=job, task=task, problem=Problem.of(task), hyperparameters=hyperparameters)

    def build(self, runs: Sequence[Resolved], seeds: Sequence[int]) -> Agent:
        """The agent of one seed."""
        return self.kind(runs[0].problem, seeds[0])

    def check(self, resolved: Resolved) -> None:
        """Nothing: what making it does is its own business, and a run's."""

    def card(self, agent: Agent | None, group: str, learner: str) -> AgentCard:
        """What records say of it."""
        described = (self.kind.__doc__ or "").strip() or "An agent from outside the project."
        return AgentCard(
            id=self.id,
            algorithm=str(getattr(self.kind, "algorithm", NAME)),
            prior=str(getattr(self.kind, "prior", NAME)),
            description=described.splitlines()[0],
            learner=self.learner(learner),
            parameters=counted(agent, "parameters"),
            symmetry_used=group,
            bibtex=str(getattr(self.kind, "bibtex", None) or ""),
        )

    def _said_settings(self) -> Json:
        given = getattr(self.kind, "settings", {})
        try:
            settings: Json = json.loads(json.dumps(dict(given), allow_nan=False))
        except (TypeError, ValueError) as error:
            raise SympriorError(
                f"settings of {self._name} must be a dictionary of numbers, texts, lists and the like: {error}."
            ) from error
        return settings

    @property
    def _name(self) -> str:
        return getattr(self.kind, "__name__", self.id)


def _class(name: str) -> type[Any]:
    kind = load(name, "agent")
    path, _, attribute = name.rpartition(":")
    if not isinstance(kind, type):
        raise SympriorError(f"{path} defines no class {attribute!r}.")
    missing = [method for method in METHODS if not callable(getattr(kind, method, None))]
    if missing:
        raise SympriorError(
            f"{attribute} in {path} lacks {' and '.join(missing)}. An agent is made by {attribute}(problem, seed) and has "
            "learn(env, budget) and act(observations)."
        )
    return kind
