"""What SAC and TD3 have in common: a squashed actor, twin critics, a replay buffer, slowly following targets."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, TypeVar

from pydantic import Field

from symprior.agents.acting.squashing import ActionScale, squashing_refusal
from symprior.agents.agent import Problem
from symprior.agents.algorithms.algorithm import Actions, ReplayAlgorithm
from symprior.agents.algorithms.settings import ReplaySettings, Width
from symprior.symmetry.representations import ImageTransform
from symprior.symmetry.symmetry import Symmetry

if TYPE_CHECKING:
    from symprior.agents.networks.heads.squashed_actor import MeanActor


class TwinCriticSettings(ReplaySettings):
    """Settings of both; the defaults are Stable-Baselines3's for SAC."""

    num_envs: int = Field(default=1, ge=1, description="copies of the environment")
    learning_rate: float = Field(default=3e-4, gt=0, description="Adam's, constant, of actor and critics")
    adam_epsilon: float = Field(default=1e-8, gt=0, description="Adam's ε")
    widths: tuple[Width, ...] | None = Field(
        default=(256, 256), description="hidden widths of the plain networks, actor and critics alike"
    )
    buffer_size: int = Field(default=1_000_000, ge=1, description="transitions kept, over all copies")
    learning_starts: int = Field(
        default=100, ge=1, description="environment steps, over all copies, with uniformly random actions and no update"
    )
    train_frequency: int = Field(
        default=1, ge=1, description="vector steps (of all copies at once) between two updates"
    )
    gradient_steps: int = Field(default=1, ge=1, description="gradient steps in each update, each on a new minibatch")
    batch_size: int = Field(default=256, ge=1, description="transitions in a minibatch, drawn with replacement")
    tau: float = Field(default=0.005, gt=0, le=1, description="part of the way that targets go at each gradient step")


T = TypeVar("T", bound=TwinCriticSettings)


class TwinCriticAlgorithm(ReplayAlgorithm[T]):
    """An algorithm that learns a squashed actor by two critics; evaluated at the actor's mean."""

    mode = "mean"
    actions = frozenset({Actions.VECTORS})

    @abstractmethod
    def network(self, settings: T) -> type[MeanActor]:
        """The kind of actor."""

    def refusal(self, symmetry: Symmetry) -> str | None:
        """That it takes other actions, or vectors of observations only."""
        if reason := super().refusal(symmetry):
            return reason
        if isinstance(symmetry.observation, ImageTransform):
            return f"the critics of {self.name} take observation and action as one vector, but these are images."
        reason = squashing_refusal(symmetry)
        return f"{self.name} cannot use this symmetry: {reason}" if reason else None

    def check(self, problem: Problem) -> None:
        """Also that the group leaves the bounds of the actions where they are."""
        super().check(problem)
        ActionScale(problem)
