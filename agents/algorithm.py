"""What an algorithm is: its settings, each explained where it is set, and how each learner carries it out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from symprior.tasks.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor

    from symprior.agents.prior import Minibatch


class Settings(BaseModel):
    """Hyperparameters of one agent on one family of tasks; equal for every prior but for what was searched."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    num_envs: int = Field(default=16, ge=1, description="copies of the environment that fill a rollout")


class OnPolicySettings(Settings):
    """What PPO and A2C have in common."""

    steps: int = Field(default=16, ge=1, description="environment steps of each copy between two updates")
    learning_rate: float = Field(default=1e-3, gt=0, description="Adam's, constant")
    gamma: float = Field(default=0.99, gt=0, le=1, description="discount")
    gae_lambda: float = Field(default=0.95, ge=0, le=1, description="λ of generalised advantage estimation; 1: returns")
    value_coefficient: float = Field(default=0.5, ge=0, description="weight of the value loss")
    entropy_coefficient: float = Field(default=0.01, ge=0, description="weight of the entropy bonus")
    max_gradient_norm: float = Field(default=1.0, gt=0, description="gradients are clipped to this norm")
    normalise_advantage: bool = Field(
        default=False, description="whether advantages are standardised in each minibatch"
    )
    adam_epsilon: float = Field(default=1e-5, gt=0, description="Adam's ε")
    widths: tuple[int, ...] | None = Field(default=None, description="hidden widths of the plain network")
    channels: tuple[int, ...] | None = Field(
        default=None, description="channels of the equivariant network; null: matched"
    )


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


class OnPolicyAlgorithm(Algorithm):
    """An actor-critic algorithm that learns from fresh rollouts."""

    @abstractmethod
    def stable_baselines3_model(self, settings: Any, **arguments: Any) -> Any:
        """Stable-Baselines3's model with these settings; `arguments` go to its constructor."""

    @abstractmethod
    def updates(self, settings: Any) -> tuple[int, int]:
        """(gradient steps after a rollout, transitions in each)."""

    @abstractmethod
    def policy_gradient(
        self, log_probabilities: Tensor, old_log_probabilities: Tensor, advantages: Tensor, settings: Any
    ) -> Tensor:
        """∂ policy loss / ∂ log π(a | s) of each transition; all [(seeds,) batch]."""

    def gradients(self, logits: Tensor, values: Tensor, batch: Minibatch, settings: Any) -> tuple[Tensor, Tensor]:
        """Gradients of the loss, for the batched learner, with respect to the network's outputs.

        The loss of each seed is mean(policy loss) + c_e mean(Σ π log π) + c_v mean((V − R)²). In closed form: as a
        graph, so many operations on so small tensors would be a sixth of an update's time.

        Args:
            logits: [(seeds,) batch, actions].
            values: [(seeds,) batch].
            batch: the transitions.
            settings: of this algorithm, each float as one number for each seed, [(seeds,) 1].

        Returns:
            ∂ loss / ∂ logits and ∂ loss / ∂ values, of their shapes.
        """
        size, actions, advantages = values.shape[-1], batch.actions.unsqueeze(-1), batch.advantages
        if settings.normalise_advantage:
            deviation = advantages.std(-1, keepdim=True)
            advantages = (advantages - advantages.mean(-1, keepdim=True)) / (deviation + 1e-8)
        log_policy = logits.detach().log_softmax(-1)
        policy = log_policy.exp()
        log_probabilities = log_policy.gather(-1, actions).squeeze(-1)
        pull = self.policy_gradient(log_probabilities, batch.old_log_probabilities, advantages, settings)
        pull = (pull / size).unsqueeze(-1)
        # ∂ Σ π log π / ∂ logits = π log π − π Σ π log π, and ∂ log π(a) / ∂ logits = 1_a − π
        weighted = policy * log_policy
        to_logits = weighted - policy * weighted.sum(-1, keepdim=True)
        to_logits *= (settings.entropy_coefficient / size)[..., None]
        to_logits -= pull * policy
        to_logits.scatter_add_(-1, actions, pull)
        return to_logits, (values.detach() - batch.returns) * (2 * settings.value_coefficient / size)


ALGORITHMS: Registry[Algorithm] = Registry("algorithm", "symprior.agents.algorithms")


def register(kind: type[Algorithm]) -> type[Algorithm]:
    """Put an algorithm into the registry."""
    ALGORITHMS.register(kind.name, kind(), kind.__module__)
    return kind
