"""One seed of an on-policy agent, trained by Stable-Baselines3 in one `learn` call."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.utils import set_random_seed

from symprior.agents.acting import CategoricalActor
from symprior.agents.agent import Problem
from symprior.agents.algorithm import OnPolicyAlgorithm, OnPolicySettings
from symprior.agents.learners.initial import initial_network
from symprior.agents.learners.stable_baselines3.buffer import PriorRolloutBuffer
from symprior.agents.learners.stable_baselines3.environment import VectorEnvAdapter
from symprior.agents.learners.stable_baselines3.policy import NetworkPolicy
from symprior.agents.networks.actor_critic import count_parameters
from symprior.agents.orbits import Orbit
from symprior.agents.prior import Prior
from symprior.tasks.errors import BudgetExhausted
from symprior.tasks.streams import seed_from


class StableBaselinesAgent(CategoricalActor):
    """Algorithm × prior on Stable-Baselines3.

    Stable-Baselines3 draws from the global generators of numpy and torch: they are seeded when training starts, and only
    one such run may be trained in a process at a time.
    """

    def __init__(
        self,
        problem: Problem,
        seed: int,
        algorithm: OnPolicyAlgorithm,
        prior: Prior,
        settings: OnPolicySettings,
        device: str = "cpu",
    ) -> None:
        self.seed, self.num_envs = seed, settings.num_envs
        self._problem, self._algorithm, self._prior, self._settings = problem, algorithm, prior, settings
        self._device = torch.device(device)
        self.network = initial_network(problem, prior, settings, seed).to(self._device)
        self.parameters = count_parameters(self.network)
        self.gradient_steps = 0

    def learn(self, env: VectorEnv[Any, Any, Any], budget: int) -> None:
        """Train once, until the environment ends it or the budget's rollouts are done."""
        model = self.model(VectorEnvAdapter(env))
        try:
            model.learn(total_timesteps=budget, log_interval=None)
        except BudgetExhausted:
            pass
        finally:
            self.gradient_steps = self._count_gradient_steps(model)

    def model(self, env: VectorEnvAdapter) -> Any:
        """The Stable-Baselines3 model around this agent's network, with the global generators seeded."""
        set_random_seed(seed_from(self.seed, "learner") % 2**32)
        model = self._algorithm.stable_baselines3_model(
            self._settings,
            policy=NetworkPolicy,
            env=env,
            policy_kwargs={
                "make_network": lambda: self.network,
                "optimizer_class": torch.optim.Adam,
                "optimizer_kwargs": {"eps": self._settings.adam_epsilon},
            },
            rollout_buffer_class=PriorRolloutBuffer,
            rollout_buffer_kwargs={"prior": self._prior, "orbit": Orbit(self._problem.symmetry, self._device)},
            device=self._device,
        )
        model.set_logger(Logger(folder=None, output_formats=[]))  # its own would make a folder for every run
        return model

    def action_probabilities(self, observations: NDArray[Any]) -> NDArray[np.float64]:
        """The policy, [batch, actions]."""
        with torch.no_grad():
            logits, _ = self.network(torch.as_tensor(observations, device=self._device))
            return torch.softmax(logits.double(), dim=-1).cpu().numpy()

    def _count_gradient_steps(self, model: Any) -> int:
        state = next(iter(model.policy.optimizer.state.values()), None)
        return int(state["step"]) if state else 0
