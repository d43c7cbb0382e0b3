"""An environment as a black box: it is put into a state, takes a step, and what comes out is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.finite import name_of
from symprior.tasks.environments.gymnasium_types import Action
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.families.mujoco.any_robot import AnyRobotProbe, model_of
from symprior.tasks.families.mujoco.reflections.names import state_names
from symprior.tasks.families.mujoco.sampling import BALL, FREE

Numbers = NDArray[np.float64]

NUDGE = 0.1
"""By which part of its range a coordinate is moved to see what it does."""

MOST_ENTRIES = 400
"""State and action entries: with more of them a search over permutations is no use."""

SAME_RANGE = 2.0
"""Ranges that differ by less than this factor count as one: coordinates that change places must be drawn alike."""

WIDER = (1.0, 2.0, 4.0)
"""How far beyond what random play meets states are drawn."""

NEAR = 0.25
"""How far of it states about the middle are drawn."""

PLAYED = 400
TURNED = 3
"""States in which angles are looked for."""

PART = 1.0
"""What is no whole turn, in radians."""

ROUND_OFF = 1e-6


@dataclass(frozen=True)
class Taken:
    """What a step gave: the state behind it [entries], what is observed there, the reward, and whether the episode ended."""

    state: Numbers
    observation: Numbers
    reward: float
    ended: bool


class BlackBox:
    """A deterministic environment whose state can be set, with states drawn alike for all coordinates.

    Args:
        probe: puts the environment into states.

    Attributes:
        size: entries of a state.
        actions: entries of a continuous action, or how many discrete ones there are.
        discrete: which of the two.

    Raises:
        SympriorError: the state has too many entries, or the actions are neither discrete nor numbers.
    """

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        space = probe.env.action_space
        self.discrete = isinstance(space, gymnasium.spaces.Discrete)
        if not self.discrete and not isinstance(space, gymnasium.spaces.Box):
            raise SympriorError(
                f"Actions of {name_of(probe.env)} are {space}: discrete ones and boxes can be searched."
            )
        self.actions = int(space.n) if isinstance(space, gymnasium.spaces.Discrete) else int(np.prod(space.shape or ()))
        probe.env.reset(seed=0)
        self.size = self._entries(probe.get_state())
        if self.size + self.actions > MOST_ENTRIES:
            raise SympriorError(
                f"{name_of(probe.env)} has {self.size} state entries and {self.actions} of actions; a search takes at most "
                f"{MOST_ENTRIES} of both. Give an environment whose get_state returns less."
            )

    def _entries(self, state: NumpyArray) -> int:
        return int(np.size(state))

    @property
    def names(self) -> list[str]:
        """A name for each state entry."""
        return [f"state {i}" for i in range(self.size)]

    def draw(self, rng: np.random.Generator, count: int) -> Numbers:
        """Random states [count, entries], alike for all coordinates that could change places."""
        return self._any_angle(rng, self._within(rng, count, rng.choice(WIDER, (count, 1))))

    def draw_near(self, rng: np.random.Generator, count: int) -> Numbers:
        """The same about the middle, where effects vary least and so are told apart best."""
        return self._any_angle(rng, self._within(rng, count, np.array(NEAR)))

    def _within(self, rng: np.random.Generator, count: int, part: Numbers) -> Numbers:
        """States uniform within a part of the reach, [count, entries]."""
        low, high = self._bounds
        return np.asarray(np.clip(part * self._reach * rng.uniform(-1, 1, (count, self.size)), low, high))

    def _any_angle(self, rng: np.random.Generator, states: Numbers) -> Numbers:
        """The states with angles drawn from the whole circle, as turns ask for."""
        drawn = rng.uniform(-np.pi, np.pi, states.shape)
        return np.where(self.angles, drawn, states)

    def draw_actions(self, rng: np.random.Generator, count: int) -> NumpyArray:
        """Uniformly random actions, [count] or [count, entries]."""
        space = self.probe.env.action_space
        if isinstance(space, gymnasium.spaces.Discrete):
            return rng.integers(space.n, size=count)
        return rng.uniform(*self._action_bounds, (count, self.actions))

    @cached_property
    def nudges(self) -> Numbers:
        """By how much each coordinate is moved to see what it does, [entries]."""
        return np.asarray(NUDGE * self._reach)

    @cached_property
    def action_nudges(self) -> Numbers:
        """The same for continuous actions."""
        low, high = self._action_bounds
        return np.asarray(NUDGE * (high - low) / 2)

    @cached_property
    def angles(self) -> NDArray[np.bool_]:
        """The coordinates of which a whole turn changes nothing, and a part of one something, [entries]."""
        rng = np.random.default_rng(0)
        states, actions = self._to_turn(rng, TURNED), self.draw_actions(rng, TURNED)
        whole, part = np.isinf(self._bounds[1]), np.ones(self.size, dtype=np.bool_)
        for state, action in zip(states, actions, strict=True):
            straight = self.take(state, action)
            for i in np.flatnonzero(whole):
                turned = [self.take(state + by * (np.arange(self.size) == i), action) for by in (2 * np.pi, PART)]
                whole[i], unmoved = (_is_shifted(straight, each, int(i)) for each in turned)
                part[i] &= unmoved
        return whole & ~part

    def without_turns(self, difference: Numbers) -> Numbers:
        """A difference of states without whole turns of angles, [..., entries]."""
        whole = 2 * np.pi * np.rint(difference / (2 * np.pi))
        return np.where(self.angles, difference - whole, difference)

    def _to_turn(self, rng: np.random.Generator, count: int) -> Numbers:
        return self._within(rng, count, np.array(NEAR))

    def take(self, state: Numbers, action: NumpyArray) -> Taken:
        """One step from a state."""
        self.probe.set_state(self.whole(state))
        given = self._as_action(action)
        observation, reward, terminated, _, _ = self.probe.env.step(given)
        behind = self.visible(self.probe.get_state())
        return Taken(behind, np.array(observation, dtype=np.float64).ravel(), float(reward), bool(terminated))

    def whole(self, state: Numbers) -> NumpyArray:
        """The simulator's full state."""
        return state.reshape(self._shape)

    def visible(self, state: NumpyArray) -> Numbers:
        """The entries of the simulator's full state that are searched."""
        return np.asarray(state, dtype=np.float64).ravel()

    def states_to_see(self, rng: np.random.Generator, count: int) -> Numbers:
        """States [≥ count, entries] in which every part of an observation should move."""
        played = self.probe.rollout_states(None, rng, count)
        return np.concatenate([self.draw(rng, count), np.stack([self.visible(state) for state in played])])

    def _as_action(self, action: NumpyArray) -> Action:
        space = self.probe.env.action_space
        if self.discrete:
            return np.int64(action)
        return np.asarray(action, dtype=space.dtype).reshape(space.shape)

    @cached_property
    def _shape(self) -> tuple[int, ...]:
        return np.shape(self.probe.get_state())

    @cached_property
    def _action_bounds(self) -> tuple[Numbers, Numbers]:
        space: Any = self.probe.env.action_space
        low, high = (np.ravel(bound).astype(np.float64) for bound in (space.low, space.high))
        return np.where(np.isfinite(low), low, -1.0), np.where(np.isfinite(high), high, 1.0)

    @cached_property
    def _bounds(self) -> tuple[Numbers, Numbers]:
        """The bounds of what is observed, where that is the state."""
        inner: Any = self.probe.env.unwrapped
        space = inner.observation_space
        last = self._met[-1]
        seen = np.ravel(self.probe.observation(last))
        is_state = seen.size == self.size and np.allclose(self.visible(last), seen, atol=ROUND_OFF)
        if isinstance(space, gymnasium.spaces.Box) and is_state:
            return space.low.ravel().astype(np.float64), space.high.ravel().astype(np.float64)
        return np.full(self.size, -np.inf), np.full(self.size, np.inf)

    @cached_property
    def _met(self) -> NumpyArray:
        return self.probe.rollout_states(None, np.random.default_rng(0), PLAYED)

    @cached_property
    def _reach(self) -> Numbers:
        """How far each coordinate is drawn; like ranges are made equal, [entries]."""
        met = np.abs(np.stack([self.visible(state) for state in self._met])).max(axis=0)
        low, high = self._bounds
        bound = np.maximum(np.abs(low), np.abs(high))
        return _alike(np.where(np.isfinite(bound), bound, np.where(met > 0, met, 1.0)))


