"""What the algorithms that learn a table have in common."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from symprior.agents.algorithms.algorithm import Actions, Algorithm
from symprior.agents.algorithms.settings import Settings
from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.task import Task


class TabularSettings(Settings):
    """Hyperparameters of an algorithm that learns a table."""

    num_envs: int = Field(default=1, ge=1, description="copies of the environment; a step's updates follow one another")
    learning_rate: float = Field(default=0.5, gt=0, le=1, description="how far an entry moves to its target")
    gamma: float = Field(default=0.99, gt=0, le=1, description="discount")
    epsilon: float = Field(default=0.1, ge=0, le=1, description="the probability of a random action in training")
    initial_value: float = Field(default=0.0, description="of every entry before training")


class TabularAlgorithm(Algorithm):
    """An algorithm that learns a table of action values, one row for each observation that it meets."""

    settings: ClassVar[type[Settings]] = TabularSettings
    priors = frozenset({"plain", "fold"})
    mode = "greedy"
    actions = frozenset({Actions.DISCRETE})

    def task_refusal(self, task: Task) -> str | None:
        """Tasks that cannot be enumerated: hardly an observation would be met twice."""
        if reason := super().task_refusal(task):
            return reason
        if task.simulator is not None and isinstance(task.simulator(), TabularSimulator):
            return None
        return f"{self.name} takes tasks with finitely many states, such as room-vector-v1; dqn takes others."
