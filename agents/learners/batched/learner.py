"""Many seeds of an agent, trained side by side in one call."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.actors import Actor
from symprior.agents.agent import Problem
from symprior.agents.algorithms.algorithm import LearnerSettings, LearningAlgorithm
from symprior.agents.learners.batched.kernel.choice import TORCH, made_with
from symprior.agents.learners.batched.memory import keep_freed_memory
from symprior.agents.learners.batched.stack import Stack
from symprior.agents.learners.initial import environment_seeds
from symprior.agents.priors.prior import Prior
from symprior.symmetry.errors import BudgetExhausted, SympriorError
from symprior.tasks.environments.streams import Streams, seed_from

S = TypeVar("S", bound=Stack[Any])


class BatchedLearner(Actor, Generic[S]):
    """Algorithm × prior for many seeds at once.

    All rows of observations, actions and probabilities are those of the first seed, then those of the second, and so
    on. On the CPU each seed's numbers are bit for bit the same whatever its companions, their order and the number of
    threads: every product is one for each seed, random numbers come from streams of its own, and one thread computes.

    Args:
        problem, algorithm, prior: what is trained.
        seeds: of the runs.
        settings: one for all seeds, or one for each; they may differ in floats such as the learning rate.
        device: `cpu` or `cuda`.
        kernel: what is asked to compute, `torch` or `fused`.

    Attributes:
        num_envs: copies of the environment for each seed.
        kernel: what computes: torch where the fused kernel does not take the agent.
        parameters: trainable numbers of one seed.
        gradient_steps: done so far by each seed.
    """

    def __init__(
        self,
        problem: Problem,
        seeds: Sequence[int],
        algorithm: LearningAlgorithm,
        prior: Prior,
        settings: Any,
        device: str = "cpu",
        kernel: str = TORCH,
    ) -> None:
        self.problem, self.seeds = problem, tuple(seeds)
        each = [settings] * len(self.seeds) if isinstance(settings, LearnerSettings) else list(settings)
        if not self.seeds or len(each) != len(self.seeds):
            raise SympriorError(f"{len(self.seeds)} seeds take as many settings (or one for all), not {len(each)}.")
        self._settings: Any = each[0]
        self.num_envs = self._settings.num_envs
        self._device, self._prior = torch.device(device), prior
        self.stack, self.kernel = made_with(
            kernel, self._stack, (problem, self.seeds, algorithm, prior, each, self._device)
        )
        self.network = self.stack.network
        self.parameters, self.gradient_steps = self.stack.parameters, 0
        self._policy_seeds: NDArray[np.int64] | None = None

    @abstractmethod
    def _stack(self, *arguments: Any) -> S:
        """The seeds side by side; `arguments` as of this class, `settings` one for each seed."""

    def learn(self, env: VectorEnv[Any, Any, Any], budget: int) -> None:
        """Train once, until the environment ends it or the budget is used.

        Args:
            env: `num_envs` copies for each seed, on numpy or on torch.
            budget: environment steps of each seed.
        """
        keep_freed_memory()
        trained_in = self._prior.environment(env, self.stack.orbit, environment_seeds(self.seeds, self.num_envs))
        with one_thread():
            try:
                self._learn(trained_in, budget)
            except BudgetExhausted:
                return

    @abstractmethod
    def _learn(self, env: VectorEnv[Any, Any, Any], budget: int) -> None:
        """As `learn`; `BudgetExhausted` may pass through."""

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Whether a seed's parameters are no longer finite, [seeds]."""
        return self.stack.diverged.cpu().numpy()

    def seed_policy(self, seeds: NDArray[np.int64]) -> None:
        """Start a random stream for each row of observations to come."""
        self._policy_seeds, self._streams = np.asarray(seeds), None

    def _start_streams(self, rows: Any) -> None:
        count = len(rows)
        if self._streams is not None and count == self._rows:
            return
        if self._policy_seeds is None or len(self._policy_seeds) != count:
            each = count // len(self.seeds)
            own = [seed_from(seed, "policy", i) for seed in self.seeds for i in range(each)]
            self._policy_seeds = np.array(own, dtype=np.int64)
        on_device = isinstance(rows, Tensor)
        keys = torch.as_tensor(self._policy_seeds, device=self._device) if on_device else self._policy_seeds
        self._streams, self._rows = Streams(keys), count

    def _tensor(self, array: Any) -> Tensor:
        """On the device, in single precision where it was double."""
        tensor = torch.as_tensor(array, device=self._device)
        return tensor.float() if tensor.dtype == torch.float64 else tensor


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread: small products gain nothing from more, and round-off would depend on their number."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
