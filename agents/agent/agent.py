"""What an agent is: two methods, and the problem that it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import gymnasium

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Space, VectorEnvironment
from symprior.tasks.task import Task


@dataclass(frozen=True)
class Problem:
    """All that an agent may know of a task beforehand.

    Attributes:
        observation_space, action_space: gymnasium spaces of a single environment; actions are `Discrete`, or vectors in a
            `Box`.
        symmetry: the symmetry to use: the task's own, or a control's.

    Raises:
        SympriorError: the symmetry acts on actions of another kind or number, or on observations of another shape.
    """

    observation_space: Space
    action_space: Space
    symmetry: Symmetry

    def __post_init__(self) -> None:
        space, acts_on = self.action_space, self.symmetry.action.size
        if self.symmetry.discrete:
            fits = isinstance(space, gymnasium.spaces.Discrete) and space.n == acts_on and space.start == 0
        else:
            fits = isinstance(space, gymnasium.spaces.Box) and space.shape == (acts_on,)
        if not fits:
            kind = f"{acts_on} discrete actions" if self.symmetry.discrete else f"action vectors of {acts_on} entries"
            raise SympriorError(f"The symmetry acts on {kind}, but the action space is {space}.")
        shape = self.symmetry.observation.shape
        if self.observation_space.shape != shape:
            raise SympriorError(
                f"The symmetry acts on observations of shape {shape}, but the observation space is {self.observation_space}."
            )

    @classmethod
    def of(cls, task: Task, symmetry: Symmetry | None = None) -> Problem:
        """What an agent is told of a task, with the task's own symmetry or another."""
        return cls(task.observation_space, task.action_space, symmetry or task.symmetry())


class Agent(Protocol):
    """Anything that learns in a vector environment and then acts; made by `Class(problem, seed)`.

    `num_envs` (a class or instance attribute, 1 where it is missing) says how many copies `learn` wants. What else an
    agent may be able to do is in `abilities`: another mode of acting, streams of its own, what it would say at given
    observations, for the equivariance error.

    Action vectors are clipped to the action space by whoever steps an environment with them.
    """

    def learn(self, env: VectorEnvironment, budget: int) -> None:
        """Train; called once. The environment ends the training by raising `BudgetExhausted`, which may pass through."""

    def act(self, observations: NumpyArray) -> NumpyArray:
        """Actions [batch, …] for observations [batch, …]."""
