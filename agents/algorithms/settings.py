"""Hyperparameters of algorithms, each explained where it is set."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
)

Width = Annotated[int, Field(ge=1, le=16_384)]
"""Of a layer: two of the greatest hold a thousand times as many weights as the largest network here."""


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


class LearningSettings(Settings):
    """What every algorithm that trains a network has."""

    learning_rate: float = Field(default=1e-3, gt=0, description="Adam's, constant")
    gamma: float = Field(default=0.99, gt=0, le=1, description="discount")
    adam_epsilon: float = Field(default=1e-5, gt=0, description="Adam's ε")
    widths: tuple[Width, ...] | None = Field(default=None, description="hidden widths of the plain network")
    channels: tuple[Width, ...] | None = Field(
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
        """Leave out later settings at their defaults: records compare all hyperparameters, and older ones lack these."""
        values: dict[str, Any] = serialise(self)
        defaults = {name: type(self).model_fields[name].default for name in ADDED_LATER & values.keys()}
        return {name: value for name, value in values.items() if name not in defaults or value != defaults[name]}


class OnPolicySettings(LearningSettings):
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


class ReplaySettings(LearningSettings):
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
