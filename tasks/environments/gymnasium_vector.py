"""Vector environments for tasks that are gymnasium environments alone: one state is stepped at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, Protocol, cast, runtime_checkable

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, as_numpy
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import (
    Environment,
    Infos,
    NumpyVectorEnvironment,
    Seeds,
    Space,
    VectorEnvironment,
    VectorStep,
)
from symprior.tasks.files.states import State


@runtime_checkable
class CanRest(Protocol):
    """A vector environment that need not step games that have ended."""

    def rest(self, ended: NDArray[np.bool_]) -> None:
        """Step these environments [num_envs] no more until the next reset, which follows an episode's end."""


@runtime_checkable
class CanBeRestored(Protocol):
    """Environments that can stop between two steps, and go on in another process with the same numbers."""

    @property
    def can_be_restored(self) -> bool:
        """Whether these can."""

    def save(self) -> State:
        """All that decides how they go on."""

    def load(self, state: State) -> None:
        """Go on from there, behind a reset by the seeds of the environments whose state this is."""


class GymnasiumVectorEnv(VectorEnvironment):
    """Single environments side by side, with the conventions of `SimulatorVectorEnv`.

    Same-step reset, a seed for each environment; `infos["final_obs"]` [num_envs, …] and `infos["_final_obs"]` where
    episodes end. Observations come in single precision, actions are clipped to a bounded space's limits. `states` are the
    last observations.

    Args:
        source: makes a single environment, or is a vector environment with same-step reset.
        num_envs: how many environments.
        namespace: numpy or torch; observations, rewards and flags are arrays of it.
        device: where torch arrays lie.
    """

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(
        self,
        source: Callable[[], Environment] | NumpyVectorEnvironment,
        num_envs: int,
        namespace: ModuleType = np,
        device: str | None = None,
    ) -> None:
        require_one(num_envs)
        self._single = [] if isinstance(source, VectorEnv) else [_Resting(source()) for _ in range(num_envs)]
        self._env: Any = source if isinstance(source, VectorEnv) else _side_by_side(self._single)
        self.num_envs = num_envs
        self.single_observation_space = single_precision(self._env.single_observation_space)
        self.single_action_space = self._env.single_action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = self._env.action_space
        self.render_mode = None
        self._xp = namespace
        self._place = {} if device is None else {"device": device}
        self.states: NumpyArray = np.empty(0)

    def reset(
        self,
        *,
        seed: Seeds = None,
        options: Infos | None = None,
    ) -> tuple[Array, Infos]:
        """Start all episodes; environment i gets `seed + i`, or `seed[i]`. Without a seed their generators go on.

        Raises:
            SympriorError: the number of seeds is not the number of environments.
        """
        seeds = seed.tolist() if isinstance(seed, np.ndarray) else seed
        if isinstance(seeds, Sequence) and len(seeds) != self.num_envs:
            raise SympriorError(f"{self.num_envs} environments take {self.num_envs} seeds, not {len(seeds)}.")
        observations, _ = self._env.reset(seed=list(seeds) if isinstance(seeds, Sequence) else seeds)
        return self._observed(observations), {}

    def step(self, actions: Array) -> VectorStep:
        """Step every environment; see the class for what stands in `infos`."""
        chosen = as_numpy(actions)
        if isinstance(self.single_action_space, gymnasium.spaces.Box):
            space = self.single_action_space
            chosen = np.clip(chosen, space.low, space.high).astype(space.dtype)
        observations, rewards, terminated, truncated, infos = self._env.step(chosen)
        done = terminated | truncated
        found = {}
        if done.any():
            last = np.array(observations, dtype=self.single_observation_space.dtype)
            last[done] = np.stack(list(infos["final_obs"][done]))
            found = {"final_obs": self._array(last), "_final_obs": self._array(done)}
        return (
            self._observed(observations),
            self._array(np.asarray(rewards, dtype=np.float64)),
            self._array(terminated.copy()),
            self._array(truncated.copy()),
            found,
        )

    def rest(self, ended: NDArray[np.bool_]) -> None:
        """Leave environments [num_envs] whose episode has ended at its successor's first observation until the next reset.

        Whoever plays one episode in each waits for the longest alone. A vector environment that is the task's own rests if
        it `CanRest`, and else goes on.
        """
        if isinstance(self._env, CanRest):
            self._env.rest(ended)
        for env, is_resting in zip(self._single, ended, strict=bool(self._single)):
            env.is_resting = bool(is_resting)

    @property
    def can_be_restored(self) -> bool:
        """Whether the task's own vector environment can; single ones hold what they do not tell."""
        return isinstance(self._env, CanBeRestored) and self._env.can_be_restored

    def save(self) -> State:
        """The inner environments' state, and the last observations."""
        return {"inner": self._env.save(), "states": self.states.copy()}

    def load(self, state: State) -> None:
        """Go on from there."""
        self._env.load(state["inner"])
        self.states = state["states"]

    def close(self, **arguments: object) -> None:
        """Close the environments."""
        self._env.close()

    def _observed(self, observations: NumpyArray) -> Array:
        self.states = np.array(observations, dtype=self.single_observation_space.dtype)
        return self._array(self.states)

    def _array(self, array: NumpyArray) -> Array:
        return array if self._xp is np else cast(Array, self._xp.asarray(array, **self._place))


def require_one(num_envs: int) -> None:
    """Raise a `SympriorError` where there is no environment at all."""
    if num_envs < 1:
        raise SympriorError(f"A vector environment holds at least one environment, not {num_envs}.")


def single_precision(space: Space) -> Space:
    """The space of the same observations in single precision; a space of integers stays."""
    if isinstance(space, gymnasium.spaces.Box) and space.dtype == np.float64:
        return gymnasium.spaces.Box(space.low.astype(np.float32), space.high.astype(np.float32), dtype=np.float32)
    return space


class _Resting(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Steps unless it rests; a reset ends that."""

    is_resting = False
    _last: Any = None

    def reset(self, **arguments: Any) -> tuple[Any, Infos]:
        self.is_resting = False
        self._last, infos = self.env.reset(**arguments)
        return self._last, infos

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, Infos]:
        return (self._last, 0.0, False, False, {}) if self.is_resting else self.env.step(action)


def _side_by_side(environments: Sequence[Environment]) -> SyncVectorEnv:
    makers = [lambda env=env: env for env in environments]
    return SyncVectorEnv(makers, copy=False, autoreset_mode=AutoresetMode.SAME_STEP)
