"""What an algorithm is: its settings, each explained where it is set, and how each learner carries it out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
)

from symprior.symmetry.errors import SympriorError, unknown_name
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor

    from symprior.agents.acting.distributions import Distribution
    from symprior.agents.agent import Agent, Problem
    from symprior.agents.networks.heads.actor_critic import ActorCritic
    from symprior.agents.networks.heads.q_network import QNetwork
    from symprior.agents.networks.trunk import Trunk
    from symprior.agents.priors.prior import Minibatch, Replayed


class Settings(BaseModel):
    """Hyperparameters of one agent on one family of tasks; equal for every prior but for what was searched."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    num_envs: int = Field(default=16, ge=1, description="copies of the environment that fill a rollout")

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: object, field: ValidationInfo) -> object:
        if isinstance(value, bool) and cls.model_fields[str(field.field_name)].annotation is not bool:
            raise ValueError("it takes no true or false")
        return value


ADDED_LATER = frozenset({"activation", "features", "initial_log_std"})
"""Settings that the first records do not name: they stand in a record only where they are not at their defaults."""


class LearnerSettings(Settings):
    """What every algorithm that trains a network has."""

    learning_rate: float = Field(default=1e-3, gt=0, description="Adam's, constant")
    gamma: float = Field(default=0.99, gt=0, le=1, description="discount")
    adam_epsilon: float = Field(default=1e-5, gt=0, description="Adam's ε")
    widths: tuple[Annotated[int, Field(ge=1)], ...] | None = Field(
        default=None, description="hidden widths of the plain network"
    )
    channels: tuple[Annotated[int, Field(ge=1)], ...] | None = Field(
        default=None, description="channels of the equivariant network; null: matched"
    )
    features: tuple[str | tuple[str, ...], ...] | None = Field(
        default=None,
        description="summands of a hidden channel's representation: regular, quotient, trivial, or elements that generate "
        "a subgroup to divide by; null: regular, or a quotient where the group is large",
    )
    activation: Literal["relu", "tanh"] = Field(
        default="relu",
        description="of the hidden layers, relu or tanh; a plain tanh network is nearly odd, as symmetries by signs ask",
    )
    normalise_observations: bool = Field(
        default=False, description="whether vectors of observations are scaled by running statistics of the training"
    )
    symmetrise_statistics: bool = Field(
        default=False,
        description="whether these are symmetrised over the group; those of equivariant networks are in any case",
    )

    @model_serializer(mode="wrap")
    def _without_later_defaults(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """As before there was a choice, where none is made: records name and compare all hyperparameters."""
        values: dict[str, Any] = serialise(self)
        defaults = {name: type(self).model_fields[name].default for name in ADDED_LATER & values.keys()}
        return {name: value for name, value in values.items() if name not in defaults or value != defaults[name]}


class OnPolicySettings(LearnerSettings):
    """What PPO and A2C have in common."""

    max_gradient_norm: float = Field(default=1.0, gt=0, description="gradients are clipped to this norm")
    steps: int = Field(default=16, ge=1, description="environment steps of each copy between two updates")
    gae_lambda: float = Field(default=0.95, ge=0, le=1, description="λ of generalised advantage estimation; 1: returns")
    value_coefficient: float = Field(default=0.5, ge=0, description="weight of the value loss")
    entropy_coefficient: float = Field(default=0.01, ge=0, description="weight of the entropy bonus")
    normalise_advantage: bool = Field(
        default=False, description="whether advantages are standardised in each minibatch"
    )

    initial_log_std: float = Field(
        default=0.0,
        description="on action vectors: log σ of the policy before training, in units of the action; 0 is σ = 1, much where "
        "the bounds are ±0.4",
    )

    def for_stable_baselines3(self) -> dict[str, Any]:
        """The same under the names that Stable-Baselines3's actor-critic models give them."""
        return {
            "n_steps": self.steps,
            "learning_rate": self.learning_rate,
            "gamma": self.gamma,
            "gae_lambda": self.gae_lambda,
            "vf_coef": self.value_coefficient,
            "ent_coef": self.entropy_coefficient,
            "max_grad_norm": self.max_gradient_norm,
            "normalize_advantage": self.normalise_advantage,
        }


class ReplaySettings(LearnerSettings):
    """What algorithms that learn from a replay buffer have in common."""

    buffer_size: int = Field(default=50_000, ge=1, description="transitions kept, over all copies")
    learning_starts: int = Field(
        default=200, ge=1, description="environment steps, over all copies, with uniformly random actions and no update"
    )
    train_frequency: int = Field(
        default=8, ge=1, description="vector steps (of all copies at once) between two updates"
    )
    gradient_steps: int = Field(default=16, ge=1, description="gradient steps in each update, each on a new minibatch")
    batch_size: int = Field(default=64, ge=1, description="transitions in a minibatch, drawn with replacement")

    def for_stable_baselines3(self) -> dict[str, Any]:
        """The same under the names that Stable-Baselines3's off-policy models give them."""
        return {
            "buffer_size": self.buffer_size,
            "learning_starts": self.learning_starts,
            "train_freq": self.train_frequency,
            "gradient_steps": self.gradient_steps,
            "batch_size": self.batch_size,
            "learning_rate": self.learning_rate,
            "gamma": self.gamma,
        }


class GreedyReplaySettings(ReplaySettings):
    """What DQN and QR-DQN have in common."""

    max_gradient_norm: float = Field(default=10.0, gt=0, description="gradients are clipped to this norm")
    target_update_interval: int = Field(
        default=256, ge=1, description="environment steps, over all copies, between two copies to the target network"
    )
    exploration_fraction: float = Field(
        default=0.2, gt=0, le=1, description="part of the budget over which ε falls linearly from 1 to its final value"
    )
    final_epsilon: float = Field(default=0.05, ge=0, le=1, description="ε from there on")

    def for_stable_baselines3(self) -> dict[str, Any]:
        """The same under the names that Stable-Baselines3's ε-greedy models give them."""
        return {
            **super().for_stable_baselines3(),
            "target_update_interval": self.target_update_interval,
            "exploration_fraction": self.exploration_fraction,
            "exploration_initial_eps": 1.0,
            "exploration_final_eps": self.final_epsilon,
            "max_grad_norm": self.max_gradient_norm,
        }


class Algorithm(ABC):
    """One algorithm.

    Attributes:
        settings: the class of its hyperparameters.
        takes_prior: whether it can be combined with a prior.
        mode: how its policy acts in the evaluation that counts.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    bibtex: ClassVar[str] = ""
    settings: ClassVar[type[Settings]] = Settings
    takes_prior: ClassVar[bool] = True
    mode: ClassVar[str] = "sample"

    @abstractmethod
    def agent(
        self,
        problem: Problem,
        seeds: Sequence[int],
        prior: Any,
        settings: Sequence[Any],
        learner: str,
        device: str,
        kernel: str = "torch",
    ) -> Agent:
        """The agent that carries it out for the given seeds, with settings for each."""

    def refusal(self, symmetry: Symmetry) -> str | None:
        """Why it cannot be used where this symmetry acts; None where it can."""
        return None

    @property
    def runs_on(self) -> tuple[str, ...]:
        """The learners that carry it out; () where nothing is learned, which any learner does."""
        return ()

    def learner_refusal(self, learner: str) -> str | None:
        """Why this learner does not carry it out; None where it does."""
        if not self.runs_on or learner in self.runs_on:
            return None
        return f"{self.name} runs on the learner {' and '.join(self.runs_on)} only, not on {learner}."


class LearningAlgorithm(Algorithm):
    """An algorithm that trains a network.

    Attributes:
        learners: for each learner the class that carries the algorithm out on discrete actions, as `module:class`;
            imported when it is used.
        continuous_learners: the same on action vectors.
    """

    learners: ClassVar[Mapping[str, str]] = {}
    continuous_learners: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def network(self, settings: Any) -> type[Trunk]:
        """The kind of network: which heads it has."""

    @abstractmethod
    def stable_baselines3_model(self, settings: Any, **arguments: Any) -> Any:
        """Stable-Baselines3's model with these settings; `arguments` go to its constructor."""

    @abstractmethod
    def updates(self, settings: Any) -> tuple[int, int]:
        """(gradient steps of an update, transitions in each)."""

    def agent(
        self,
        problem: Problem,
        seeds: Sequence[int],
        prior: Any,
        settings: Sequence[Any],
        learner: str,
        device: str,
        kernel: str = "torch",
    ) -> Agent:
        """The agent on this learner.

        Raises:
            SympriorError: there is no such learner, or the algorithm does not take this kind of action.
        """
        if reason := self.refusal(problem.symmetry):
            raise SympriorError(reason)
        learners = self._learners(problem.symmetry)
        if learner not in learners:
            known = {each for name in ALGORITHMS for each in ALGORITHMS[name].runs_on}
            reason = self.learner_refusal(learner) if learner in known else None
            raise SympriorError(reason) if reason else unknown_name("learner", learner, learners)
        module, _, name = learners[learner].partition(":")
        kind = getattr(import_module(module), name)
        if kernel != "torch" and learner != "batched":
            raise SympriorError(f"The kernel {kernel!r} is the batched learner's, not that of {learner}.")
        chosen = {} if kernel == "torch" else {"kernel": kernel}
        made: Agent = kind(problem, seeds, self, prior, settings, device, **chosen)
        return made

    def _learners(self, symmetry: Symmetry) -> Mapping[str, str]:
        return self.learners if symmetry.discrete else self.continuous_learners

    def refusal(self, symmetry: Symmetry) -> str | None:
        """That it takes the other kind of action."""
        if self._learners(symmetry):
            return None
        takes, has = ("discrete actions", "vectors") if self.learners else ("action vectors", "discrete")
        return f"{self.name} takes {takes}, but the task's actions are {has}. `symprior agents` lists other algorithms."

    @property
    def runs_on(self) -> tuple[str, ...]:
        """The learners that carry it out."""
        return tuple({**self.learners, **self.continuous_learners})


class OnPolicyAlgorithm(LearningAlgorithm):
    """An actor-critic algorithm that learns from fresh rollouts.

    Attributes:
        reads_old_probabilities: whether its loss compares the policy with the one that collected the rollout.
    """

    reads_old_probabilities: ClassVar[bool] = False

    learners: ClassVar[Mapping[str, str]] = {
        "stable-baselines3": "symprior.agents.learners.stable_baselines3:StableBaselinesAgent",
        "batched": "symprior.agents.learners.batched:BatchedAgent",
    }
    continuous_learners: ClassVar[Mapping[str, str]] = {
        "stable-baselines3": "symprior.agents.learners.stable_baselines3:StableBaselinesGaussianAgent",
        "batched": "symprior.agents.learners.batched:BatchedGaussianAgent",
    }

    def network(self, settings: Any) -> type[ActorCritic]:
        """Policy and value."""
        from symprior.agents.networks.heads.actor_critic import ActorCritic

        return ActorCritic

    @abstractmethod
    def policy_gradient(
        self, log_probabilities: Tensor, old_log_probabilities: Tensor, advantages: Tensor, settings: Any
    ) -> Tensor:
        """∂ policy loss / ∂ log π(a | s) of each transition; all [(seeds,) batch]."""

    def gradients(self, policy: Distribution, values: Tensor, batch: Minibatch, settings: Any) -> tuple[Tensor, Tensor]:
        """Gradients of the loss, for the batched learner, with respect to the network's outputs.

        The loss of each seed is mean(policy loss) − c_e mean(entropy) + c_v mean((V − R)²).

        Args:
            policy: at the batch's observations, of outputs [(seeds,) batch, outputs].
            values: [(seeds,) batch].
            batch: the transitions.
            settings: of this algorithm, each float as one number for each seed, [(seeds,) 1].

        Returns:
            ∂ loss / ∂ outputs and ∂ loss / ∂ values, of their shapes.
        """
        size, advantages = values.shape[-1], batch.advantages
        if settings.normalise_advantage:
            deviation = advantages.std(-1, keepdim=True)
            advantages = (advantages - advantages.mean(-1, keepdim=True)) / (deviation + 1e-8)
        log_probabilities = policy.log_probability(batch.actions)
        pull = self.policy_gradient(log_probabilities, batch.old_log_probabilities, advantages, settings)
        to_outputs = policy.gradient(batch.actions, pull / size, settings.entropy_coefficient / size)
        return to_outputs, (values.detach() - batch.returns) * (2 * settings.value_coefficient / size)


class ReplayAlgorithm(LearningAlgorithm):
    """An algorithm that learns from a replay buffer."""

    def updates(self, settings: ReplaySettings) -> tuple[int, int]:
        """(gradient steps of an update, transitions in each)."""
        return settings.gradient_steps, settings.batch_size


class ValueAlgorithm(ReplayAlgorithm):
    """An algorithm that learns action values, on every learner."""

    learners: ClassVar[Mapping[str, str]] = {
        "stable-baselines3": "symprior.agents.learners.stable_baselines3:StableBaselinesValueAgent",
        "batched": "symprior.agents.learners.batched:BatchedValueAgent",
    }

    def network(self, settings: Any) -> type[QNetwork]:
        """Action values."""
        from symprior.agents.networks.heads.q_network import QNetwork

        return QNetwork

    @abstractmethod
    def exploration(self, settings: Any, progress: float) -> Tensor:
        """The probability of a random action when this part of the budget is used, [(seeds,) 1] as the settings' floats."""

    @abstractmethod
    def targets(self, next_values: Tensor, batch: Replayed, settings: Any) -> Tensor:
        """What the values of the batch's actions should be, [(seeds,) batch].

        Args:
            next_values: the target network's, at the next observations, [(seeds,) batch, actions].
            batch: the transitions.
            settings: of this algorithm, each float as one number for each seed, [(seeds,) 1].
        """

    @abstractmethod
    def gradients(self, values: Tensor, targets: Tensor, batch: Replayed) -> Tensor:
        """∂ loss / ∂ values, [(seeds,) batch, actions], of the network's values and what they should be."""


ALGORITHMS: Registry[Algorithm] = Registry("algorithm", "symprior.agents.algorithms")


def register(kind: type[Algorithm]) -> type[Algorithm]:
    """Put an algorithm into the registry."""
    ALGORITHMS.register(kind.name, kind(), kind.__module__)
    return kind
