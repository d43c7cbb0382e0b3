"""An agent as a user would bring it: Stable-Baselines3's own PPO."""

from __future__ import annotations

import numpy as np
from stable_baselines3 import PPO

from symprior.agents import Problem
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.environments.gymnasium_types import VectorEnvironment


class OwnPPO:
    """Its network and its minibatches are as large as there by default, for 16 copies."""

    num_envs = 16

    def __init__(self, problem: Problem, seed: int) -> None:
        self._seed = seed
        self._model: PPO | None = None

    def learn(self, env: VectorEnvironment, budget: int) -> None:
        """Train once."""
        self._model = PPO("MlpPolicy", VectorEnvAdapter(env), n_steps=128, seed=self._seed, device="cpu")
        self._model.learn(budget)

    def act(self, observations: NumpyArray) -> NumpyArray:
        """By the model, or the first action before there is one."""
        if self._model is None:
            return np.zeros(len(observations), dtype=int)
        return np.asarray(self._model.predict(observations)[0])
