"""Augmentation as buffers of Stable-Baselines3: what an update sees of them is every transition with its images.

PPO("MlpPolicy", env, rollout_buffer_class=AugmentedRolloutBuffer, rollout_buffer_kwargs={"symmetry": symmetry})
SAC("MlpPolicy", env, replay_buffer_class=AugmentedReplayBuffer, replay_buffer_kwargs={"symmetry": symmetry})
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from gymnasium.spaces import Box
from stable_baselines3.common.utils import get_device
from torch import Tensor

from symprior.agents.acting.squashing import ActionScale
from symprior.agents.agent import Problem
from symprior.agents.learners.stable_baselines3.buffers.replay import PriorReplayBuffer
from symprior.agents.learners.stable_baselines3.buffers.rollout import PriorRolloutBuffer
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.augmentation.augment import Augment
from symprior.agents.priors.augmentation.augment_one import AugmentOne
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Space


class AugmentedRolloutBuffer(PriorRolloutBuffer):
    """For PPO and A2C. Images keep the original's value, advantage, return and log-probability.

    Args:
        buffer_size, observation_space, action_space, device, named: as of `RolloutBuffer`.
        symmetry: the group, and how it acts on observations and on actions.
        one_image: one random image stands for each transition; else the whole orbit does, |G| times a minibatch.

    Raises:
        SympriorError: the symmetry does not fit the spaces.
    """

    def __init__(
        self,
        buffer_size: int,
        observation_space: Space,
        action_space: Space,
        device: torch.device | str = "auto",
        *,
        symmetry: Symmetry,
        one_image: bool = False,
        **named: Any,
    ) -> None:
        turned = _turned(observation_space, action_space, device, symmetry, one_image)
        named |= {**turned, "log_probabilities": _not_asked_for}
        super().__init__(buffer_size, observation_space, action_space, device, **named)


class AugmentedReplayBuffer(PriorReplayBuffer):
    """For DQN, SAC and TD3. Images keep the reward and whether the episode ended.

    Args:
        buffer_size, observation_space, action_space, device, named: as of `ReplayBuffer`.
        symmetry: the group, and how it acts on observations and on actions.
        one_image: one random image stands for each transition; else the whole orbit does, |G| times a minibatch.

    Raises:
        SympriorError: the symmetry does not fit the spaces.
    """

    def __init__(
        self,
        buffer_size: int,
        observation_space: Space,
        action_space: Space,
        device: torch.device | str = "auto",
        *,
        symmetry: Symmetry,
        one_image: bool = False,
        **named: Any,
    ) -> None:
        if isinstance(action_space, Box):
            ActionScale(Problem(observation_space, action_space, symmetry))  # what is kept are scaled actions
        named |= _turned(observation_space, action_space, device, symmetry, one_image)
        super().__init__(buffer_size, observation_space, action_space, device, **named)


def _turned(
    observation_space: Space, action_space: Space, device: torch.device | str, symmetry: Symmetry, one_image: bool
) -> dict[str, Any]:
    """What such a buffer's minibatches pass through."""
    Problem(observation_space, action_space, symmetry)
    device = get_device(device)
    return {
        "prior": AugmentOne() if one_image else Augment(),
        "orbit": Orbit(symmetry, device),
        "draws": partial(torch.rand, dtype=torch.float64, device=device),
    }


def _not_asked_for(observations: Tensor, actions: Tensor) -> Tensor:
    raise NotImplementedError("Images keep their original's log-probability.")
