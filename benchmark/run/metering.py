"""The budget: an environment that counts its own steps, says when an evaluation is due, and ends the training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from symprior.agents.agent.given import checked_actions
from symprior.agents.agent.source import BudgetExhausted, Source
from symprior.benchmark.run.protocol import EvaluationPoint
from symprior.symmetry.arrays import Array, NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Infos, Seeds, VectorEnvironment, VectorStep
from symprior.tasks.task import TaskVectorEnv

PATIENCE = 1000
"""Steps past the budget before an agent is taken to be in an endless loop."""
MOST_RESETS = 10
"""Without a step between: each shows new starts, which cost nothing."""


class EndlessLoop(BaseException):
    """Ends an agent that catches every `Exception` and would go on for ever."""


class MeteredVectorEnv(VectorEnvironment, Source):
    """Training environments of one run (or of several seeds side by side) under a budget.

    Args:
        env: the environments; the copies of a seed lie together.
        runs: how many share `env`.
        budget: environment steps of each run, over all its copies.
        points: when `on_point` is called, at the first vector step at which a run's steps reach it. The last one, at the
            budget, is left to the caller: training may still use what the last steps brought.
        seeds: for the first reset, [env.num_envs]; later resets go on with the same streams.
        on_point: called between two steps with the evaluation that is due.

    Raises:
        SympriorError: not even one vector step fits into the budget.
    """

    unit = "environment steps"

    def __init__(
        self,
        env: TaskVectorEnv,
        runs: int,
        budget: int,
        points: list[EvaluationPoint],
        seeds: NumpyArray,
        on_point: Callable[[EvaluationPoint], None],
    ) -> None:
        if budget < env.num_envs // runs:
            raise SympriorError(
                f"A budget of {budget} environment steps is less than one step of the agent's "
                f"{env.num_envs // runs} copies."
            )
        self._env, self._budget, self._on_point = env, budget, on_point
        self._due = [point for point in points if point.step < budget]
        self._first_seeds: NumpyArray | None = seeds
        self._per_step = env.num_envs // runs
        self.used = self._resets = self._refused = 0
        self.num_envs = env.num_envs
        self.single_observation_space, self.single_action_space = env.single_observation_space, env.single_action_space
        self.observation_space, self.action_space = env.observation_space, env.action_space
        self.metadata, self.render_mode = env.metadata, None

    def reset(self, *, seed: Seeds = None, options: Infos | None = None) -> tuple[Array, Infos]:
        """Start all episodes; the seeds are the benchmark's, whatever `seed` says."""
        self._resets += 1
        if self._resets > MOST_RESETS:
            raise EndlessLoop(
                f"The agent reset the environments more than {MOST_RESETS} times without a step: it would never end, or "
                "chooses where it starts."
            )
        seeds, self._first_seeds = self._first_seeds, None
        observations, infos = self._env.reset(seed=seeds, options=options)
        self._evaluate_what_is_due()
        return observations, infos

    def step(self, actions: Array) -> VectorStep:
        """Step all copies.

        Raises:
            BudgetExhausted: the step would exceed the budget; nothing was stepped.
        """
        if self.is_exhausted:
            self._refused += 1
            if self._refused > PATIENCE:
                raise EndlessLoop(
                    f"The agent stepped {PATIENCE} times past its budget: let BudgetExhausted pass, or end `learn` there."
                )
            raise BudgetExhausted(f"The budget of {self._budget} environment steps is used.")
        if isinstance(actions, (np.ndarray, list, tuple, int, float, str)) or actions is None:
            actions = checked_actions(actions, self.single_action_space, self.num_envs, "`learn` stepped with")
        result = self._env.step(actions)
        self._resets = 0
        self.used += self._per_step
        self._evaluate_what_is_due()
        return result

    def close(self, **arguments: object) -> None:
        """Close the environments."""
        self._env.close()

    def _evaluate_what_is_due(self) -> None:
        if self.is_exhausted:  # what is due now coincides with the last evaluation
            self._due = []
        reached = [point for point in self._due if point.step <= self.used]
        if reached:  # a vector step may pass several points of a small budget: they are one evaluation
            self._due = self._due[len(reached) :]
            self._on_point(reached[-1])

    @property
    def is_exhausted(self) -> bool:
        """Whether not one more vector step fits into the budget."""
        return self.used + self._per_step > self._budget

    @property
    def unmet(self) -> list[EvaluationPoint]:
        """The points before the budget that an agent left out by stopping early."""
        return list(self._due)
