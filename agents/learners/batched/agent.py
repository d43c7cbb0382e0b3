"""Many seeds of an agent, trained side by side in one call."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.actors import Actor
from symprior.agents.agent.abilities import PolicyArrays
from symprior.agents.agent.source import BudgetExhausted
from symprior.agents.learners.batched.kernel.choice import population_of
from symprior.agents.learners.batched.memory import keep_freed_memory
from symprior.agents.learners.batched.populations.population import Population
from symprior.agents.learners.batched.seen_images import SeenImages, are_images
from symprior.agents.learners.initial import copy_seeds
from symprior.agents.learners.learner import Training
from symprior.agents.learners.threads import one_thread
from symprior.agents.networks.policy_arrays import arrays_of, take_arrays
from symprior.agents.priors.augmentation.turned_episodes import TurnedEpisodes
from symprior.tasks.environments.gymnasium_types import VectorEnvironment
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.files.states import State

P = TypeVar("P", bound=Population[Any])
L = TypeVar("L")


class BatchedAgent(Actor, Generic[P]):
    """Algorithm × prior for many seeds at once.

    All rows of observations, actions and probabilities are those of the first seed, then those of the second, and so
    on. On the CPU each seed's numbers are bit for bit the same whatever its companions, their order and the number of
    threads: every product is one for each seed, random numbers come from streams of its own, and one thread computes.

    Args:
        training: what is trained; the settings of its seeds may differ in floats such as the learning rate.
        in_torch: makes the seeds side by side, in torch.
        loss: the algorithm's.

    Attributes:
        num_envs: copies of the environment for each seed.
        kernel: what computes: torch where the fused kernel does not take the agent.
        parameters: trainable numbers of one seed.
        gradient_steps: done so far by each seed.
    """

    def __init__(self, training: Training, in_torch: Callable[[Training, L], P], loss: L) -> None:
        assert training.prior is not None
        self.problem, self.seeds, self._prior = training.problem, training.seeds, training.prior
        self.num_envs = training.settings[0].num_envs
        self._device = torch.device(training.device)
        self.population, self.kernel = population_of(training, in_torch, loss)
        self.network = self.population.network
        self.parameters, self.gradient_steps = self.population.parameters, 0
        self._policy_seeds: NDArray[np.int64] | None = None
        self._used = 0
        self._turned: TurnedEpisodes | None = None
        self._held: State | None = None
        self._seen: SeenImages | None = None

    def learn(self, env: VectorEnvironment, budget: int) -> None:
        """Train once, until the environment ends it or the budget is used.

        Args:
            env: `num_envs` copies for each seed, on numpy or on torch.
            budget: environment steps of each seed.
        """
        keep_freed_memory()
        trained_in = self._prior.environment(env, self.population.orbit, copy_seeds(self.seeds, self.num_envs))
        if isinstance(trained_in, TurnedEpisodes):
            self._turned = trained_in
            if self._held:
                trained_in.load(self._held)
        with one_thread():
            try:
                self._learn(trained_in, budget)
            except BudgetExhausted:
                return

    @abstractmethod
    def _learn(self, env: VectorEnvironment, budget: int) -> None:
        """Train as `learn` says; `BudgetExhausted` may pass through."""

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Whether a seed's parameters are no longer finite, [seeds]."""
        return self.population.diverged.cpu().numpy()

    def save(self) -> State | None:
        """All seeds, between two rounds; None where a device draws for itself."""
        if self._device.type != "cpu":
            return None
        return {
            "used": self._used,
            "gradient_steps": self.gradient_steps,
            "population": self.population.save(),
            "turned": self._turned and self._turned.save(),
        }

    def load(self, state: State) -> None:
        """Go on from there."""
        self._seen = None
        self._used, self.gradient_steps, self._held = state["used"], state["gradient_steps"], state["turned"]
        self.population.load(state["population"])

    def policy_arrays(self, run: int) -> PolicyArrays:
        """The network of one seed, by the names of its state."""
        return arrays_of(self.population.state_of(run))

    def take_policy(self, arrays: PolicyArrays) -> None:
        """Let every seed act by this network.

        Raises:
            SympriorError: it is of another make.
        """
        self._seen = None
        take_arrays(self.network, arrays)

    def seed_policy(self, seeds: NDArray[np.int64]) -> None:
        """Start a random stream for each row of observations to come; until parameters change no image is computed twice."""
        self._policy_seeds, self._streams = np.asarray(seeds), None
        self._seen = SeenImages(len(self.seeds), self.gradient_steps) if self._device.type == "cpu" else None

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
        self._streams, self._rows = self.population.streams(keys), count

    def _said(self, compute: Callable[[Tensor], Tensor], observations: Any) -> Tensor:
        """What `compute` finds at observations [seeds · rows, …], in one thread."""
        with one_thread():
            if self._seen is None or self._seen.gradient_steps != self.gradient_steps or not are_images(observations):
                return compute(self._tensor(observations))
            return self._seen.outputs(observations, lambda images: compute(self._tensor(images)))

    def _tensor(self, array: Any) -> Tensor:
        """On the device, in single precision where it was double."""
        tensor = torch.as_tensor(array, device=self._device)
        return tensor.float() if tensor.dtype == torch.float64 else tensor
