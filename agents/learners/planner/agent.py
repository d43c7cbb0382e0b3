"""An agent that learns a latent model from given transitions, and acts by plans in it towards the goal that it sees."""

from __future__ import annotations

import copy
from typing import Any, cast

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.acting.actors import GreedyActor
from symprior.agents.agent import Problem
from symprior.agents.agent.abilities import PolicyArrays
from symprior.agents.agent.source import BudgetExhausted, GivesTransitions
from symprior.agents.algorithms.latent.latent import IMAGE_WIDTHS, LatentAlgorithm, LatentSettings
from symprior.agents.learners.initial import initial_network
from symprior.agents.learners.learner import Training
from symprior.agents.learners.planner.experience import Experience, Numbering
from symprior.agents.learners.planner.fitting import Fitting
from symprior.agents.learners.planner.losses import CodeLoss
from symprior.agents.learners.planner.prototypes import prototypes_of
from symprior.agents.learners.threads import one_thread
from symprior.agents.networks.heads.latent_model import LatentModel
from symprior.agents.networks.policy_arrays import arrays_of, take_arrays
from symprior.agents.networks.sizes import count_parameters
from symprior.agents.planning.planner import Plan, Planner, PlanSettings
from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import ImageTransform
from symprior.tasks.environments.gymnasium_types import VectorEnvironment
from symprior.tasks.task.transitions import Transitions

MODEL, PROTOTYPES = "model.", "prototypes"
"""Names of a policy's arrays: how those of the model begin, and what holds the observations that plans go through."""


class PlanningAgent(GreedyActor):
    """Latent model × prior for one seed.

    Observations are the world's and, behind it along the first axis, the goal's. Before it has learned anything all actions
    are worth nothing, and it acts at random.

    Args:
        training: what is trained.
        loss: what makes a good code.

    Attributes:
        num_envs: 1; it learns from no environment.
        model: of the latest size of the data; `network` is the same.
        parameters: trainable numbers.
        gradient_steps: done so far.

    Raises:
        SympriorError: several seeds, or observations without two halves.
    """

    num_envs = 1

    def __init__(self, training: Training, loss: CodeLoss[Any, Any]) -> None:
        if len(training.seeds) != 1:
            raise SympriorError("The planner trains one seed at a time.")
        assert training.prior is not None
        self.problem, self.seed, self._training, self._loss = training.problem, training.seeds[0], training, loss
        self._world = _half(training.problem)
        self._settings = _with_widths(cast(LatentSettings, training.settings[0]), self._world)
        self.gradient_steps = 0
        self._start()

    def _start(self) -> None:
        """The model before training, and no plans."""
        training, prior = self._training, self._training.prior
        assert prior is not None
        kind = cast(LatentAlgorithm[LatentSettings], training.algorithm).network(self._settings)
        self.model = self.network = initial_network(self._world, kind, prior, self._settings, self.seed)
        self.parameters = count_parameters(self.model)
        self._fitting = Fitting(self.model, prior, self._loss, self._settings, self.seed)
        self._plans: Plans | None = None

    def learn(self, env: VectorEnvironment | GivesTransitions, budget: int) -> None:
        """Train anew on each size of the data that the source gives, until it ends that.

        Raises:
            SympriorError: what is given is no such source.
        """
        if not isinstance(env, GivesTransitions):
            raise SympriorError(f"{self._training.algorithm.name} learns from transitions that are given beforehand.")
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
        if len(transitions) < self._settings.batch_size:
            raise SympriorError(
                f"{len(transitions):,} transitions are fewer than a minibatch of {self._settings.batch_size:,}. Give more "
                "episodes, or a smaller batch_size."
            )
        self._start()
        experience = Experience(transitions, self._world.symmetry)
        self.gradient_steps += self._fitting.train(experience)
        assert self._training.prior is not None
        known = prototypes_of(experience, self._training.prior, self._settings.prototypes, self.seed)
        self._plans = Plans(self.model, known, self._settings)

    def action_values(self, observations: NumpyArray) -> NDArray[np.float64]:
        """What each action is worth on the way to the goal, [batch, actions], of observations [batch, …]."""
        if self._plans is None:
            return np.zeros((len(observations), self.problem.symmetry.action.size))
        with one_thread():
            return self._plans.action_values(*np.split(np.asarray(observations), 2, axis=1))

    def policy_arrays(self, run: int) -> PolicyArrays:
        """The model by the names of its state, and the observations that plans go through."""
        known = self._plans.known.numpy() if self._plans else np.empty((0, *self._world.symmetry.observation.shape))
        model = {f"{MODEL}{name}": array for name, array in arrays_of(self.model.state_dict()).items()}
        return {**model, PROTOTYPES: known}

    def take_policy(self, arrays: PolicyArrays) -> None:
        """Plan in this model, through these observations.

        Raises:
            SympriorError: the model is of another make.
        """
        named = {name.removeprefix(MODEL): array for name, array in arrays.items() if name.startswith(MODEL)}
        take_arrays(self.model, named)
        known = torch.as_tensor(arrays[PROTOTYPES])
        self._plans = Plans(self.model, known, self._settings) if len(known) else None

    def final_epsilon(self, rows: int) -> NDArray[np.float64]:
        """It does not explore, [rows, 1]."""
        return np.zeros((rows, 1))

    @property
    def diverged(self) -> bool:
        """Whether a parameter is no longer finite."""
        return not all(bool(parameter.isfinite().all()) for parameter in self.model.parameters())


