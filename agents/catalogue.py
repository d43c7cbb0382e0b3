"""Agents by name: `algorithm` or `algorithm+prior`, such as `ppo` or `ppo+homomorphic`, and their tuned settings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import product

from pydantic import ValidationError

from symprior.agents.agent import Agent, Problem
from symprior.agents.algorithms.algorithm import ALGORITHMS, Algorithm, LearningAlgorithm
from symprior.agents.algorithms.settings import Settings
from symprior.agents.learners.learner import LEARNERS, TORCH, Training, learner_of, reference_learner
from symprior.agents.ledgers.settings import searched_family, shared_settings, tuned_settings
from symprior.agents.priors.prior import PRIORS, Prior, settings_of_both
from symprior.symmetry.errors import SympriorError, unknown_name
from symprior.tasks.files.json_files import Json
from symprior.tasks.task import Task

PLAIN = "plain"


@dataclass(frozen=True)
class ShippedAgent:
    """One algorithm with one prior; None where the algorithm takes none."""

    algorithm: Algorithm
    prior: Prior | None

    @property
    def id(self) -> str:
        """`ppo` for the plain agent, `ppo+augment` for one with a prior."""
        if self.prior is None or self.prior.name == PLAIN:
            return self.algorithm.name
        return f"{self.algorithm.name}+{self.prior.name}"

    @property
    def description(self) -> str:
        """What the agent is, in two sentences."""
        return " ".join(part.description for part in (self.algorithm, self.prior) if part is not None)

    @property
    def bibtex(self) -> tuple[str, ...]:
        """The papers that it follows."""
        return tuple(part.bibtex for part in (self.algorithm, self.prior) if part is not None and part.bibtex)

    @property
    def settings_type(self) -> type[Settings]:
        """The class of its hyperparameters: the algorithm's, and those of the prior where it has some."""
        return settings_of_both(self.algorithm.settings, self.prior.settings) if self.prior else self.algorithm.settings

    def settings(self, family: str, overrides: Json | None = None) -> Settings:
        """The hyperparameters for a family of tasks: defaults, the family's, the tuned ones, then `overrides`.

        An agent that was not tuned on the family takes what was chosen for the plain one: its prior is switched on at the
        plain agent's settings. A dial's are those of the task that it breaks.

        Raises:
            SympriorError: an override that does not exist or has an impossible value.
        """
        ledger = self.ledger(family)
        values = {**self._shared(family), **(tuned_settings(ledger) if ledger else {}), **(overrides or {})}
        try:
            return self.settings_type(**values)
        except ValidationError as error:
            problem = error.errors()[0]
            name, said = ".".join(map(str, problem["loc"])), problem["msg"].removeprefix("Value error, ")
            if problem["type"] == "extra_forbidden":
                raise unknown_name(f"setting of {self.id}", name, self.settings_type.model_fields) from error
            if not name:
                raise SympriorError(f"{self.id} cannot take these settings together: {said}.") from error
            if problem["type"] == "tuple_type":
                said = "it takes a list of numbers, as 64,64 or 64, on the command line"
            meaning = self.settings_type.model_fields[str(problem["loc"][0])].description
            raise SympriorError(
                f"{self.id} cannot take {name} = {problem['input']!r}: {said}. ({problem['loc'][0]}: {meaning}.)"
            ) from error

    def untuned(self, family: str, searched: Collection[str]) -> Json:
        """What a search that finds only these settings holds fixed: the others that a ledger has, as they are without it."""
        ledger, without = self.ledger(family), self.settings_type(**self._shared(family))
        return {
            name: getattr(without, name) for name in (tuned_settings(ledger) if ledger else {}) if name not in searched
        }

    def _shared(self, family: str) -> Json:
        """What all priors of its algorithm share on a family."""
        return shared_settings(family, self.algorithm.name)

    def ledger(self, family: str, overrides: Collection[str] = ()) -> str | None:
        """Which tuning the settings for a family are from: `family/agent`, its own or the plain agent's; None: of none.

        Nor of any where something that was tuned is among the `overrides`.
        """
        family = searched_family(family)
        served_by = self.prior and self.prior.tuned_as
        agents = self.id, *([f"{self.algorithm.name}+{served_by}"] if served_by else []), self.algorithm.name
        found = next((ledger for agent in agents if tuned_settings(ledger := f"{family}/{agent}")), None)
        return None if found is None or tuned_settings(found).keys() & set(overrides) else found

    def problem(self, task: Task, settings: Settings | None = None) -> Problem:
        """What the agent is told of a task: its declared symmetry, or the one that its prior takes in place of that.

        Raises:
            SympriorError: the task has no such symmetry.
        """
        return Problem.of(task, self.prior.symmetry(task, settings) if self.prior else None)

    def build(
        self,
        problem: Problem,
        seeds: Sequence[int],
        settings: Sequence[Settings],
        learner: str | None = None,
        device: str = "cpu",
        kernel: str = TORCH,
        portable: bool = False,
    ) -> Agent:
        """The agent for the given seeds, with settings for each.

        Args:
            problem: what it is told of the task.
            seeds: of the runs; a learner that does not train many takes one.
            settings: hyperparameters of each seed.
            learner: what carries it out; None: the reference.
            device: `cpu` or `cuda`.
            kernel: what is asked to compute updates, of the learner's.
            portable: whether the same numbers are to come out on processors of another make.

        Raises:
            SympriorError: no such learner, or one that does not carry it out; a task or settings that do not fit.
        """
        carried_out_by = LEARNERS[self.learner(learner or reference_learner())]
        what = (problem, tuple(seeds), self.algorithm, self.prior, tuple(settings))
        return carried_out_by.build(Training(*what, device, kernel, portable))

    def samples_per_update(self, settings: Settings) -> int | None:
        """Transitions in one gradient step, before a prior adds copies; None where nothing is learned."""
        return self.algorithm.updates(settings)[1] if isinstance(self.algorithm, LearningAlgorithm) else None

    def learner(self, asked: str) -> str:
        """The name of what carries it out where this learner is asked for."""
        return learner_of(self.algorithm, asked)


