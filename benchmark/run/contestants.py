"""Who a job's `agent` is: a shipped agent by name, or a class in a user's file."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symprior.leaderboard.records.record import OWN_SOURCE, AgentCard
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.custom.source_files import digest, load, names_a_file

if TYPE_CHECKING:
    from symprior.agents import Problem, ShippedAgent
    from symprior.benchmark.run.job import Job, Stack
    from symprior.tasks import Task

METHODS = ("learn", "act")


@dataclass(frozen=True)
class Shipped:
    """A shipped agent as a contestant."""

    agent: ShippedAgent

    @property
    def id(self) -> str:
        """The id under which its records lie."""
        return self.agent.id

    @property
    def mode(self) -> Any:
        """How it acts in the evaluation that counts."""
        return self.agent.algorithm.mode

    def settings(self, family: str, overrides: dict[str, Any]) -> dict[str, Any]:
        """All hyperparameters, defaults filled in."""
        return self.agent.settings(family, overrides).model_dump(mode="json")

    def ledger(self, family: str, overrides: dict[str, Any]) -> str | None:
        """Of which tuning the settings are; None where what was tuned is set otherwise."""
        return self.agent.ledger(family, overrides)

    def untuned(self, family: str, searched: Collection[str]) -> dict[str, Any]:
        """What a search of these settings holds fixed, so that it starts from no other search's choice."""
        return self.agent.untuned(family, searched)

    def completed(self, recorded: dict[str, Any]) -> dict[str, Any]:
        """A record's hyperparameters, with the defaults of those that did not exist when it was written."""
        return {**self.agent.settings_type().model_dump(mode="json"), **recorded}

    def build(self, problem: Problem, stack: Stack, family: str) -> Any:
        """The agent that carries out the stack's runs."""
        settings = [self.agent.settings(family, dict(run.job.settings)) for run in stack.runs]
        return self.agent.build(problem, stack.seeds, settings, stack.job.learner, stack.job.device, stack.job.kernel)

    def try_out(self, problem: Problem, job: Job, family: str) -> None:
        """Make one, which takes parts of a second.

        Raises:
            SympriorError: its settings do not fit what is seen or done there.
        """
        from symprior.benchmark.run.job import Stack

        try:
            self.build(problem, Stack((job.runs[0],)), family)
        except SympriorError as reason:
            raise SympriorError(f"{self.id} cannot be run so on {job.task}: {reason}") from reason

    def card(self, agent: Any, group: str, learner: str) -> AgentCard:
        """What records say of it."""
        prior = self.agent.prior
        return AgentCard(
            id=self.id,
            algorithm=self.agent.algorithm.name,
            prior=prior.name if prior else "none",
            description=self.agent.description,
            learner=self.learner(learner),
            parameters=getattr(agent, "parameters", None),
            symmetry_used=group,
            bibtex="\n\n".join(self.agent.bibtex),
            control=prior is not None and prior.is_control,
        )

    def learner(self, asked: str) -> str:
        """What carries it out; an agent that does not learn has none."""
        return asked if self.agent.prior else "none"

    def problem(self, task: Task, overrides: dict[str, Any]) -> Problem:
        """What it is told of a task.

        Raises:
            SympriorError: it takes another kind of action, or a symmetry that the task does not have.
        """
        if reason := self.agent.algorithm.refusal(task.symmetry()):
            raise SympriorError(f"{self.id} cannot be run on {task.id}: {reason}")
        return self.agent.problem(task, self.agent.settings(task.family, overrides))

    def learner_refusal(self, learner: str) -> str | None:
        """Why this learner does not carry it out; None where it does."""
        return self.agent.algorithm.learner_refusal(learner)

    def updates(self, family: str, overrides: dict[str, Any]) -> int | None:
        """Transitions in one gradient step, before a prior adds copies."""
        algorithm = self.agent.algorithm
        if not hasattr(algorithm, "updates"):
            return None
        return int(algorithm.updates(self.agent.settings(family, overrides))[1])


