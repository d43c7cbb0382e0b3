"""A task: environment, declared symmetry, budget, evaluation, reference scores and card."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import gymnasium

from symprior.tasks.errors import SympriorError
from symprior.tasks.registry import Registry
from symprior.tasks.symmetry import Symmetry

if TYPE_CHECKING:
    import numpy as np

    from symprior.tasks.probes import Probe
    from symprior.tasks.simulators import Simulator

Track = Literal["headline", "diagnostic"]


@dataclass(frozen=True)
class Reference:
    """The mean undiscounted return of a named policy, its standard error (0: exact), and how it was found."""

    value: float
    standard_error: float
    method: str


@dataclass(frozen=True)
class References:
    """Frozen measurements of a task: policies' returns, scores 0 and 1, the threshold, the budget.

    Written by `symprior references TASK --write`; never typed in.
    """

    policies: dict[str, Reference]
    zero: str
    one: str
    threshold: float
    threshold_source: str
    budget: int
    budget_source: str

    def normalise(self, raw_return: float) -> float:
        """The normalised score of a raw return, not clipped: 0 and 1 are the references `zero` and `one`."""
        low, high = self.policies[self.zero].value, self.policies[self.one].value
        return (raw_return - low) / (high - low)


@dataclass(frozen=True)
class Card:
    """What a reader should know of a task."""

    description: str
    group_in_words: str
    source: str
    licence: str
    bibtex: str


@dataclass(frozen=True)
class Task:
    """A task of the registry.

    Attributes:
        id: name with a version, `cartpole-v1`; a change of anything that moves scores is a new version.
        family: tasks of one family count together as one in the headline.
        track: `headline` tasks count in the headline; `diagnostic` ones stand beside it.
        gym_id: the registered single gymnasium environment.
        simulator: makes the task's dynamics as array operations over a batch of states.
        symmetry: makes the declared symmetry.
        probe: makes what a certificate drives the real single environment with.
        reference_policy: actions for a batch of simulator states; half of the frozen states come from its
            roll-outs.
        blind_policy: where penalties dominate the range of returns, the action of a policy that sees only the
            step; its return is then score 0.
        greatest_reward: of a step. Where dynamic programming cannot find the optimum, it is this times the
            time limit, if the reference policy attains that in every episode.
        threshold_fraction: the part of the way from score 0 to score 1 from which on the task counts as
            solved; None: the `reward_threshold` of its gymnasium registration.
        evaluation_episodes: episodes per evaluation point.
    """

    id: str
    family: str
    gym_id: str
    simulator: Callable[[], Simulator]
    symmetry: Callable[[], Symmetry]
    probe: Callable[[], Probe]
    reference_policy: Callable[[np.ndarray], np.ndarray]
    card: Card
    blind_policy: Callable[[int], int] | None = None
    greatest_reward: float | None = None
    threshold_fraction: float | None = 0.9
    track: Track = "headline"
    evaluation_episodes: int = 20
    origin: str = field(default="", compare=False)

    def make(self, **arguments: Any) -> gymnasium.Env[Any, Any]:
        """The single environment, with its time limit."""
        return gymnasium.make(self.gym_id, **arguments)

    @cached_property
    def references(self) -> References:
        """The frozen measurements.

        Raises:
            SympriorError: they were never measured.
        """
        file = resources.files("symprior.tasks") / "data" / f"{self.id}.json"
        if not file.is_file():
            raise SympriorError(
                f"{self.id} has no reference scores yet. Measure them with `symprior references {self.id} --write`."
            )
        data = json.loads(file.read_text(encoding="utf-8"))
        policies = {name: Reference(**entry) for name, entry in data.pop("policies").items()}
        return References(policies=policies, **data)

    @property
    def budget(self) -> int:
        """Environment steps that an agent may train on, over all copies."""
        return self.references.budget

    @property
    def threshold(self) -> float:
        """Raw mean return from which on the task counts as solved."""
        return self.references.threshold


TASKS: Registry[Task] = Registry("task", "symprior.tasks.families")


def register(task: Task) -> Task:
    """Put a task into the registry, as one of the calling module.

    Raises:
        SympriorError: another task has its id.
    """
    TASKS.register(task.id, task, task.origin or str(sys._getframe(1).f_globals.get("__name__")))
    return task


def get_task(name: str) -> Task:
    """The task of that id.

    Raises:
        SympriorError: no such task; the message has the nearest name and the list.
    """
    return TASKS[name]
