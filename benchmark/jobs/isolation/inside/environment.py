"""The environments of a training as an agent's process sees them: every call is carried out on the other side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from symprior.agents.agent.given import checked_actions
from symprior.agents.agent.source import BudgetExhausted
from symprior.benchmark.jobs.isolation.channel import ENDED, EXHAUSTED, RESET, REST, STEP
from symprior.benchmark.jobs.isolation.shared_arrays import TrainingArrays
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.environments.gymnasium_types import Infos, Seeds, Space, VectorEnvironment


class RemoteVectorEnv(VectorEnvironment):
    """Copies of a task's environment.

    Args:
        observation_space, action_space: of a single one.
        copies: how many.
        arrays: what crosses.
        ask: sends a word and gives the word of the answer.
    """

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(
        self,
        observation_space: Space,
        action_space: Space,
        copies: int,
        arrays: TrainingArrays,
        ask: Callable[[bytes], bytes],
    ) -> None:
        self.num_envs, self.render_mode, self._arrays, self._ask = copies, None, arrays, ask
        self.single_observation_space, self.single_action_space = observation_space, action_space
        self.observation_space, self.action_space = (
            batch_space(observation_space, copies),
            batch_space(action_space, copies),
        )
        self._actions = arrays.done.arrays["actions"]

    def reset(self, *, seed: Seeds = None, options: Infos | None = None) -> tuple[NumpyArray, Infos]:
        """Start all episodes; the seeds are the benchmark's, whatever `seed` says."""
        self._ask(RESET)
        return self._arrays.seen.take()["observations"].copy(), {}

    def step(self, actions: object) -> tuple[NumpyArray, NumpyArray, NumpyArray, NumpyArray, Infos]:
        """Step all copies.

        Raises:
            BudgetExhausted: the step would exceed the budget; nothing was stepped.
            SympriorError: these are no actions for all copies; nothing was stepped.
        """
        self._arrays.done.give(actions=self._fitting(actions))
        answer = self._ask(STEP)
        if answer == EXHAUSTED:
            raise BudgetExhausted("The budget is used.")
        seen, infos = self._arrays.seen.take(), dict[str, Any]()
        if answer == ENDED:
            last = self._arrays.last.take()
            infos = {"final_obs": last["observations"].copy(), "_final_obs": last["ended"].copy()}
        names = ("observations", "rewards", "terminated", "truncated")
        observations, rewards, terminated, truncated = (seen[name].copy() for name in names)
        return observations, rewards, terminated, truncated, infos

    def may_rest(self) -> None:
        """Here the run may be put down: the agent's `save` says all that it needs to go on from here."""
        self._ask(REST)

    def close(self, **arguments: object) -> None:
        """Nothing to free: the environments are the run's."""

    def _fitting(self, actions: Any) -> NumpyArray:
        """The actions as they cross; what they are is checked again where they count."""
        given = actions.cpu() if hasattr(actions, "cpu") else actions
        if isinstance(given, np.ndarray) and (given.shape, given.dtype) == (self._actions.shape, self._actions.dtype):
            return given
        return checked_actions(given, self.single_action_space, self.num_envs, "`learn` stepped with")