class Robot(BlackBox):
    """A robot of MuJoCo: `qpos` and `qvel`; the solver starts from zeros, as it does behind a reset."""

    probe: AnyRobotProbe

    def __init__(self, probe: AnyRobotProbe) -> None:
        self.model: Any = model_of(probe.env)
        super().__init__(probe)

    def _entries(self, state: NumpyArray) -> int:
        return int(self.model.nq + self.model.nv)

    @property
    def names(self) -> list[str]:
        """What the model calls them."""
        return state_names(self.model)

    @cached_property
    def quaternions(self) -> list[slice]:
        """Where `qpos` holds a rotation."""
        joints = zip(self.model.jnt_type.tolist(), self.model.jnt_qposadr.tolist(), strict=True)
        starts = [place + (3 if kind == FREE else 0) for kind, place in joints if kind in (FREE, BALL)]
        return [slice(start, start + 4) for start in starts]

    def draw(self, rng: np.random.Generator, count: int) -> Numbers:
        """Within the limits, and as many on and in the floor where there is one."""
        every = self.probe.samplers()
        chosen = [every[name] for name in ("within limits", "on the floor", "every part on the floor") if name in every]
        states = [sampler(rng, -(-count // len(chosen))) for sampler in chosen]
        mixed = np.stack(states, axis=1).reshape(-1, states[0].shape[1])[:count]
        return np.asarray(mixed[:, : self.size])

    def draw_near(self, rng: np.random.Generator, count: int) -> Numbers:
        """Little bent, slow, and touching nothing."""
        return np.asarray(self.probe.about_the_middle(rng, count)[:, : self.size])

    def _to_turn(self, rng: np.random.Generator, count: int) -> Numbers:
        return self.draw(rng, count)

    def states_to_see(self, rng: np.random.Generator, count: int) -> Numbers:
        """From every sampler."""
        states = [sampler(rng, count) for sampler in self.probe.samplers().values()]
        return np.asarray(np.concatenate(states)[:, : self.size])

    def whole(self, state: Numbers) -> NumpyArray:
        """With rotations of length 1."""
        given = state.copy()
        for rotation in self.quaternions:
            given[rotation] /= np.linalg.norm(given[rotation])
        return np.concatenate([given, np.zeros(self.model.nv)])

    def visible(self, state: NumpyArray) -> Numbers:
        """Without what the solver starts from."""
        return np.asarray(state[: self.size], dtype=np.float64)

    @cached_property
    def _reach(self) -> Numbers:
        return np.ones(self.size)


def _alike(ranges: Numbers) -> Numbers:
    """Ranges with gaps of less than `SAME_RANGE` between them are made the largest of them."""
    order = np.argsort(ranges)
    grouped, start = ranges.copy(), 0
    for i in range(1, len(order) + 1):
        if i == len(order) or ranges[order[i]] > SAME_RANGE * ranges[order[i - 1]]:
            grouped[order[start:i]] = ranges[order[i - 1]]
            start = i
    return grouped


def _is_shifted(straight: Taken, turned: Taken, i: int) -> bool:
    """The same came out, but for what coordinate i itself is."""
    off = np.abs(turned.state - straight.state) > ROUND_OFF * (1 + np.abs(straight.state))
    off[i] = False
    same = np.isclose(straight.reward, turned.reward, rtol=ROUND_OFF, atol=1e-9) and straight.ended == turned.ended
    return bool(same and not off.any())


def box_of(probe: Probe) -> BlackBox:
    """The black box of what a probe drives."""
    return Robot(probe) if isinstance(probe, AnyRobotProbe) else BlackBox(probe)
