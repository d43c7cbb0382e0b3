"""Many games of Pong from pixels in ale-py's own vector environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from symprior.tasks.families.pong.emulator import FRAMES_PER_STEP, STICKINESS, emulator_seed
from symprior.tasks.families.pong.pixels import FIELD, FRAMES, halve_rows
from symprior.tasks.families.pong.view import LONGEST_GAME

MINIMAL_ACTIONS = np.array([0, 2, 3])
"""Stay, up and down as places in ale-py's minimal set of actions."""
SHOWN = slice(FIELD.start // 2, FIELD.stop // 2)
"""The field's rows where ale-py makes the screen half as high."""
UNLIMITED = 1 << 30


class PongVectorEnv(VectorEnv[Any, Any, Any]):
    """`PongEnv` with `Pixels`, many times: bit for bit the same games from the same seeds.

    ale-py cannot crop. It shows the whole screen at half its height, and the field is cut out of that: means over areas
    keep to the field, because its borders lie between two areas. The time limit is kept here, as ale-py would leave out
    the last frame before it.

    Args:
        num_envs: how many.
        size: of the observations [num_envs, 4, size, size].
        num_threads: of ale-py; 0: one for each core.

    Raises:
        ImportError: ale-py is not installed.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(self, num_envs: int, size: int, num_threads: int = 0) -> None:
        self.num_envs = num_envs
        self.single_observation_space = spaces.Box(0, 255, (FRAMES, size, size), np.uint8)
        self.single_action_space = spaces.Discrete(len(MINIMAL_ACTIONS))
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.render_mode = None
        self._size = size
        self._games = raw_vector(num_envs, size, num_threads)
        self._elapsed = np.zeros(num_envs, dtype=np.int64)
        self._is_started = False

    def reset(
        self, *, seed: int | Sequence[int] | NDArray[np.int64] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Start all games; game i gets `seed + i`, or `seed[i]`. Without a seed their random numbers go on."""
        if seed is None and not self._is_started:
            seed = int(np.random.default_rng().integers(1 << 31))
        if isinstance(seed, int):
            seed = range(seed, seed + self.num_envs)
        seeds = None if seed is None else np.array([emulator_seed(int(each)) for each in seed])
        self._is_started = True
        self._elapsed[:] = 0
        observations, _ = self._games.reset(seed=seeds)
        return self._crop(observations), {}

    def step(self, actions: NDArray[np.int64]) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Four frames of every game."""
        observations, rewards, terminated, _, infos = self._games.step(MINIMAL_ACTIONS[actions])
        self._elapsed += 1
        truncated = self._elapsed >= LONGEST_GAME
        done = terminated | truncated
        if not done.any():
            return self._crop(observations), rewards, terminated, truncated, {}
        last = infos.get("final_obs", observations)
        cut = truncated & ~terminated
        if cut.any():
            last = np.where(cut[:, None, None, None], observations, last)
            observations, _ = self._games.reset(options={"reset_mask": cut})
        self._elapsed[done] = 0
        found = {"final_obs": self._crop(last), "_final_obs": done}
        return self._crop(observations), rewards, terminated, truncated, found

    def _crop(self, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return halve_rows(pictures[:, :, SHOWN], self._size)


def raw_vector(num_envs: int, size: int, num_threads: int = 0) -> Any:
    """ale-py's vector environment with the same pictures of the whole screen, [num_envs, 4, 105, size].

    Raises:
        ImportError: ale-py is not installed.
    """
    from ale_py import AtariVectorEnv

    return AtariVectorEnv(
        "pong",
        num_envs,
        num_threads=num_threads,
        max_num_frames_per_episode=UNLIMITED,
        repeat_action_probability=STICKINESS,
        autoreset_mode=AutoresetMode.SAME_STEP,
        img_height=105,
        img_width=size,
        stack_num=FRAMES,
        frameskip=FRAMES_PER_STEP,
        maxpool=False,
        noop_max=0,
        reward_clipping=False,
        use_fire_reset=False,
    )
