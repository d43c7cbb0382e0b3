"""Many copies of a robot in one process, stepped by MuJoCo directly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import gymnasium
import numpy as np
from gymnasium.utils.seeding import np_random
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from symprior.tasks.families.mujoco.rules import Readings, Rules


class RobotVectorEnv(VectorEnv[Any, Any, Any]):
    """gymnasium's environment of a robot, many times: bit for bit the same episodes from the same seeds.

    One model, and MuJoCo's data for each robot. Episodes are started by the single environment, which is lent the robot's
    data and random numbers for that; steps leave it out.

    Args:
        make: makes the single environment, with its time limit.
        rules: what the robot shows and earns, and when it falls.
        num_envs: how many.

    Raises:
        ImportError: MuJoCo is not installed.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(self, make: Callable[[], gymnasium.Env[Any, Any]], rules: type[Rules], num_envs: int) -> None:
        import mujoco  # type: ignore[import-untyped]

        self._env = make()
        self._robot: Any = self._env.unwrapped
        self._limit = gymnasium_limit(self._env)
        self._rules = rules(self._robot)
        self.num_envs = num_envs
        self.single_observation_space = self._env.observation_space
        self.single_action_space = self._env.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.render_mode = None
        model = self._robot.model
        self._models = [copy(model) if rules.change_the_model else model for _ in range(num_envs)]
        self._data = [mujoco.MjData(model) for model in self._models]
        self._controls = [data.ctrl for data in self._data]
        self._generators = [np_random()[0] for _ in range(num_envs)]
        self._reader = Reader([self._rules.views(*pair) for pair in zip(self._models, self._data, strict=True)])
        self._before: Readings = {}
        self._elapsed = np.zeros(num_envs, dtype=np.int64)
        self._first = np.empty(self.observation_space.shape or (), dtype=np.float64)
        self._is_resting = np.zeros(num_envs, dtype=np.bool_)
        self._awake = list(range(num_envs))

    def reset(
        self, *, seed: int | Sequence[int] | NDArray[np.int64] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        """Start all episodes; environment i gets `seed + i`, or `seed[i]`. Without a seed their random numbers go on."""
        if isinstance(seed, int):
            seed = range(seed, seed + self.num_envs)
        for i in range(self.num_envs):
            self._start(i, None if seed is None else int(seed[i]))
        self.rest(np.zeros(self.num_envs, dtype=np.bool_))
        self._before = self._reader.read()
        return self._first.copy(), {}

    def step(self, actions: NDArray[np.float32]) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Step every robot that does not rest."""
        self._simulate(actions)
        now = self._reader.read()
        observations = self._rules.observe(now)
        rewards, terminated = self._rules.outcome(self._before, now, actions)
        self._before = now
        self._elapsed += ~self._is_resting
        truncated = self._elapsed >= self._limit
        if self._is_resting.any():
            observations[self._is_resting] = self._first[self._is_resting]
            for kept in (rewards, terminated, truncated):
                kept[self._is_resting] = 0
        done = terminated | truncated
        if not done.any():
            return observations, rewards, terminated, truncated, {}
        infos = {"final_obs": observations.copy(), "_final_obs": done}
        for i in np.flatnonzero(done).tolist():
            self._start(i)
        self._before = self._reader.read()
        observations[done] = self._first[done]
        return observations, rewards, terminated, truncated, infos

    def rest(self, ended: NDArray[np.bool_]) -> None:
        """Leave robots [num_envs] whose episode has ended at its successor's first observation until the next reset."""
        self._is_resting = np.array(ended, dtype=np.bool_)
        self._awake = np.flatnonzero(~self._is_resting).tolist()

    def close(self, **arguments: Any) -> None:
        """Close the single environment."""
        self._env.close()

    def _simulate(self, actions: NDArray[np.float32]) -> None:
        from mujoco import mj_rnePostConstraint, mj_step

        models, data, controls, frames = self._models, self._data, self._controls, self._robot.frame_skip
        for i in self._awake:
            controls[i][:] = actions[i]
            mj_step(models[i], data[i], frames)
        if self._rules.need_contact_forces:
            for i in self._awake:
                mj_rnePostConstraint(models[i], data[i])

    def _start(self, i: int, seed: int | None = None) -> None:
        robot = self._robot
        robot.model, robot.data, robot.np_random = self._models[i], self._data[i], self._generators[i]
        self._first[i], _ = self._env.reset(seed=seed)
        self._generators[i] = robot.np_random
        self._elapsed[i] = 0


class Reader:
    """Reads what lies in the memory of many robots, one copy for each name.

    Args:
        views: for each robot, its arrays by name.
    """

    def __init__(self, views: Sequence[dict[str, NDArray[np.float64]]]) -> None:
        self._views = {name: [each[name][None] for each in views] for name in views[0]}

    def read(self) -> Readings:
        """What stands there now, [num_envs, …] each."""
        return {name: np.concatenate(arrays) for name, arrays in self._views.items()}


def gymnasium_limit(env: gymnasium.Env[Any, Any]) -> int:
    """The time limit of a registered environment, in steps."""
    assert env.spec is not None and env.spec.max_episode_steps is not None
    return env.spec.max_episode_steps
