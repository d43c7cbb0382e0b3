"""The equivariance error of agents in training, by what they say at frozen states and their images under the group."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from symprior.agents.agent import Agent
from symprior.agents.agent.abilities import SaysLogStds, SaysMeans, SaysProbabilities, SaysValues
from symprior.agents.agent.given import checked_outputs
from symprior.benchmark.run.equivariance import (
    EquivarianceErrors,
    closed_under,
    equivariance_error,
    log_std_equivariance_error,
    mean_equivariance_error,
    value_equivariance_error,
)
from symprior.leaderboard.records.record import EquivarianceError
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks import Task
from symprior.tasks.references.frozen_states import frozen_observations

Says = Callable[[NumpyArray], NumpyArray]
"""What an agent says at observations [batch, …], [batch, size]."""


class PolicyMeasure:
    """Measures one agent after another on a task, always against the symmetry that the task declares.

    Args:
        task: whose frozen states and symmetry are used.
        runs: how many runs an agent carries out side by side.
    """

    def __init__(self, task: Task, runs: int) -> None:
        self._task, self._runs = task, runs

    def errors(self, agent: Agent, name: str) -> list[EquivarianceError | None]:
        """The error of each run; None where the agent says nothing, or nothing finite.

        Args:
            agent: what is measured.
            name: its own, for messages.
        """
        says, error_of = self._question(agent)
        if says is None:
            return [None] * self._runs
        outputs = self._at_frozen_states(says, name)
        deviations: list[Any] = [None] * self._runs
        if isinstance(agent, SaysLogStds):
            deviations = self._at_frozen_states(agent.action_log_stds, name)
        return [self._error(error_of, *pair) for pair in zip(outputs, deviations, strict=True)]

    def _question(self, agent: Agent) -> tuple[Says | None, Callable[[Any], EquivarianceErrors]]:
        """What is asked of it: the first that it can say; and how far an answer is from being equivariant."""
        symmetry = self._symmetry
        if isinstance(agent, SaysValues):
            return agent.action_values, lambda values: value_equivariance_error(values, symmetry)
        if isinstance(agent, SaysProbabilities):
            return agent.action_probabilities, lambda policy: equivariance_error(policy, symmetry)
        if isinstance(agent, SaysMeans):
            space = self._task.action_space
            return agent.action_means, lambda means: mean_equivariance_error(means, symmetry, space)
        return None, lambda nothing: EquivarianceErrors(None, None, 0.0)

    def _at_frozen_states(self, says: Says, name: str) -> list[NumpyArray]:
        """What the agent says there, for each run, [|G| · states, …]."""
        rows = np.tile(self._frozen, (self._runs, *(1,) * (self._frozen.ndim - 1)))
        given, size = says(rows), self._symmetry.action.size
        return np.split(checked_outputs(given, says.__name__, name, len(rows), size), self._runs)

    def _error(
        self, error_of: Callable[[Any], EquivarianceErrors], outputs: NumpyArray, log_stds: NumpyArray | None
    ) -> EquivarianceError | None:
        if not all(np.isfinite(part).all() for part in (outputs, log_stds) if part is not None):
            return None
        found = error_of(outputs)
        spread = None if log_stds is None else log_std_equivariance_error(log_stds, self._symmetry)
        return EquivarianceError(mean=found.mean, maximum=found.maximum, raw_maximum=found.raw_maximum, log_std=spread)

    @cached_property
    def _symmetry(self) -> Any:
        return self._task.symmetry()

    @cached_property
    def _frozen(self) -> NumpyArray:
        """The frozen states, closed under the group."""
        return closed_under(self._symmetry, frozen_observations(self._task))
