"""gymnasium's vector environments as Stable-Baselines3 wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices, VecEnvObs, VecEnvStepReturn

from symprior.symmetry.arrays import as_numpy
from symprior.tasks.environments.gymnasium_types import VectorEnvironment
from symprior.tasks.environments.gymnasium_vector import single_precision


class VectorEnvAdapter(VecEnv):
    """A same-step-reset `gymnasium.vector.VectorEnv` as a `VecEnv`; seeds are the environment's own matter.

    Observations in double precision become single: networks and buffers hold nothing else.
    """

    def __init__(self, env: VectorEnvironment) -> None:
        self.env = env
        super().__init__(env.num_envs, single_precision(env.single_observation_space), env.single_action_space)

    def reset(self) -> VecEnvObs:
        """Start all episodes."""
        observations, _ = self.env.reset()
        return _single(observations)

    def step_async(self, actions: np.ndarray) -> None:
        """Remember the actions."""
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Step; `terminal_observation` and `TimeLimit.truncated` stand in the infos of ended episodes."""
        observations, rewards, terminated, truncated, found = self.env.step(self._actions)
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        dones = as_numpy(terminated | truncated)
        for i in np.flatnonzero(dones):
            infos[i]["terminal_observation"] = _single(found["final_obs"][i])
            infos[i]["TimeLimit.truncated"] = bool(truncated[i] and not terminated[i])
        return _single(observations), as_numpy(rewards).astype(np.float32), dones, infos

    def close(self) -> None:
        """Nothing to free: the environment belongs to whoever made it."""

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        """No effect: whoever made the environment seeds it."""
        return [None] * self.num_envs

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """The vector environment's attribute, once for each copy."""
        return [getattr(self.env, attr_name, None)] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Set an attribute of the vector environment."""
        setattr(self.env, attr_name, value)

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Call a method of the vector environment."""
        return [getattr(self.env, method_name)(*method_args, **method_kwargs)]

    def env_is_wrapped(self, wrapper_class: type[Any], indices: VecEnvIndices = None) -> list[bool]:
        """Copies are not wrapped one by one."""
        return [False for _ in self._get_indices(indices)]


def _single(observations: Any) -> np.ndarray:
    """The observations as an array, in single precision where they were in double."""
    array: np.ndarray = np.asarray(observations)
    return array.astype(np.float32) if array.dtype == np.float64 else array
