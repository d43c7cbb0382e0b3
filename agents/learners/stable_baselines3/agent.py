"""One seed of an agent, trained by Stable-Baselines3 in one `learn` call."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import torch
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.utils import set_random_seed

from symprior.agents.acting.actors import Actor
from symprior.agents.agent.abilities import PolicyArrays
from symprior.agents.agent.source import BudgetExhausted, may_rest
from symprior.agents.learners.initial import copy_seeds, initial_network
from symprior.agents.learners.learner import Training
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter
from symprior.agents.learners.stable_baselines3.models.saved_model import Rests, load_model, saved_model
from symprior.agents.networks.layers.equivariant import keep_weights
from symprior.agents.networks.orbits import Orbit
from symprior.agents.networks.policy_arrays import arrays_of, take_arrays
from symprior.agents.networks.sizes import count_parameters
from symprior.agents.priors.augmentation.turned_episodes import TurnedEpisodes
from symprior.agents.priors.prior import Draws
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import VectorEnvironment
from symprior.tasks.environments.streams import Streams, seed_from
from symprior.tasks.files.states import State

Model = Callable[..., BaseAlgorithm]
"""Makes Stable-Baselines3's model of an algorithm from its settings; further arguments go to the model's constructor."""


class StableBaselinesAgent(Actor):
    """Algorithm × prior on Stable-Baselines3.

    Stable-Baselines3 draws from the global generators of numpy and torch: they are seeded when training starts, and only
    one such run may be trained in a process at a time.

    Args:
        training: what is trained, of one seed.
        model: the algorithm.
    """

    def __init__(self, training: Training, model: Model) -> None:
        if len(training.seeds) != 1:
            raise SympriorError(f"Stable-Baselines3 trains one seed at a time, not {len(training.seeds)}.")
        assert training.prior is not None
        self.seed, self._settings = training.seeds[0], cast(Any, training.settings[0])
        self.num_envs = self._settings.num_envs
        self.problem, self._algorithm, self._prior = training.problem, cast(Any, training.algorithm), training.prior
        self._model, self._device = model, torch.device(training.device)
        # torch's own roots are MKL's, which begin with an estimate of the processor's: the fused Adam takes none of them
        self._adam_is: dict[str, Any] = {"fused": True} if training.portable else {}
        self._orbit = Orbit(self.problem.symmetry, self._device)
        self.network: Any = self._initial_network()
        self.network.to(self._device)
        self.parameters = count_parameters(self.network)
        self.gradient_steps = 0
        self._held: State = {}
        self._turned: TurnedEpisodes | None = None
        self._trained: Any = None

    def _initial_network(self) -> Any:
        """What is trained, before training."""
        kind = self._algorithm.network(self._settings)
        return initial_network(self.problem, kind, self._prior, self._settings, self.seed)

    def learn(self, env: VectorEnvironment, budget: int) -> None:
        """Train once, until the environment ends it or the budget is used."""
        trained_in = self._prior.environment(env, self._orbit, copy_seeds([self.seed], self.num_envs))
        self._turned = trained_in if isinstance(trained_in, TurnedEpisodes) else None
        if self._held and self._turned:
            self._turned.load(self._held["turned"])
        self._trained = model = self.model(VectorEnvAdapter(trained_in))
        rests = Rests(self._take_up, partial(may_rest, env))
        try:
            model.learn(total_timesteps=budget, callback=rests, log_interval=None)
        except BudgetExhausted:
            pass
        finally:
            keep_weights(self.network, False)
            self.gradient_steps = self._count_gradient_steps(model)

    def model(self, env: VectorEnvAdapter) -> Any:
        """The Stable-Baselines3 model around this agent's network, with all its generators seeded."""
        seed = seed_from(self.seed, "learner") % 2**32
        set_random_seed(seed)
        model = self._model(
            self._settings,
            env=env,
            policy_kwargs={
                "make_network": lambda: self.network,
                "optimizer_class": torch.optim.Adam,
                "optimizer_kwargs": {"eps": self._settings.adam_epsilon, **self._adam_is},
                **self._policy_arguments(),
            },
            device=self._device,
            **self._parts({"prior": self._prior, "orbit": self._orbit, "draws": self._draws()}),
        )
        model.set_logger(Logger(folder=None, output_formats=[]))  # its own would make a folder for every run
        model.action_space.seed(seed)  # random actions come from the space's own generator
        return model

    def save(self) -> State | None:
        """The model between two rollouts; None where a device draws for itself."""
        if self._device.type != "cpu":
            return None
        turned = self._turned and self._turned.save()
        return {"model": saved_model(self._trained), "turned": turned, "prior": self._prior_streams.save()}

    def load(self, state: State) -> None:
        """Go on from there when `learn` is called."""
        self._held = state

    def _take_up(self) -> None:
        """Put the model, which is new, where it was."""
        if self._held:
            load_model(self._trained, self._held["model"])
            self._prior_streams.load(self._held["prior"])
            self._held = {}

    def policy_arrays(self, run: int) -> PolicyArrays:
        """The network's state by name; there is one run."""
        return arrays_of(self.network.state_dict())

    def take_policy(self, arrays: PolicyArrays) -> None:
        """Act by this network.

        Raises:
            SympriorError: it is of another make.
        """
        take_arrays(self.network, arrays)

    def _draws(self) -> Draws:
        """The prior's random numbers: the stream that the batched learner gives this seed."""
        self._prior_streams = streams = Streams(torch.tensor([seed_from(self.seed, "prior")], device=self._device))
        return lambda count: streams.draw(count)[0]

    @abstractmethod
    def _parts(self, buffer: dict[str, Any]) -> dict[str, Any]:
        """The policy's class and the buffer's, which is made with the arguments `buffer`."""

    def _policy_arguments(self) -> dict[str, Any]:
        """What the policy is made with beside its network and optimizer."""
        return {}

    def _optimizer(self, model: Any) -> torch.optim.Optimizer:
        """The one whose steps are counted."""
        optimizer: torch.optim.Optimizer = model.policy.optimizer
        return optimizer

    def _count_gradient_steps(self, model: Any) -> int:
        state = next(iter(self._optimizer(model).state.values()), None)
        return int(state["step"]) if state else 0
