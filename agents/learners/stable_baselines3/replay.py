"""One seed of an agent that learns from a replay buffer."""

from __future__ import annotations

from typing import Any, ClassVar

from stable_baselines3.common.policies import BasePolicy

from symprior.agents.learners.stable_baselines3.agent import StableBaselinesAgent
from symprior.agents.learners.stable_baselines3.buffers.replay import PriorReplayBuffer
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter


class StableBaselinesReplayAgent(StableBaselinesAgent):
    """Algorithm × prior on Stable-Baselines3, from a replay buffer.

    Attributes:
        policy: what puts this project's networks under the names that the algorithm asks for.
        buffer: the kind of replay buffer.
    """

    policy: ClassVar[type[BasePolicy]]
    buffer: ClassVar[type[PriorReplayBuffer]] = PriorReplayBuffer

    def model(self, env: VectorEnvAdapter) -> Any:
        """The model, with as many times its gradient steps as the prior says."""
        model = super().model(env)
        model.gradient_steps *= self._prior.passes(self._orbit.order)
        return model

    def _parts(self, buffer: dict[str, Any]) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "replay_buffer_class": self.buffer,
            "replay_buffer_kwargs": {**buffer, "normaliser": self.network.normaliser},
        }
