"""What robots show and earn and when their episodes end, for many at once and with the bits of gymnasium's environments.

The rules of a robot stand in its file. Sums are taken in gymnasium's order and precision, because the last bit counts.
Weights and ranges are those of gymnasium's environment, so that no number is written twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray

Readings = Mapping[str, NDArray[np.float64]]
"""What is read of robots after a step, by name, each [num_envs, …]."""

Outcome = tuple[NumpyArray, NDArray[np.bool_]]
"""Rewards and whether the episode has ended, [num_envs] each."""


class Rules(ABC):
    """The rules of a robot.

    Args:
        robot: gymnasium's environment, for its weights and ranges.

    Attributes:
        need_contact_forces: whether `cfrc_ext` is read, which MuJoCo computes only when it is asked to.
        change_the_model: whether an episode's start changes MuJoCo's model, so that each environment needs its own.
    """

    need_contact_forces: ClassVar[bool] = False
    change_the_model: ClassVar[bool] = False

    def __init__(self, robot: Any) -> None:
        self.robot = robot

    def views(self, model: Any, data: Any) -> dict[str, NDArray[np.float64]]:
        """What is read of one robot: arrays that lie in MuJoCo's own memory."""
        return {"qpos": data.qpos, "qvel": data.qvel}

    @abstractmethod
    def observe(self, now: Readings) -> NDArray[np.float64]:
        """Observations [num_envs, entries]."""

    @abstractmethod
    def outcome(self, before: Readings, now: Readings, actions: NDArray[np.float32]) -> Outcome:
        """Rewards and ends of a step from `before` to `now` under actions [num_envs, controls]."""


class ForwardRules(Rules):
    """The rules of robots that earn what they move along x: `qpos` shows all but the place, then `qvel`."""

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """Positions but for the first, and velocities."""
        return np.concatenate([now["qpos"][:, 1:], now["qvel"]], axis=1)

    def outcome(self, before: Readings, now: Readings, actions: NDArray[np.float32]) -> Outcome:
        """The speed less the costs; no end."""
        rewards = self.forward(before, now) - self.costs(now, actions)
        return rewards, np.zeros(len(rewards), dtype=np.bool_)

    def place(self, now: Readings) -> NDArray[np.float64]:
        """Where the robots are along x, [num_envs]."""
        return now["qpos"][:, 0]

    def forward(self, before: Readings, now: Readings) -> NDArray[np.float64]:
        """The reward for the speed, [num_envs]."""
        speed = (self.place(now) - self.place(before)) / self.robot.dt
        return np.asarray(self.robot._forward_reward_weight * speed)

    def costs(self, now: Readings, actions: NDArray[np.float32]) -> NumpyArray:
        """The costs of the torques, in the actions' single precision, [num_envs]."""
        return np.asarray(self.robot._ctrl_cost_weight * np.square(actions).sum(axis=1))


class UprightRules(ForwardRules):
    """The rules of robots that move along x and whose episode ends when they fall."""

    @abstractmethod
    def healthy(self, now: Readings) -> NDArray[np.bool_]:
        """Which stay up, [num_envs]."""

    def outcome(self, before: Readings, now: Readings, actions: NDArray[np.float32]) -> Outcome:
        """The speed and a reward for staying up, less the costs."""
        healthy = self.healthy(now)
        rewards = self.forward(before, now) + healthy * self.robot._healthy_reward
        return rewards - self.costs(now, actions), ~healthy & self.robot._terminate_when_unhealthy


def within(values: NDArray[np.float64], limits: tuple[float, float]) -> NDArray[np.bool_]:
    """Which values lie strictly between the limits."""
    low, high = limits
    return (low < values) & (values < high)


def norms(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lengths of vectors [num_envs, entries] as `np.linalg.norm` has them one at a time, not along an axis."""
    return np.asarray(np.sqrt(np.vecdot(vectors, vectors)))


def squares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squares of values [num_envs] by the power function, as of single numbers; arrays are multiplied instead."""
    return np.array([value**2 for value in values.tolist()])
