"""The agent that does not learn: uniformly random actions."""

from __future__ import annotations

from abc import abstractmethod

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.agents.acting.actors import Actor, CategoricalActor
from symprior.agents.agent.abilities import PolicyArrays
from symprior.agents.agent.source import BudgetExhausted
from symprior.agents.learners.learner import Recipe, Training
from symprior.symmetry.arrays import NumpyArray, as_numpy
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import VectorEnvironment


class RandomAgent(Actor):
    """Uses its budget and learns nothing."""

    parameters = 0

    def __init__(self, training: Training) -> None:
        self.problem, self.seed = training.problem, training.seeds[0]
        self.num_envs = training.settings[0].num_envs

    def learn(self, env: VectorEnvironment, budget: int) -> None:
        """Act at random until the budget is used."""
        observations, _ = env.reset()
        try:
            while True:
                observations, *_ = env.step(self.act(as_numpy(observations)))
        except BudgetExhausted:
            return

    def policy_arrays(self, run: int) -> PolicyArrays:
        """None: it is made of nothing."""
        return {}

    def take_policy(self, arrays: PolicyArrays) -> None:
        """Stay as it is."""

    @abstractmethod
    def act(self, observations: NumpyArray) -> NumpyArray:
        """Uniformly random actions [batch, …]."""


class RandomChoice(CategoricalActor, RandomAgent):
    """On discrete actions."""

    def action_probabilities(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The uniform distribution, [batch, actions]."""
        actions = self.problem.symmetry.action.size
        return np.full((len(observations), actions), 1 / actions)


class RandomVector(RandomAgent):
    """On action vectors.

    Raises:
        SympriorError: the action space has no bounds to be uniform between.
    """

    def __init__(self, training: Training) -> None:
        super().__init__(training)
        space = self.problem.action_space
        assert isinstance(space, gymnasium.spaces.Box)
        if not space.is_bounded():
            raise SympriorError(f"No action is uniformly random in {space}: it has no bounds.")
        self._low, self._high, self._type = space.low, space.high, space.dtype

    def act(self, observations: NumpyArray) -> NumpyArray:
        """Uniform between the bounds, [batch, size]."""
        uniforms = self._uniforms(observations, len(self._low))
        actions: NumpyArray = (self._low + (self._high - self._low) * uniforms).astype(self._type)
        return actions

    def action_means(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The middle, [batch, size]."""
        middle = (self._low.astype(np.float64) + self._high) / 2
        return np.tile(middle, (len(observations), 1))


RECIPE = Recipe(discrete=RandomChoice, vectors=RandomVector)
