"""Settings under the names that Stable-Baselines3's models give them."""

from __future__ import annotations

from typing import TypedDict

from symprior.agents.algorithms.replay.twin_critics import TwinCriticSettings
from symprior.agents.algorithms.settings import GreedyReplaySettings, OnPolicySettings, ReplaySettings


class ActorCriticArguments(TypedDict):
    """The arguments of the actor-critic models."""

    n_steps: int
    learning_rate: float
    gamma: float
    gae_lambda: float
    vf_coef: float
    ent_coef: float
    max_grad_norm: float
    normalize_advantage: bool


class ReplayArguments(TypedDict):
    """The arguments of the models that learn from a replay buffer."""

    buffer_size: int
    learning_starts: int
    train_freq: int
    gradient_steps: int
    batch_size: int
    learning_rate: float
    gamma: float


class GreedyArguments(ReplayArguments):
    """The arguments of the ε-greedy models."""

    target_update_interval: int
    exploration_fraction: float
    exploration_initial_eps: float
    exploration_final_eps: float
    max_grad_norm: float


class TwinCriticArguments(ReplayArguments):
    """The arguments of the models with twin critics."""

    tau: float


def actor_critic_arguments(settings: OnPolicySettings) -> ActorCriticArguments:
    """The arguments of the actor-critic models."""
    return {
        "n_steps": settings.steps,
        "learning_rate": settings.learning_rate,
        "gamma": settings.gamma,
        "gae_lambda": settings.gae_lambda,
        "vf_coef": settings.value_coefficient,
        "ent_coef": settings.entropy_coefficient,
        "max_grad_norm": settings.max_gradient_norm,
        "normalize_advantage": settings.normalise_advantage,
    }


def replay_arguments(settings: ReplaySettings) -> ReplayArguments:
    """The arguments of the models that learn from a replay buffer."""
    return {
        "buffer_size": settings.buffer_size,
        "learning_starts": settings.learning_starts,
        "train_freq": settings.train_frequency,
        "gradient_steps": settings.gradient_steps,
        "batch_size": settings.batch_size,
        "learning_rate": settings.learning_rate,
        "gamma": settings.gamma,
    }


def greedy_arguments(settings: GreedyReplaySettings) -> GreedyArguments:
    """The arguments of the ε-greedy models."""
    return {
        **replay_arguments(settings),
        "target_update_interval": settings.target_update_interval,
        "exploration_fraction": settings.exploration_fraction,
        "exploration_initial_eps": 1.0,
        "exploration_final_eps": settings.final_epsilon,
        "max_grad_norm": settings.max_gradient_norm,
    }


def twin_critic_arguments(settings: TwinCriticSettings) -> TwinCriticArguments:
    """The arguments of the models with twin critics."""
    return {**replay_arguments(settings), "tau": settings.tau}