@dataclass(frozen=True)
class Own:
    """A class from a user's file as a contestant.

    Attributes:
        kind: the class.
        name: the name it has in the file.
        source: a digest of the file, so that results of an edited agent are not taken for its own.
    """

    kind: type[Any]
    name: str
    source: str
    mode: str = "sample"

    @property
    def id(self) -> str:
        """The id under which its records lie: the name that it was asked for by."""
        return self.name

    def settings(self, family: str, overrides: dict[str, Any]) -> dict[str, Any]:
        """What the class says of itself in `settings`.

        Raises:
            SympriorError: there are overrides; an own agent keeps its settings itself.
        """
        if overrides:
            raise SympriorError(
                f"{self.kind.__name__} keeps its settings in its own file; --set works for shipped agents."
            )
        given = getattr(self.kind, "settings", {})
        try:
            settings = json.loads(json.dumps(dict(given), allow_nan=False))
        except (TypeError, ValueError) as error:
            raise SympriorError(
                f"settings of {self.kind.__name__} must be a dictionary of numbers, texts, lists and the like: {error}."
            ) from error
        return {**settings, OWN_SOURCE: self.source}

    def ledger(self, family: str, overrides: dict[str, Any]) -> str | None:
        """None: what was tuned outside the project has no ledger here."""
        return None

    def untuned(self, family: str, searched: Collection[str]) -> dict[str, Any]:
        """Nothing: there is no search here."""
        return {}

    def completed(self, recorded: dict[str, Any]) -> dict[str, Any]:
        """As they are."""
        return recorded

    def build(self, problem: Problem, stack: Stack, family: str) -> Any:
        """The agent of one seed."""
        return self.kind(problem, stack.seeds[0])

    def try_out(self, problem: Problem, job: Job, family: str) -> None:
        """Nothing: what making it does is its own business, and a run's."""

    def card(self, agent: Any, group: str, learner: str) -> AgentCard:
        """What records say of it."""
        described = (self.kind.__doc__ or "").strip() or "An agent from outside the project."
        return AgentCard(
            id=self.id,
            algorithm=str(getattr(self.kind, "algorithm", "own")),
            prior=str(getattr(self.kind, "prior", "own")),
            description=described.splitlines()[0],
            learner=self.learner(learner),
            parameters=counted(agent, "parameters"),
            symmetry_used=group,
            bibtex=str(getattr(self.kind, "bibtex", None) or ""),
        )

    def learner(self, asked: str) -> str:
        """Its own."""
        return "own"

    def problem(self, task: Task, overrides: dict[str, Any]) -> Problem:
        """What it is told of a task: all there is."""
        from symprior.agents import Problem

        return Problem.of(task)

    def learner_refusal(self, learner: str) -> str | None:
        """None: it brings its own."""
        return None

    def updates(self, family: str, overrides: dict[str, Any]) -> int | None:
        """Unknown."""
        return None


def counted(agent: Any, attribute: str) -> int | None:
    """A number of things that an agent may say; None where it says none: a trained run is not lost over that."""
    number = getattr(agent, attribute, None)
    is_count = isinstance(number, int) and not isinstance(number, bool) and number >= 0
    return number if is_count else None


def find(name: str) -> Shipped | Own:
    """The contestant that a job names.

    Raises:
        SympriorError: no such shipped agent; or a file that is missing, does not import, or whose class lacks a method.
    """
    if not names_a_file(name):
        if name.endswith(".py"):
            raise SympriorError(f"{name} names a file but no class in it. Write {name}:ClassName.")
        from symprior.agents import get_agent

        return Shipped(get_agent(name))
    return Own(_own_class(name), name.rpartition(":")[2], digest(name))


def check(job: Job) -> Shipped | Own:
    """Find out before anything is trained whether a job can be carried out.

    Raises:
        SympriorError: a wrong name or setting, a task that the agent does not fit, a learner that does not carry it out, or
            a device that is not there.
    """
    contestant, task = find(job.agent), get_task(job.task)
    contestant.settings(task.family, dict(job.settings))
    problem = contestant.problem(task, dict(job.settings))
    if reason := contestant.learner_refusal(job.learner):
        raise SympriorError(reason)
    _check_device(job.device)
    contestant.try_out(problem, job, task.family)
    return contestant


def _check_device(device: str) -> None:
    if device == "cpu":
        return
    import torch

    there, number = torch.cuda.device_count(), int(device.partition(":")[2] or 0)
    if number >= there:
        raise SympriorError(f"There is no device {device!r} here: torch sees {there} CUDA devices. Leave --device out.")


def _own_class(name: str) -> type[Any]:
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
