"""MDP-homomorphic networks as policies of Stable-Baselines3's PPO, A2C, DQN, SAC and TD3.

    model = PPO(HomomorphicPolicy, env, policy_kwargs={"symmetry": symmetry})

Models are saved and loaded as any other, `model.save` and `PPO.load`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np
import torch
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import Schedule

from symprior.agents.acting.squashing import ActionScale, squashing_refusal
from symprior.agents.agent import Problem
from symprior.agents.learners.stable_baselines3.policies.policy import NetworkPolicy
from symprior.agents.learners.stable_baselines3.policies.squashed_policies import NetworkSACPolicy, NetworkTD3Policy
from symprior.agents.learners.stable_baselines3.policies.value_policy import NetworkValuePolicy
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.heads.critics import CRITICS, ActorAndCritics, Critic, on_pairs
from symprior.agents.networks.heads.q_network import QNetwork
from symprior.agents.networks.heads.squashed_actor import GaussianSquashedActor, MeanActor
from symprior.agents.networks.layers.alone import seeded_by_torch
from symprior.agents.networks.sizes import Sizes
from symprior.agents.priors.homomorphic import Homomorphic
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import ImageTransform
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Space

REPLACED = (
    "net_arch",
    "activation_fn",
    "ortho_init",
    "log_std_init",
    "features_extractor_class",
    "features_extractor_kwargs",
    "share_features_extractor",
)
"""Arguments of Stable-Baselines3's own networks."""


class HomomorphicNetworks(BasePolicy):
    """What the four policies share. Observations are flat vectors or square images [channels, size, size].

    Weights are drawn from torch's generator, which a model's `seed` sets.

    Args:
        observation_space, action_space, lr_schedule, arguments: as of Stable-Baselines3's policy for the algorithm.
        symmetry: the group, and how it acts on observations and on actions.
        widths: hidden widths of a plain network that has as many parameters; None: those of Stable-Baselines3's policy for
            vectors, 16-32-512 for images.
        channels: copies of the hidden representation in each layer, in place of `widths`.

    Raises:
        SympriorError: the symmetry does not fit the spaces, or an argument is of networks that these replace.
    """

    plain_widths: ClassVar[tuple[int, ...]] = (64, 64)

    def __init__(
        self,
        observation_space: Space,
        action_space: Space,
        lr_schedule: Schedule,
        *,
        symmetry: Symmetry,
        widths: tuple[int, ...] | None = None,
        channels: tuple[int, ...] | None = None,
        **arguments: Any,
    ) -> None:
        _check_arguments(arguments)
        self._check(Problem(observation_space, action_space, symmetry))
        self._given = {"symmetry": symmetry, "widths": widths, "channels": channels}
        if widths is None and not isinstance(symmetry.observation, ImageTransform):
            widths = self.plain_widths
        network = self._networks(symmetry, Sizes(widths, channels), seeded_by_torch())
        super().__init__(observation_space, action_space, lr_schedule, make_network=lambda: network, **arguments)

    def _check(self, problem: Problem) -> None:
        """Whether the algorithm can use the symmetry."""

    @abstractmethod
    def _networks(self, symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator) -> torch.nn.Module:
        """What the algorithm trains."""

    def _get_constructor_parameters(self) -> dict[str, Any]:
        """What `policy.save` keeps beside the weights."""
        data = super()._get_constructor_parameters()
        return {**{name: value for name, value in data.items() if name not in REPLACED}, **self._given}


def _check_arguments(arguments: dict[str, Any]) -> None:
    for name in REPLACED:
        if name in arguments:
            raise SympriorError(
                f"A homomorphic policy makes its networks itself and takes no {name}. Set `widths` or `channels`."
            )
    if arguments.pop("use_sde", False):
        raise SympriorError("A homomorphic policy draws each action's noise anew: use_sde must be False.")


class HomomorphicPolicy(HomomorphicNetworks, NetworkPolicy):
    """For PPO and A2C: an equivariant policy and an invariant value."""

    def _networks(self, symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator) -> ActorCritic:
        return Homomorphic().network(ActorCritic, symmetry, sizes, rng)


class HomomorphicDQNPolicy(HomomorphicNetworks, NetworkValuePolicy):
    """For DQN: equivariant action values."""

    def _networks(self, symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator) -> QNetwork:
        return Homomorphic().network(QNetwork, symmetry, sizes, rng)


class HomomorphicTwinCritics(HomomorphicNetworks):
    """What the policies of SAC and TD3 share: an equivariant actor and invariant critics.

    Attributes:
        actor_kind: the kind of actor.
    """

    actor_kind: ClassVar[type[MeanActor]]

    def _check(self, problem: Problem) -> None:
        if isinstance(problem.symmetry.observation, ImageTransform):
            raise SympriorError("The critics take observation and action as one vector, but these are images.")
        if reason := squashing_refusal(problem.symmetry):
            raise SympriorError(f"This policy cannot use this symmetry: {reason}")
        ActionScale(problem)

    def _networks(self, symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator) -> ActorAndCritics:
        critics = [Homomorphic().network(Critic, on_pairs(symmetry), sizes, rng) for _ in range(CRITICS)]
        return ActorAndCritics(Homomorphic().network(self.actor_kind, symmetry, sizes, rng), critics)


class HomomorphicSACPolicy(HomomorphicTwinCritics, NetworkSACPolicy):
    """For SAC: the actor is a squashed Gaussian."""

    plain_widths = (256, 256)
    actor_kind = GaussianSquashedActor


class HomomorphicTD3Policy(HomomorphicTwinCritics, NetworkTD3Policy):
    """For TD3: the actor is deterministic."""

    plain_widths = (400, 300)
    actor_kind = MeanActor
