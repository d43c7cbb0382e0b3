"""The probe of Pong: full states of the console, their mirror images, and where the objects are in an observation."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.families.pong.view import PongEnv

APART = 16
"""Sampled states lie 1 … 16 steps apart: neighbours are too much alike."""
LONGEST_SAVED = 16384
"""Bytes: the console writes its random numbers as text, so that what it saves is not always as long."""
BESIDE = 60
"""Pixels from the middle of the field beyond which a ball is beside a wall or a paddle."""


class PongProbe(Probe):
    """A state is what the console saves, what the view remembers, the action that sticks and a length; uint8 [bytes].

    Random numbers are part of a state: a state and its mirror image draw the same, so that the noise is coupled.
    """

    unit: ClassVar[str] = "pixels"

    def __init__(self, env: Environment) -> None:
        super().__init__(env)
        inner = env.unwrapped
        assert isinstance(inner, PongEnv)
        self._inner, self._emulator, self._view = inner, inner.emulator, inner.view
        self.env.reset(seed=0)

    def get_state(self) -> NDArray[np.uint8]:
        """Console, view, last action."""
        saved = self._emulator.save()
        console = np.zeros(LONGEST_SAVED, dtype=np.uint8)
        console[: len(saved)] = np.frombuffer(saved, dtype=np.uint8)
        length = np.frombuffer(len(saved).to_bytes(2), dtype=np.uint8)
        return np.concatenate([console, self._view.memory.ravel(), [np.uint8(self._inner.last_action)], length])

    def set_state(self, state: NDArray[np.uint8]) -> None:
        """Go on from a state; the episode's clock starts anew."""
        memory = self._view.memory
        console, seen, (held, *length) = np.split(state, [LONGEST_SAVED, LONGEST_SAVED + memory.size])
        self._inner.last_action = int(held)
        self._emulator.load(console[: int.from_bytes(length)].tobytes(), self._inner.last_action)
        self._view.memory = seen.reshape(memory.shape).copy()
        self.env.set_wrapper_attr("_elapsed_steps", 0, force=False)

    def observation(self, state: NDArray[np.uint8]) -> NumpyArray:
        """What the view shows."""
        self.set_state(state)
        return np.array(self._view.observe([self._emulator])[0])

    def render(self, state: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The screen, one frame later."""
        self.place(state)
        return self._emulator.draw()

    def readings(self, observation: NumpyArray) -> dict[str, NDArray[np.float64]]:
        """Ball, player and opponent in pixels of the screen."""
        return self._view.positions(observation)

    def given_to_policy(self, state: NDArray[np.uint8], observation: NumpyArray) -> NumpyArray:
        """The observation."""
        return observation

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The mirror image of the console and of what the view remembers; the action that sticks as the symmetry says."""
        if len(symmetry.group) != 2:
            return super().act_on_states(symmetry, g, states)
        return states if g == 0 else np.stack([self._mirrored(symmetry, g, state) for state in states])

    def _mirrored(self, symmetry: Symmetry, g: int, state: NDArray[np.uint8]) -> NDArray[np.uint8]:
        self.set_state(state)
        self._emulator.mirror()
        self._view.mirror_memory()
        self._inner.last_action = int(symmetry.act_on_actions(g, np.array([self._inner.last_action]))[0])
        return self.get_state()

    def reset_distribution(self) -> list[tuple[float, NumpyArray]]:
        """The one start."""
        return [(1.0, self.env.reset(seed=0)[0])]

    def rollout_states(
        self, policy: Callable[[NumpyArray], NumpyArray] | None, rng: np.random.Generator, count: int
    ) -> NDArray[np.uint8]:
        """States met by a policy on observations [1, …] (None: uniformly random actions), some steps apart."""
        return self._sample(policy, rng, count, lambda: True)

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.uint8]:
        """States of random play with the ball beside a wall or a paddle."""
        return self._sample(None, rng, count, self._is_beside)

    def _is_beside(self) -> bool:
        ball = self._view.positions(self._view.observe([self._emulator])[0])["ball"]
        return bool((np.abs(ball[1:3]) > BESIDE).any())

    def _sample(
        self,
        policy: Callable[[NumpyArray], NumpyArray] | None,
        rng: np.random.Generator,
        count: int,
        is_wanted: Callable[[], bool],
    ) -> NDArray[np.uint8]:
        observation, _ = self.env.reset(seed=int(rng.integers(1 << 31)))
        states: list[NDArray[np.uint8]] = []
        while len(states) < count:
            for _ in range(rng.integers(1, APART + 1)):
                action = rng.integers(3) if policy is None else policy(observation[None])[0]
                observation, _, terminated, truncated, _ = self.env.step(action)
                if terminated or truncated:
                    observation, _ = self.env.reset()
            if is_wanted():
                states.append(self.get_state())
        return np.stack(states)
