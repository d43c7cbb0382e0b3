"""What agents have in common that learn from given transitions: a fresh start on each size of the data."""

from __future__ import annotations

from abc import abstractmethod
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from symprior.agents.acting.actors import GreedyActor
from symprior.agents.agent.source import BudgetExhausted, GivesTransitions
from symprior.agents.algorithms.given.given import IMAGE_WIDTHS, GivenSettings
from symprior.agents.learners.learner import Training
from symprior.agents.learners.planner.experience import Experience
from symprior.agents.learners.threads import one_thread
from symprior.agents.networks.sizes import count_parameters
from symprior.agents.priors.prior import Prior
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import ImageTransform
from symprior.tasks.environments.gymnasium_types import VectorEnvironment
from symprior.tasks.task.transitions import Transitions


class GivenAgent(GreedyActor):
    """An agent of one seed that learns from given transitions.

    Observations are the world's and, behind it along the first axis, the goal's. Before it has learned anything all actions
    are worth nothing, and it acts at random.

    Args:
        training: what is trained.

    Attributes:
        num_envs: 1; it learns from no environment.
        network: of the latest size of the data.
        parameters: trainable numbers.
        gradient_steps: done so far.

    Raises:
        SympriorError: several seeds, or observations without two halves.
    """

    num_envs = 1
    network: nn.Module

    def __init__(self, training: Training) -> None:
        if len(training.seeds) != 1:
            raise SympriorError("What learns from given transitions trains one seed at a time.")
        assert training.prior is not None
        self.problem, self.seed, self.training = training.problem, training.seeds[0], training
        self.prior: Prior = training.prior
        self.world = training.problem.symmetry.half()
        self.settings = _with_widths(training)
        self.gradient_steps = 0
        self._start()
        self.parameters = count_parameters(self.network)

    @abstractmethod
    def _start(self) -> None:
        """Make the network before training, and forget whatever was learned."""

    @abstractmethod
    def train(self, experience: Experience) -> int:
        """Learn; returns the number of gradient steps."""

    def learn(self, env: VectorEnvironment | GivesTransitions, budget: int) -> None:
        """Train anew on each size of the data that the source gives, until it ends that.

        Raises:
            SympriorError: what is given is no such source.
        """
        if not isinstance(env, GivesTransitions):
            raise SympriorError(f"{self.training.algorithm.name} learns from transitions that are given beforehand.")
        with one_thread():
            try:
                while True:
                    self.fit(env.more())
            except BudgetExhausted:
                return

    def fit(self, transitions: Transitions) -> None:
        """Train anew, on these transitions.

        Raises:
            SympriorError: they are fewer than a minibatch has.
        """
        if len(transitions) < self.settings.batch_size:
            raise SympriorError(
                f"{len(transitions):,} transitions are fewer than a minibatch of {self.settings.batch_size:,}. Give more "
                "episodes, or a smaller batch_size."
            )
        self._start()
        self.gradient_steps += self.train(Experience(transitions, self.world))

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """It does not explore, [rows, 1]."""
        return np.zeros((rows, 1))

    @property
    def diverged(self) -> bool:
        """Whether a parameter is no longer finite."""
        return not all(bool(parameter.isfinite().all()) for parameter in self.network.parameters())


def _with_widths(training: Training) -> GivenSettings:
    """The settings, with the widths of these algorithms for images where none are named."""
    settings = cast(GivenSettings, training.settings[0])
    if settings.widths or not isinstance(training.problem.symmetry.observation, ImageTransform):
        return settings
    return settings.model_copy(update={"widths": IMAGE_WIDTHS})
