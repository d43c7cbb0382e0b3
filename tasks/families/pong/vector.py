"""Many games of Pong side by side, seen through one view."""

from __future__ import annotations

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Infos, NumpyVectorEnvironment, Seeds
from symprior.tasks.families.pong.emulator import CONSOLE_ACTIONS, Emulator, emulator_seed
from symprior.tasks.families.pong.objects import Objects
from symprior.tasks.families.pong.pixels import Pixels
from symprior.tasks.families.pong.view import LONGEST_GAME, View
from symprior.tasks.files.states import State


class PongVectorEnv(NumpyVectorEnvironment):
    """`PongEnv` many times: the same games from the same seeds, bit for bit.

    There is one difference. From pixels the frame that ends a game is the last one of its step, as in ale-py's vector
    environment. The single environment, and this one from objects, draw random numbers for four frames all the same. A game
    that follows such an end without a seed therefore draws other ones.

    Args:
        num_envs: how many.
        size: of the pictures [num_envs, 4, size, size]; None: the nine numbers [num_envs, 9] of `Objects`.

    Raises:
        ImportError: ale-py is not installed.
    """

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(self, num_envs: int, size: int | None) -> None:
        self.num_envs = num_envs
        self.render_mode = None
        self._view: View = Objects(num_envs) if size is None else Pixels(size, num_envs)
        self._stops = size is not None
        self._emulators = [Emulator() for _ in range(num_envs)]
        self._playing = list(range(num_envs))
        self._elapsed = [0] * num_envs
        self._is_started = False
        self.single_observation_space = self._view.space
        self.single_action_space = spaces.Discrete(len(CONSOLE_ACTIONS))
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)

    def reset(self, *, seed: Seeds = None, options: Infos | None = None) -> tuple[NumpyArray, Infos]:
        """Start all games; game i gets `seed + i`, or `seed[i]`. Without a seed their random numbers go on."""
        if seed is None and not self._is_started:
            seed = int(np.random.default_rng().integers(1 << 31))
        if isinstance(seed, int):
            seed = range(seed, seed + self.num_envs)
        seeds = [None] * self.num_envs if seed is None else [emulator_seed(int(each)) for each in seed]
        for emulator, each in zip(self._emulators, seeds, strict=True):
            emulator.reset(each)
        self._is_started = True
        self._playing = list(range(self.num_envs))
        self._elapsed = [0] * self.num_envs
        self._view.start(self._emulators, self._playing)
        return self._view.observe(self._emulators), {}

    def step(self, actions: NDArray[np.int64]) -> tuple[NumpyArray, NumpyArray, NumpyArray, NumpyArray, Infos]:
        """Four frames of every game that does not rest."""
        self._check(actions)
        rewards, terminated, truncated = ([zero] * self.num_envs for zero in (0.0, False, False))
        for game, action in zip(self._playing, actions[self._playing].tolist(), strict=True):
            emulator = self._emulators[game]
            rewards[game] = emulator.step(action, self._stops)
            self._elapsed[game] += 1
            terminated[game], truncated[game] = emulator.is_over, self._elapsed[game] >= LONGEST_GAME
        self._view.advance(self._emulators, self._playing)
        observations, infos = self._view.observe(self._emulators), {}
        done = np.logical_or(terminated, truncated)
        if done.any():
            infos = {"final_obs": observations, "_final_obs": done}
            observations = self._restart(np.flatnonzero(done).tolist())
        return observations, np.array(rewards), np.array(terminated), np.array(truncated), infos

    @property
    def can_be_restored(self) -> bool:
        """Once games were started, and where none rests."""
        return self._is_started and len(self._playing) == self.num_envs

    def save(self) -> State:
        """The consoles, the actions that stick, what the view remembers, and clocks."""
        consoles = [np.frombuffer(emulator.save(), dtype=np.uint8) for emulator in self._emulators]
        held = [emulator.held for emulator in self._emulators]
        return {"consoles": consoles, "held": held, "memory": self._view.memory.copy(), "elapsed": list(self._elapsed)}

    def load(self, state: State) -> None:
        """Go on from there."""
        for emulator, console, held in zip(self._emulators, state["consoles"], state["held"], strict=True):
            emulator.load(console.tobytes(), held)
        self._view.memory = state["memory"]
        self._elapsed = state["elapsed"]

    def rest(self, ended: NDArray[np.bool_]) -> None:
        """Leave games [num_envs] whose episode has ended at their successor's start until the next reset."""
        self._playing = np.flatnonzero(~ended).tolist()

    def _restart(self, which: list[int]) -> NumpyArray:
        """Start these games without a seed; the observations of all."""
        for game in which:
            self._emulators[game].reset(None)
            self._elapsed[game] = 0
        self._view.start(self._emulators, which)
        return self._view.observe(self._emulators)

    def _check(self, actions: NDArray[np.int64]) -> None:
        if not self._is_started:
            raise SympriorError("Call reset before step.")
        if actions.min() < 0 or actions.max() >= len(CONSOLE_ACTIONS):
            raise SympriorError(f"The actions {actions!r} are not in {self.action_space}.")
