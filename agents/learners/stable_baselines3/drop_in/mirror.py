"""The mirror loss as a policy of Stable-Baselines3's PPO and A2C.

PPO(MirrorPolicy, env, policy_kwargs={"symmetry": symmetry, "mirror_weight": 4.0})
"""

from __future__ import annotations

from typing import Any

import torch
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import Tensor
from torch.distributions import Categorical, Normal

from symprior.agents.agent import Problem
from symprior.agents.learners.stable_baselines3.policies.attached import attached
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.mirror import MirrorLoss, MirrorSettings
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Space


class MirrorPolicy(ActorCriticPolicy):
    """Stable-Baselines3's own policy, whatever its networks are, pulled towards being equivariant in every update.

    Args:
        observation_space, action_space, lr_schedule, arguments: as of `ActorCriticPolicy`.
        symmetry: the group, and how it acts on observations and on actions.
        mirror_weight: of the mean squared distance of probabilities, or of means, from their images'.

    Attributes:
        mirror_loss: `mirror_loss.latest` is its value in the last update, weight included.

    Raises:
        SympriorError: the symmetry does not fit the spaces.
    """

    def __init__(
        self,
        observation_space: Space,
        action_space: Space,
        lr_schedule: Schedule,
        *,
        symmetry: Symmetry,
        mirror_weight: float = MirrorSettings().mirror_weight,
        **arguments: Any,
    ) -> None:
        Problem(observation_space, action_space, symmetry)
        if arguments.get("use_sde"):
            raise SympriorError("The mirror loss compares means of actions: use_sde must be False.")
        self._given = {"symmetry": symmetry, "mirror_weight": mirror_weight}
        super().__init__(observation_space, action_space, lr_schedule, **arguments)
        self.orbit = Orbit(symmetry)  # as a part of the policy it moves to the policy's device
        self.mirror_loss = MirrorLoss(self.orbit, mirror_weight)

    def evaluate_actions(self, obs: PyTorchObs, actions: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Values, log-probabilities of the given actions and entropies for an update, the loss attached to the values."""
        assert isinstance(obs, Tensor)
        values, log_probabilities, entropies = super().evaluate_actions(obs, actions)
        loss = self.mirror_loss(self._outputs(self.mirror_loss.observations(obs)))
        return attached(values, loss), log_probabilities, entropies

    @torch.no_grad()
    def mirror_distance(self, obs: Tensor) -> float:
        """The mean squared distance of the policy at observations [batch, …] from its images, without the weight."""
        measure = MirrorLoss(self.orbit)
        return float(measure(self._outputs(measure.observations(obs))))

    def _outputs(self, observations: Tensor) -> Tensor:
        """Logits, or means of action vectors, [batch, size]."""
        found = self.get_distribution(observations).distribution
        if isinstance(found, Categorical):
            return found.logits
        assert isinstance(found, Normal)
        return found.mean

    def _get_constructor_parameters(self) -> dict[str, Any]:
        """What `policy.save` keeps beside the weights."""
        return {**super()._get_constructor_parameters(), **self._given}
