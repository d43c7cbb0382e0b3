"""Values of observations and action vectors together, and the networks of an agent that learns by two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from symprior.agents.networks.heads.squashed_actor import MeanActor
from symprior.agents.networks.layers.frames import Output
from symprior.agents.networks.layers.normaliser import Normaliser
from symprior.agents.networks.trunk import Trunk
from symprior.symmetry.representations import direct_sum, trivial_representation
from symprior.symmetry.symmetrizer import BasisRule
from symprior.symmetry.symmetry import Symmetry

CRITICS = 2
"""The smaller of so many values is what the actor and the targets see (Fujimoto et al., 2018)."""


def on_pairs(symmetry: Symmetry) -> Symmetry:
    """The same group acting on pairs of observation and action, laid end to end."""
    return replace(symmetry, observation=direct_sum(symmetry.observation, symmetry.action))


class Critic(Trunk):
    """A value that is invariant, Q(g s, g a) = Q(s, a); see `Trunk`.

    Where one representative stands for an orbit of pairs, the observation chooses it; the action does where images of the
    observation tie. So Q(s, ·) is as smooth as the network is.

    Args:
        symmetry: of pairs (`on_pairs`), so that its observations end with the action.
        channels, rule, rng, fibre: as of `Trunk`.
    """

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """The value."""
        self.parts = (symmetry.observation.size - symmetry.action.size, symmetry.action.size)
        self.value = self.head(trivial_representation(symmetry.group), rule, rng, gain=1.0)
        self.observation_normaliser: Normaliser | None = None

    @staticmethod
    def outputs(symmetry: Symmetry) -> tuple[Output]:
        """A value."""
        return (Output(None),)

    def heads(self, observations: Tensor) -> tuple[Tensor]:
        """Values [batch, 1] of pairs [batch, size]."""
        pairs = observations
        if self.observation_normaliser is not None:
            states, actions = pairs.split(self.parts, -1)
            pairs = torch.cat([self.observation_normaliser(states), actions], -1)
        return (self.value(self.features(pairs)),)

    def forward(self, observations: Tensor, actions: Tensor) -> Tensor:
        """Values [batch, 1] of observations [batch, …] and scaled actions [batch, size]."""
        (values,) = self.look(torch.cat([observations.flatten(1).float(), actions], -1))
        return values


class ActorAndCritics(nn.Module):
    """The actor of an agent and its critics, which share nothing but the actor's statistics of observations.

    Args:
        actor: says what to do.
        critics: say what that is worth.
    """

    def __init__(self, actor: MeanActor, critics: Sequence[Critic]) -> None:
        super().__init__()
        self.actor, self.critics = actor, nn.ModuleList(critics)
        for critic in critics:
            critic.observation_normaliser = actor.normaliser

    @property
    def normaliser(self) -> Normaliser | None:
        """What observations are scaled by; None where they are not."""
        return self.actor.normaliser

    @property
    def in_words(self) -> str:
        """The kind of policy and its size."""
        return f"{self.actor.in_words}; {len(self.critics)} critics"
