"""An agent that learns a latent model from given transitions, and acts by plans in it towards the goal that it sees."""

from __future__ import annotations

import copy
from typing import Any, cast

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from symprior.agents.agent import Problem
from symprior.agents.agent.abilities import LatentMeasure, PolicyArrays
from symprior.agents.algorithms.given.latent import LatentAlgorithm, LatentSettings
from symprior.agents.learners.initial import initial_network
from symprior.agents.learners.learner import Training
from symprior.agents.learners.planner.experience import Experience, Numbering
from symprior.agents.learners.planner.fitting import Fitting
from symprior.agents.learners.planner.given_agent import GivenAgent
from symprior.agents.learners.planner.losses import CodeLoss, M, S
from symprior.agents.learners.planner.prototypes import prototypes_of
from symprior.agents.learners.threads import one_thread
from symprior.agents.networks.heads.latent_model import LatentModel
from symprior.agents.networks.policy_arrays import arrays_of, take_arrays
from symprior.agents.planning.measures import diagram_error, effective_rank
from symprior.agents.planning.planner import Plan, Planner, PlanSettings
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.task.transitions import Transitions

MODEL, PROTOTYPES = "model.", "prototypes"
"""Names of a policy's arrays: how those of the model begin, and what holds the observations that plans go through."""


class PlanningAgent(GivenAgent):
    """Latent model × prior; see `GivenAgent`.

    Args:
        training: what is trained.
        loss: what makes a good code.

    Attributes:
        model: of the latest size of the data; `network` is the same.
    """

    def __init__(self, training: Training, loss: CodeLoss[M, S]) -> None:
        self._loss: CodeLoss[Any, Any] = loss
        super().__init__(training)

    def _start(self) -> None:
        settings = cast(LatentSettings, self.settings)
        kind = cast(LatentAlgorithm[LatentSettings], self.training.algorithm).network(settings)
        self.model = self.network = initial_network(_of_world(self.problem), kind, self.prior, settings, self.seed)
        self._fitting = Fitting(self.model, self.prior, self._loss, settings, self.seed)
        self._plans: Plans | None = None

    def train(self, experience: Experience) -> int:
        """Fit the model, and choose what plans go through; returns the number of gradient steps."""
        steps, settings = self._fitting.train(experience), cast(LatentSettings, self.settings)
        known = prototypes_of(experience, self.prior, settings.prototypes, self.seed)
        self._plans = Plans(self.model, known, settings)
        return steps

    def action_values(self, observations: NumpyArray) -> NDArray[np.float64]:
        """What each action is worth on the way to the goal, [batch, actions], of observations [batch, …]."""
        if self._plans is None:
            return np.zeros((len(observations), self.problem.symmetry.action.size))
        with one_thread():
            return self._plans.action_values(*np.split(np.asarray(observations), 2, axis=1))

    @torch.no_grad()
    def latent_measure(self, transitions: Transitions) -> LatentMeasure | None:
        """The error of the diagram, and the rank of codes of where the transitions led; None before it has learned."""
        if self._plans is None:
            return None
        index = np.arange(len(transitions))
        seen = transitions.observations(index), transitions.next_observations(index)
        before, after = (self.model(torch.as_tensor(each)) for each in seen)
        predicted = self.model.step(before).codes[torch.as_tensor(index), torch.as_tensor(transitions.actions)]
        return LatentMeasure(diagram_error(predicted, after), effective_rank(after))

    def policy_arrays(self, run: int) -> PolicyArrays:
        """The model by the names of its state, and the observations that plans go through."""
        known = self._plans.known.numpy() if self._plans else np.empty((0, *self.world.observation.shape))
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
        self._plans = Plans(self.model, known, cast(LatentSettings, self.settings)) if len(known) else None


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


def _of_world(problem: Problem) -> Problem:
    """What is told of the world alone, without the goal."""
    space, half = problem.observation_space, problem.symmetry.half()
    assert isinstance(space, gymnasium.spaces.Box)
    low, high = (np.split(bound, 2)[0] for bound in (space.low, space.high))
    return Problem(gymnasium.spaces.Box(low, high, dtype=space.dtype.type), problem.action_space, half)
