"""What an agent may be able to do beside learning and acting; each is recognised by its methods and none is needed.

Rows of observations are [batch, …]; of a stack of seeds those of the first seed come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from symprior.agents.agent.source import GivesTransitions
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.files.states import State
from symprior.tasks.task.transitions import Transitions

PolicyArrays = Mapping[str, NumpyArray]
"""What a policy is made of, by name: all that acting needs beside the problem, the seed and the settings."""


@runtime_checkable
class SeedsItsPolicy(Protocol):
    """Draws its actions from random streams of its own."""

    def seed_policy(self, seeds: NDArray[np.int64]) -> None:
        """Start the streams, one for each row of observations to come, [batch]."""


@runtime_checkable
class KeepsGeneratorsApart(Protocol):
    """Has global generators of its own, as an agent in another process has."""

    def isolated_random_numbers(self, seed: int) -> AbstractContextManager[None]:
        """Start them anew, and put them back as they were."""


@runtime_checkable
class ActsGreedily(Protocol):
    """Has a policy with a mode."""

    def act_greedily(self, observations: NumpyArray) -> NumpyArray:
        """The mode's actions, [batch, …]."""


@runtime_checkable
class ActsExploring(Protocol):
    """Acts greedily where it counts, and explores in training."""

    def act_exploring(self, observations: NumpyArray) -> NumpyArray:
        """Actions [batch, …] with the exploration at the end of training."""


@runtime_checkable
class ActsSampling(Protocol):
    """Acts by its mean where it counts, and samples in training."""

    def act_sampling(self, observations: NumpyArray) -> NumpyArray:
        """Sampled actions, [batch, …]."""


@runtime_checkable
class SaysValues(Protocol):
    """Learns action values."""

    def action_values(self, observations: NumpyArray) -> NumpyArray:
        """Q, [batch, actions]."""


@runtime_checkable
class SaysProbabilities(Protocol):
    """Has a policy over discrete actions."""

    def action_probabilities(self, observations: NumpyArray) -> NumpyArray:
        """The policy as executed, [batch, actions]."""


@runtime_checkable
class SaysMeans(Protocol):
    """Has a policy over action vectors."""

    def action_means(self, observations: NumpyArray) -> NumpyArray:
        """The policy's means, [batch, size]."""


@runtime_checkable
class SaysLogStds(Protocol):
    """Has a policy over action vectors with standard deviations."""

    def action_log_stds(self, observations: NumpyArray) -> NumpyArray:
        """Their logarithms, [batch, size]."""


@runtime_checkable
class KeepsPolicy(Protocol):
    """Gives its policy away as numbers, and acts by such a policy."""

    def policy_arrays(self, run: int) -> PolicyArrays:
        """The policy of one of its runs, counted from 0; an agent from a file carries out one."""

    def take_policy(self, arrays: PolicyArrays) -> None:
        """Act by this policy from now on, in every run."""


@runtime_checkable
class CarriesOn(Protocol):
    """Can be put down between two rounds of learning, and go on in another process with the same numbers.

    `learn` calls `source.may_rest` on its environment wherever that is possible; what `save` says there is given to the
    `load` of an agent that was just made, before its `learn`. The first reset of the environment then gives the
    observations at which the run was put down.
    """

    def save(self) -> State | None:
        """All that decides how it goes on, in numbers, texts, lists, dictionaries and arrays; None where it cannot."""

    def load(self, state: State) -> None:
        """Go on from there."""


class LatentMeasure(NamedTuple):
    """What a latent model is worth on given transitions.

    Attributes:
        diagram_error: how far its steps miss where transitions lead; None where all codes are one.
        effective_rank: how many directions codes use.
    """

    diagram_error: float | None
    effective_rank: float


@runtime_checkable
class HasLatentModel(Protocol):
    """Learns codes of observations, and where actions move them."""

    def latent_measure(self, transitions: Transitions) -> LatentMeasure | None:
        """What the model makes of transitions; None before it has learned."""


class LearnsFromTransitions(Protocol):
    """Learns from transitions that are given beforehand, in place of environments; its algorithm says so."""

    def learn(self, source: GivesTransitions, budget: int) -> None:
        """Train anew on each portion; called once. The source ends it by raising `BudgetExhausted`, which may pass through.

        Before its first portion it is evaluated as it was made.
        """


@runtime_checkable
class MayDiverge(Protocol):
    """Knows whether its parameters are still numbers."""

    @property
    def diverged(self) -> NDArray[np.bool_] | bool:
        """Whether they are not, of each seed or of all."""


@runtime_checkable
class HasKernel(Protocol):
    """Says what computes its updates."""

    kernel: str


@runtime_checkable
class IsIsolated(Protocol):
    """Runs in a process of its own."""

    isolation: str
    """By what it is kept apart: `namespaces` or `process`."""

    def close(self) -> None:
        """End the process."""
