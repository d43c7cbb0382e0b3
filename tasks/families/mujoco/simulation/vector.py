"""Many copies of a robot in one process, stepped by MuJoCo directly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from gymnasium.utils.seeding import np_random
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.environments.gymnasium_types import Environment, Infos, NumpyVectorEnvironment, Seeds
from symprior.tasks.environments.gymnasium_vector import require_one
from symprior.tasks.families.mujoco.simulation.physics import Physics
from symprior.tasks.families.mujoco.simulation.rules import Rules
from symprior.tasks.files.states import State


class RobotVectorEnv(NumpyVectorEnvironment):
    """gymnasium's environment of a robot, many times: bit for bit the same episodes from the same seeds.

    Episodes are started by the single environment, which is lent the robot's simulation and random numbers for that;
    steps leave it out.

    Args:
        make: makes the single environment, with its time limit.
        rules: what the robot shows and earns, and when it falls.
        num_envs: how many.

    Raises:
        ImportError: MuJoCo is not installed.
        SympriorError: there is to be none.
    """

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(self, make: Callable[[], Environment], rules: type[Rules], num_envs: int) -> None:
        require_one(num_envs)
        self._env = make()
        self._robot = cast(Any, self._env.unwrapped)
        self.num_envs = num_envs
        self.single_observation_space = self._env.observation_space
        self.single_action_space = self._env.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.render_mode = None
        self._rules = rules(self._robot)
        self._physics = Physics(self._rules, num_envs)
        self._generators = [np_random()[0] for _ in range(num_envs)]
        self._limit = self._env.get_wrapper_attr("_max_episode_steps")
        self._elapsed = np.zeros(num_envs, dtype=np.int64)
        self._first = np.zeros(self.observation_space.shape or (), dtype=np.float64)
        self._is_resting = np.zeros(num_envs, dtype=np.bool_)
        self._awake = list(range(num_envs))

    def reset(self, *, seed: Seeds = None, options: Infos | None = None) -> tuple[NDArray[np.float64], Infos]:
        """Start all episodes; environment i gets `seed + i`, or `seed[i]`. Without a seed their random numbers go on."""
        if isinstance(seed, int):
            seed = range(seed, seed + self.num_envs)
        self.rest(np.zeros(self.num_envs, dtype=np.bool_))
        for i in range(self.num_envs):
            self._start(i, None if seed is None else int(seed[i]))
        return self._first.copy(), {}

    def step(self, actions: NDArray[np.float32]) -> tuple[NumpyArray, NumpyArray, NumpyArray, NumpyArray, Infos]:
        """Step every robot that does not rest."""
        physics, rules = self._physics, self._rules
        physics.step(self._awake, actions)
        observations = rules.observe(physics.now.readings)
        rewards, terminated = rules.outcome(physics.before.readings, physics.now.readings, actions)
        self._elapsed += ~self._is_resting
        truncated = self._elapsed >= self._limit
        if len(self._awake) < self.num_envs:
            observations[self._is_resting] = self._first[self._is_resting]
            for outcome in (rewards, terminated, truncated):
                outcome[self._is_resting] = 0
        done = terminated | truncated
        if not done.any():
            return observations, rewards, terminated, truncated, {}
        infos = {"final_obs": observations.copy(), "_final_obs": done}
        for i in np.flatnonzero(done).tolist():
            self._start(i)
        observations[done] = self._first[done]
        return observations, rewards, terminated, truncated, infos

    def rest(self, ended: NDArray[np.bool_]) -> None:
        """Leave robots [num_envs] whose episode has ended at its successor's first observation until the next reset."""
        for i in np.flatnonzero(self._is_resting & ~ended).tolist():
            self._physics.now.read(i)
        self._is_resting = np.array(ended, dtype=np.bool_)
        self._awake = np.flatnonzero(~self._is_resting).tolist()

    @property
    def can_be_restored(self) -> bool:
        """Unless episodes change the model itself, and once all robots are at work."""
        return not self._rules.change_the_model and len(self._awake) == self.num_envs

    def save(self) -> State:
        """The physics, the random numbers of each robot, and its clock."""
        generators = [generator.bit_generator.state for generator in self._generators]
        return {"physics": self._physics.save(), "generators": generators, "elapsed": self._elapsed.copy()}

    def load(self, state: State) -> None:
        """Go on from there."""
        self._physics.load(state["physics"])
        for generator, own in zip(self._generators, state["generators"], strict=True):
            generator.bit_generator.state = own
        self._elapsed = state["elapsed"]

    def close(self, **arguments: object) -> None:
        """Close the single environment."""
        self._env.close()

    def _start(self, i: int, seed: int | None = None) -> None:
        robot, physics = self._robot, self._physics
        robot.model, robot.data, robot.np_random = physics.models[i], physics.data[i], self._generators[i]
        self._first[i], _ = self._env.reset(seed=seed)
        self._generators[i] = robot.np_random
        self._elapsed[i] = 0
        physics.now.read(i)