class Plans:
    """A trained model's plans: each goal is planned for when it is first seen.

    The model computes in double precision here: at a low temperature plans magnify the codes' round-off.

    Args:
        model: is not trained any more.
        known: observations that plans go through, [prototypes, …].
        settings: of the plans.

    Attributes:
        known: as they were given.
    """

    def __init__(self, model: LatentModel, known: Tensor, settings: LatentSettings) -> None:
        self._model, self.known = copy.deepcopy(model).double(), known
        chosen = PlanSettings(settings.temperature, settings.gamma, settings.sweeps)
        self._planner = Planner(self._codes(known), lambda codes: self._model.step(codes).codes, chosen)
        self._number = Numbering(known[:0].numpy())
        self._plan: Plan | None = None

    @torch.no_grad()
    def _codes(self, observations: Tensor) -> Tensor:
        codes: Tensor = self._model(observations)
        return codes

    @torch.no_grad()
    def action_values(self, present: NumpyArray, goals: NumpyArray) -> NDArray[np.float64]:
        """What each action is worth, [batch, actions], of what is seen of world and goal, each [batch, …]."""
        planned, goal = len(self._number), self._number(goals)
        if len(self._number) > planned:
            new = self._planner.plan(self._codes(torch.as_tensor(self._number.observations()[planned:])))
            self._plan = new if self._plan is None else self._plan.with_goals(new)
        assert self._plan is not None
        values = self._planner.action_values(self._codes(torch.as_tensor(present)), self._plan, torch.as_tensor(goal))
        return values.numpy()


def _half(problem: Problem) -> Problem:
    """What is told of the world alone, without the goal."""
    space, half = problem.observation_space, problem.symmetry.half()
    assert isinstance(space, gymnasium.spaces.Box)
    low, high = (np.split(bound, 2)[0] for bound in (space.low, space.high))
    return Problem(gymnasium.spaces.Box(low, high, dtype=space.dtype.type), problem.action_space, half)


def _with_widths(settings: LatentSettings, world: Problem) -> LatentSettings:
    """The settings, with the widths of these algorithms for images where none are named."""
    if settings.widths or not isinstance(world.symmetry.observation, ImageTransform):
        return settings
    return settings.model_copy(update={"widths": IMAGE_WIDTHS})
