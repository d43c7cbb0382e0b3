"""What a prior is: a network, what it does to a minibatch, a loss of its own. One file in `priors/` is one prior."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, create_model
from torch import Tensor

from symprior.agents.algorithms.settings import Settings
from symprior.agents.networks.orbits import Orbit
from symprior.agents.networks.sizes import Sizes, plain_network
from symprior.agents.networks.trunk import Trunk
from symprior.agents.priors.batch import Batch, Minibatch
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import VectorEnvironment
from symprior.tasks.task import Task
from symprior.tasks.task.registry import Registry

if TYPE_CHECKING:
    from symprior.agents.algorithms.algorithm import Algorithm


class PriorSettings(BaseModel):
    """Hyperparameters of a prior, which stand beside the algorithm's in the settings of an agent; most priors have none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class AuxiliaryLoss(ABC):
    """A loss on what the policy says in an update, beside the algorithm's own.

    Attributes:
        latest: its last value, [(seeds,) 1]; None before the first update.
    """

    latest: Tensor | None = None

    def __call__(self, outputs: Tensor) -> Tensor:
        """The loss of each seed, [(seeds,) 1].

        Args:
            outputs: the network's, of the policy, at `observations`, [(seeds,) rows, outputs].
        """
        loss = self.loss(outputs)
        self.latest = loss.detach()
        return loss

    @abstractmethod
    def observations(self, own: Tensor) -> Tensor:
        """What the network looks at, [(seeds,) rows, …]: the minibatch's own observations, then what else it needs."""

    @abstractmethod
    def loss(self, outputs: Tensor) -> Tensor:
        """What calling it gives."""


Draws = Callable[[int], Tensor]
"""The next so many random numbers of each seed's own, uniform on [0, 1), [(seeds,) count] in double precision."""

LogProbabilities = Callable[[Tensor, Tensor], Tensor]
"""Observations and actions [(seeds,) batch, …] → log π(a | s) under the policy as it is now, [(seeds,) batch], no graph."""

N = TypeVar("N", bound=Trunk)
B = TypeVar("B", bound=Batch)


class Prior(ABC):
    """One way to use a symmetry. The base class is a plain network on untouched minibatches."""

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    bibtex: ClassVar[str] = ""
    settings: ClassVar[type[PriorSettings]] = PriorSettings
    """The class of its hyperparameters."""
    is_control: ClassVar[bool] = False
    tuned_as: ClassVar[str | None] = None
    """The prior whose search serves this one, too, where it has none of its own."""
    strict: ClassVar[bool] = False
    """Whether the policy is exactly equivariant by construction."""
    folds: ClassVar[bool] = False
    """Whether a table has one entry for each orbit of pairs of a state and an action."""
    symmetrises_statistics: ClassVar[bool] = False
    """Whether the statistics that observations are scaled by have to be symmetrised; others may be, as a control."""

    def refusal(self, algorithm: Algorithm) -> str | None:
        """Why it cannot be combined with this algorithm; None where it can."""
        return None

    def symmetry(self, task: Task, settings: object = None) -> Symmetry:
        """What an agent is told of a task: its declared symmetry, or a control's.

        Args:
            task: what it is to learn.
            settings: the agent's; None: the prior's defaults.

        Raises:
            SympriorError: the task has no such symmetry.
        """
        return task.symmetry()

    @abstractmethod
    def network(
        self, kind: type[N], symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator, settings: object = None
    ) -> N:
        """The network of one seed.

        Args:
            kind: which heads the algorithm needs.
            symmetry: the one to use.
            sizes: hidden sizes.
            rng: draws the weights.
            settings: the agent's; None: the prior's defaults.
        """

    def environment(self, env: VectorEnvironment, orbit: Orbit, seeds: NDArray[np.int64]) -> VectorEnvironment:
        """What the agent is trained in instead of `env`.

        Args:
            env: the copies of all seeds; it counts the steps.
            orbit: the symmetry to use.
            seeds: of a random stream for each copy, [env.num_envs].
        """
        return env

    def collected(self, rollout: Minibatch, orbit: Orbit, log_probabilities: LogProbabilities) -> Minibatch:
        """What an update learns from instead of a rollout, before its first gradient step."""
        return rollout

    def minibatch(self, batch: B, orbit: Orbit, draws: Draws | None = None) -> B:
        """What a gradient step sees instead of `batch`, whether that was just collected or comes from a replay buffer.

        Args:
            batch: transitions.
            orbit: the symmetry to use.
            draws: random numbers, for priors that take some.
        """
        return batch

    def passes(self, order: int) -> int:
        """How many times as many gradient steps as the algorithm's settings say, under a group of this order."""
        return 1

    def auxiliary_loss(self, orbit: Orbit, settings: object) -> AuxiliaryLoss | None:
        """A loss beside the algorithm's, for policies that learn from rollouts; None for none.

        Args:
            orbit: the symmetry to use.
            settings: the agent's; the floats of many seeds are tensors [seeds, 1].

        Raises:
            SympriorError: the settings ask for what this symmetry does not allow.
        """
        return None


class PlainNetwork(Prior):
    """A prior (or none) that lives in the data or the loss: its network is the ordinary one."""

    def network(
        self, kind: type[N], symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator, settings: object = None
    ) -> N:
        """An ordinary network of the plain widths."""
        return plain_network(symmetry, sizes.plain(symmetry), rng, kind)


P = TypeVar("P", bound=Prior)

PRIORS: Registry[Prior] = Registry("prior", "symprior.agents.priors")


def register(kind: type[P]) -> type[P]:
    """Put a prior into the registry."""
    PRIORS.register(kind.name, kind(), kind.__module__)
    return kind


@cache
def settings_of_both(algorithm: type[Settings], prior: type[PriorSettings]) -> type[Settings]:
    """One class with the hyperparameters of both."""
    if not prior.model_fields:
        return algorithm
    bases: tuple[type[Any], ...] = (algorithm, prior)
    made: Any = create_model(f"{prior.__name__}Of{algorithm.__name__}", __base__=bases)
    return cast(type[Settings], made)