def get_agent(name: str) -> ShippedAgent:
    """The shipped agent of that name.

    Raises:
        SympriorError: no such algorithm or prior, an algorithm that takes no prior, or two that cannot be combined.
    """
    algorithm_name, _, prior_name = name.partition("+")
    if algorithm_name not in ALGORITHMS:
        raise unknown_name("agent", name, agent_names())
    algorithm = ALGORITHMS[algorithm_name]
    if not algorithm.takes_prior:
        if prior_name:
            raise SympriorError(f"{algorithm_name} takes no prior, so there is no {name!r}. Use {algorithm_name!r}.")
        return ShippedAgent(algorithm, None)
    prior = PRIORS[prior_name or PLAIN]
    if reason := combination_refusal(algorithm, prior):
        raise SympriorError(f"There is no {name!r}: {reason}")
    return ShippedAgent(algorithm, prior)


def combination_refusal(algorithm: Algorithm, prior: Prior) -> str | None:
    """Why the two make no agent; None where they make one."""
    if algorithm.priors is not None and prior.name not in algorithm.priors:
        return f"{algorithm.name} goes with {' and '.join(sorted(algorithm.priors))} only."
    return prior.refusal(algorithm)


def agent_names() -> list[str]:
    """Every shipped agent, sorted."""
    alone = [ShippedAgent(ALGORITHMS[name], None) for name in ALGORITHMS if not ALGORITHMS[name].takes_prior]
    combined = [
        ShippedAgent(ALGORITHMS[algorithm], PRIORS[prior])
        for algorithm, prior in product(ALGORITHMS, PRIORS)
        if not combination_refusal(ALGORITHMS[algorithm], PRIORS[prior])
    ]
    return sorted(agent.id for agent in (*alone, *combined))
