"""Where the states come from in which a robot is tried: within its limits, beside them, and on the floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

FREE, BALL, SLIDE, HINGE = range(4)
"""MuJoCo's numbers of the kinds of joints: a free body, a rotation, a place along an axis, an angle about one."""

BESIDE = 0.02
"""How far a coordinate beside a limit is from it, on either side; a part of the range."""

DEPTH = (-0.005, 0.02)
"""How deep the lowest point of a robot that is put on the floor lies in it, in metres."""

FOLDED = (2.0, 3.2)
"""Angles to which joints are folded, far beyond their limits; a simulator takes them as it takes others."""

LITTLE = 0.2
"""The part of the ranges and speeds about the middle."""

ANY_ANGLE = 2 * np.pi - 1e-6

FAR_OVER = 5.0
"""Metres by which a robot is lifted there."""

SLOW = 0.05
"""The part of the usual speeds at which a robot that was put down stays there."""

TRIED = 12
"""Ways to fold a robot that are tried for each state that is kept."""

TOGETHER = 1e-6
"""Metres within which parts lie lowest together."""

SPREAD = 0.02
"""How far a part that points down points beside it, in metres."""


@dataclass(frozen=True)
class Sampling:
    """What MuJoCo's model does not say about where a robot can be.

    Attributes:
        positions: a name for each entry of `qpos`.
        ranges: of the positions that the model does not limit, or not enough.
        ends: positions' values at which an episode ends; states lie beside them instead of beside the limits.
        orientation: the first of the four entries of `qpos` that are a rotation; drawn uniformly over all rotations.
        height: the position that lifts the robot; None where it cannot touch a floor.
        hidden_parts: geometries, joined to the trunk, that touch the floor in no fall, as others always lie lower.
        folded: the positions that are folded for these to touch it.
        speed: the standard deviation of every entry of `qvel`.
        still: the entries of `qvel` that are always zero.
    """

    positions: tuple[str, ...]
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ends: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    orientation: str | None = None
    height: str | None = None
    hidden_parts: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    speed: float = 3.0
    still: tuple[int, ...] = ()

    def place(self, name: str) -> int:
        """The entry of `qpos` that has the name."""
        return self.positions.index(name)


