"""An agent with a table for each of its seeds: the loop that acts ε-greedily and moves one entry a step."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from symprior.agents.acting.actors import GreedyActor, exploring, greedy_policy, sampled
from symprior.agents.agent.abilities import PolicyArrays
from symprior.agents.agent.source import BudgetExhausted, may_rest
from symprior.agents.algorithms.tabular.tabular import TabularSettings
from symprior.agents.learners.learner import Training
from symprior.agents.learners.tabular.table import Table
from symprior.symmetry.arrays import NumpyArray, as_numpy
from symprior.tasks.environments.gymnasium_types import Infos, VectorEnvironment
from symprior.tasks.environments.streams import Streams, seed_from
from symprior.tasks.files.states import State


class TabularAgent(GreedyActor):
    """Learns by temporal differences (Sutton and Barto, 2018, chapter 6).

    Attributes:
        keeps_plan: whether the action of which an update learned is the one that is taken.
        num_envs: copies of the environment for each seed.
        gradient_steps: updates of one entry so far, of each seed.
    """

    keeps_plan: ClassVar[bool] = False

    def __init__(self, training: Training) -> None:
        assert training.prior is not None
        self.problem, self.seeds, self.seed = training.problem, training.seeds, training.seeds[0]
        settings = [cast(TabularSettings, each) for each in training.settings]
        self.num_envs, self.gradient_steps = settings[0].num_envs, 0
        self._rate, self._gamma, self._epsilon = (
            np.array([getattr(each, name) for each in settings]) for name in ("learning_rate", "gamma", "epsilon")
        )
        symmetry = self.problem.symmetry
        folded = symmetry if training.prior.folds else None
        self.table = Table(len(self.seeds), symmetry.action.size, settings[0].initial_value, folded)
        streams = [seed_from(seed, "exploration", i) for seed in self.seeds for i in range(self.num_envs)]
        self._exploring: Streams[NumpyArray] = Streams(np.array(streams, dtype=np.int64))
        self._planned: NDArray[np.int64] | None = None

    @abstractmethod
    def worth(self, values: NDArray[np.float64], planned: NDArray[np.int64]) -> NDArray[np.float64]:
        """What is to come is worth, [rows], where there are these action values [rows, actions] and this is planned."""

    def learn(self, env: VectorEnvironment, budget: int) -> None:
        """Train once, until the environment ends it or the budget is used."""
        with suppress(BudgetExhausted):
            self._learn(env, budget)

    def _learn(self, env: VectorEnvironment, budget: int) -> None:
        observations, _ = env.reset()
        now = self.table.numbers(as_numpy(observations))
        actions = self._explored(now) if self._planned is None else self._planned
        while self.gradient_steps < budget:
            self._planned = actions
            may_rest(env)
            observations, rewards, terminated, truncated, infos = env.step(actions)
            ended = as_numpy(terminated | truncated)
            following = self.table.numbers(_last_seen(as_numpy(observations), infos, ended))
            planned = self._explored(following)
            worth = np.where(as_numpy(terminated), 0.0, self.worth(self.table.values(following), planned))
            gamma = np.repeat(self._gamma, self.num_envs)
            self.table.move(now, actions, as_numpy(rewards) + gamma * worth, self._rate)
            self.gradient_steps += self.num_envs
            now = self.table.numbers(as_numpy(observations)) if ended.any() else following
            chosen = self._explored(now)
            actions = np.where(ended, chosen, planned) if self.keeps_plan else chosen

    def _explored(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """ε-greedy actions, [seeds · copies]."""
        policy = exploring(greedy_policy(self.table.values(numbers)), self.final_epsilon(len(numbers)))
        return np.asarray(sampled(policy, self._exploring.draw(1)))

    def action_values(self, observations: NumpyArray) -> NDArray[np.float64]:
        """Q, [seeds · rows, actions], of observations [seeds · rows, …]; the initial value where nothing was learned."""
        return self.table.values(self.table.numbers(as_numpy(observations)))

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """Each seed's, [seeds · rows, 1]."""
        return np.repeat(self._epsilon, rows // len(self.seeds))[:, None]

    def policy_arrays(self, run: int) -> PolicyArrays:
        """The table of one seed, as far as it was learned."""
        return self.table.policy_arrays(run)

    def take_policy(self, arrays: PolicyArrays) -> None:
        """Let every seed act by this table."""
        self.table.take(arrays)

    def save(self) -> State:
        """Tables, plans and random streams, between two steps."""
        return {
            "table": self.table.save(),
            "planned": self._planned,
            "streams": self._exploring.save(),
            "updates": self.gradient_steps,
        }

    def load(self, state: State) -> None:
        """Go on from there."""
        self.table.load(state["table"])
        self._planned, self.gradient_steps = state["planned"], state["updates"]
        self._exploring.load(state["streams"])


def _last_seen(observations: NumpyArray, infos: Infos, ended: NDArray[np.bool_]) -> NumpyArray:
    """What each step led to, [seeds · copies, …]: where an episode ended, its own last observation."""
    if "final_obs" not in infos:
        return observations
    mask = ended.reshape(-1, *(1,) * (observations.ndim - 1))
    return np.where(mask, as_numpy(infos["final_obs"]), observations)
