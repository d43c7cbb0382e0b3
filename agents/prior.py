"""What a prior is: a network, and what it does to a minibatch. One file in `priors/` is one prior."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import numpy as np
from torch import Tensor

from symprior.agents.networks.actor_critic import ActorCritic, default_widths, plain_network
from symprior.agents.orbits import Orbit
from symprior.tasks.registry import Registry
from symprior.tasks.symmetry import Symmetry


@dataclass(frozen=True)
class Sizes:
    """Hidden sizes of a network.

    Attributes:
        widths: of the plain network; None: 64-64 for vectors, 16-32-512 for images.
        channels: copies of the regular representation in each hidden layer of an equivariant network; None: as many as
            give the plain network's number of parameters.
    """

    widths: tuple[int, ...] | None = None
    channels: tuple[int, ...] | None = None

    def plain(self, symmetry: Symmetry) -> tuple[int, ...]:
        """The widths, with the default filled in."""
        return self.widths or default_widths(symmetry)


@dataclass(frozen=True)
class Minibatch:
    """Transitions of one policy-gradient update; all tensors [(seeds,) batch, …]."""

    observations: Tensor
    actions: Tensor
    old_values: Tensor
    old_log_probabilities: Tensor
    advantages: Tensor
    returns: Tensor


class Prior(ABC):
    """One way to use a symmetry. The base class is a plain network on untouched minibatches."""

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    bibtex: ClassVar[str] = ""
    is_control: ClassVar[bool] = False
    strict: ClassVar[bool] = False
    """Whether the policy is exactly equivariant by construction."""

    @abstractmethod
    def network(self, symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator) -> ActorCritic:
        """The actor-critic of one seed; `rng` draws its weights."""

    def minibatch(self, batch: Minibatch, orbit: Orbit) -> Minibatch:
        """What the update sees instead of `batch`."""
        return batch


class PlainNetwork(Prior):
    """A prior (or none) that lives in the data or the loss: its network is the ordinary one."""

    def network(self, symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator) -> ActorCritic:
        """An ordinary network of the plain widths."""
        return plain_network(symmetry, sizes.plain(symmetry), rng)


P = TypeVar("P", bound=Prior)

PRIORS: Registry[Prior] = Registry("prior", "symprior.agents.priors")


def register(kind: type[P]) -> type[P]:
    """Put a prior into the registry."""
    PRIORS.register(kind.name, kind(), kind.__module__)
    return kind