class Sampler:
    """Draws states [count, nq + 2 nv]: positions, velocities, and zeros for the solver to start from.

    Args:
        model: MuJoCo's model of the robot.
        sampling: what that does not say.
    """

    def __init__(self, model: Any, sampling: Sampling) -> None:
        self._model, self._sampling = model, sampling
        self._moving = np.flatnonzero(model.geom_bodyid > 0).tolist()
        self._ranges = np.zeros((model.nq, 2))
        limited = model.jnt_limited.astype(bool)
        self._ranges[model.jnt_qposadr[limited]] = model.jnt_range[limited]
        for name, bounds in sampling.ranges.items():
            self._ranges[sampling.place(name)] = bounds
        edges = {i: tuple(bounds) for i, bounds in enumerate(self._ranges.tolist()) if bounds[0] < bounds[1]}
        edges |= {sampling.place(name): values for name, values in sampling.ends.items()}
        self._edges = edges

    @property
    def has_floor(self) -> bool:
        """Whether there is a floor that the robot can be put on."""
        return self._sampling.height is not None

    def within_limits(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Positions uniform within the limits, velocities normal."""
        sampling, model = self._sampling, self._model
        low, high = self._ranges.T
        positions = rng.uniform(low, high, (count, model.nq))
        if sampling.orientation is not None:
            rotation = slice(sampling.place(sampling.orientation), sampling.place(sampling.orientation) + 4)
            drawn = rng.standard_normal((count, 4))
            positions[:, rotation] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        velocities = sampling.speed * rng.standard_normal((count, model.nv))
        velocities[:, list(sampling.still)] = 0
        return np.concatenate([positions, velocities, np.zeros_like(velocities)], axis=1)

    def beside_limits(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """States within the limits, but every other coordinate is beside one of its limits or where an episode ends."""
        states = self.within_limits(rng, count)
        for place, edges in self._edges.items():
            low, high = self._ranges[place]
            beside = rng.choice(edges, count) + BESIDE * (high - low) * rng.uniform(-1, 1, count)
            states[:, place] = np.where(rng.random(count) < 0.5, beside, states[:, place])
        return states

    def on_the_floor(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """States beside the limits, but put down so that the lowest point is in the floor or just above it."""
        return self._put_down(self.beside_limits(rng, count), rng)

    def about_the_middle(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """States within the limits, but little bent and slow, and far over the floor: there states differ least.

        Joints without limits still have any angle.
        """
        states = self.within_limits(rng, count)
        middle, width = self._ranges.mean(axis=1), np.diff(self._ranges, axis=1)[:, 0]
        varies = (width > 0) & (width < ANY_ANGLE)
        positions = states[:, : self._model.nq]
        positions[:, varies] = (middle + LITTLE * (positions - middle))[:, varies]
        states[:, self._model.nq :] *= LITTLE
        if self._sampling.height is not None:
            states[:, self._sampling.place(self._sampling.height)] += FAR_OVER
        return states

    def every_part_on_the_floor(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Slow, folded at random beyond all limits, and put down: every part that can touch the floor does in some state.

        Only what lies lowest feels the floor. A part that ends where another one begins lies lowest together with it.
        """
        model, tried = self._model, self.within_limits(rng, TRIED * count)
        joints = np.flatnonzero(np.isin(model.jnt_type, (SLIDE, HINGE)) & (model.jnt_bodyid != model.jnt_bodyid[0]))
        tried[:, model.jnt_qposadr[joints]] = rng.uniform(-np.pi, np.pi, (len(tried), len(joints)))
        tried[:, model.nq :] *= SLOW
        heights = np.stack([self._lowest_points(state[: model.nq]) for state in tried])
        is_low = heights <= heights.min(axis=1, keepdims=True) + TOGETHER
        often = is_low.sum(axis=0)
        rarest = np.where(is_low, often, len(tried)).min(axis=1)  # of the parts that lie lowest
        return self._put_down(tried[np.argsort(rarest, kind="stable")[:count]], rng)

    def hidden_parts_on_the_floor(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """States on the floor, but a hidden part, each in its turn, points down, and what would be lower is folded away."""
        sampling, states = self._sampling, self.beside_limits(rng, count)
        assert sampling.orientation is not None
        for name in sampling.folded:
            states[:, sampling.place(name)] = rng.choice([-1, 1], count) * rng.uniform(*FOLDED, count)
        first = sampling.place(sampling.orientation)
        for state, part in zip(states, cycle(sampling.hidden_parts), strict=False):
            state[first : first + 4] = self._turned_down(part, rng)
        return self._put_down(states, rng)

    def _turned_down(self, part: str, rng: np.random.Generator) -> NDArray[np.float64]:
        """A rotation of the robot, [4], under which a part that is joined to its trunk points about down."""
        import mujoco  # type: ignore[import-untyped]

        direction = self._model.geom(part).pos + SPREAD * rng.standard_normal(3)
        x, y, z = direction / np.linalg.norm(direction)
        down, turn, both = np.array([1 - z, -y, x, 0.0]), rng.uniform(-np.pi, np.pi), np.zeros(4)
        about_z = np.array([np.cos(turn / 2), 0, 0, np.sin(turn / 2)])
        mujoco.mju_mulQuat(both, about_z, down / np.linalg.norm(down))
        return both

    def _put_down(self, states: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
        assert self._sampling.height is not None
        lowest = [self._lowest_points(state[: self._model.nq]).min() for state in states]
        states[:, self._sampling.place(self._sampling.height)] -= lowest + rng.uniform(*DEPTH, len(states))
        return states

    def _lowest_points(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """The lowest point of each of the robot's spheres and capsules, in metres over the floor."""
        import mujoco

        model, data = self._model, mujoco.MjData(self._model)
        data.qpos[:] = positions
        mujoco.mj_kinematics(model, data)
        moving = self._moving
        capsule = model.geom_type[moving] == mujoco.mjtGeom.mjGEOM_CAPSULE
        upright = np.abs(data.geom_xmat[moving, 8])  # of the capsule's axis, which is its z
        radius, half_length = model.geom_size[moving, :2].T
        return np.asarray(data.geom_xpos[moving, 2] - radius - capsule * half_length * upright)
