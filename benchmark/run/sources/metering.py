"""The budget: an environment that counts its own steps, says when an evaluation is due, and ends the training."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from symprior.agents.agent.given import checked_actions
from symprior.agents.agent.source import BudgetExhausted, Source
from symprior.benchmark.run.protocol import EvaluationPoint
from symprior.symmetry.arrays import Array, NumpyArray, as_numpy
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Infos, Seeds, VectorEnvironment, VectorStep
from symprior.tasks.environments.gymnasium_vector import CanBeRestored
from symprior.tasks.files.states import State
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
        on_rest: called where the agent says that the run may be put down.

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
        on_rest: Callable[[], None] = lambda: None,
    ) -> None:
        if budget < env.num_envs // runs:
            raise SympriorError(
                f"A budget of {budget} environment steps is less than one step of the agent's "
                f"{env.num_envs // runs} copies."
            )
        self._env, self._budget, self._on_point, self._on_rest = env, budget, on_point, on_rest
        self._due = [point for point in points if point.step < budget]
        self._first_seeds: NumpyArray | None = seeds
        self._per_step = env.num_envs // runs
        self.used = self._resets = self._refused = 0
        self.num_envs = env.num_envs
        self.single_observation_space, self.single_action_space = env.single_observation_space, env.single_action_space
        self.observation_space, self.action_space = env.observation_space, env.action_space
        self.metadata, self.render_mode = env.metadata, None
        self._seen: Array = np.empty(0)
        self._goes_on = False

    def reset(self, *, seed: Seeds = None, options: Infos | None = None) -> tuple[Array, Infos]:
        """Start all episodes; the seeds are the benchmark's, whatever `seed` says. A run that goes on says what it sees."""
        if self._goes_on:
            self._goes_on = False
            return self._seen, {}
        self._resets += 1
        if self._resets > MOST_RESETS:
            raise EndlessLoop(
                f"The agent reset the environments more than {MOST_RESETS} times without a step: it would never end, or "
                "chooses where it starts."
            )
        seeds, self._first_seeds = self._first_seeds, None
        self._seen, infos = self._env.reset(seed=seeds, options=options)
        self._evaluate_what_is_due()
        return self._seen, infos

    def step(self, actions: Array) -> VectorStep:
        """Step all copies.

        Raises:
            BudgetExhausted: the step would exceed the budget; nothing was stepped.
        """
        if self.is_exhausted:
            self._resets, self._refused = 0, self._refused + 1
            if self._refused > PATIENCE:
                raise EndlessLoop(
                    f"The agent stepped {PATIENCE} times past its budget: let BudgetExhausted pass, or end `learn` there."
                )
            raise BudgetExhausted(f"The budget of {self._budget} environment steps is used.")
        if isinstance(actions, (np.ndarray, list, tuple, int, float, str)) or actions is None:
            actions = checked_actions(actions, self.single_action_space, self.num_envs, "`learn` stepped with")
        result = self._env.step(actions)
        self._seen, self._resets = result[0], 0
        self.used += self._per_step
        self._evaluate_what_is_due()
        return result

    def may_rest(self) -> None:
        """Here the agent can be put down."""
        self._on_rest()

    def save(self) -> State | None:
        """How far the run is, and its environments; None where they cannot be restored."""
        env: object = self._env
        if not isinstance(env, CanBeRestored) or not env.can_be_restored or self.used == 0:
            return None
        return {
            "used": self.used,
            "due": len(self._due),
            "seen": as_numpy(self._seen).copy(),
            "environments": env.save(),
        }

    def load(self, state: State) -> None:
        """Go on from there; the first reset then gives what is seen."""
        env = cast(CanBeRestored, self._env)
        self._env.reset(seed=self._first_seeds)
        env.load(state["environments"])
        self._first_seeds, self._goes_on = None, True
        self.used, self._seen = state["used"], state["seen"]
        self._due = self._due[len(self._due) - state["due"] :]

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
