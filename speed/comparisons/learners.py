"""The batched learner against Stable-Baselines3: environment steps a second with all seeds in two processes."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from typing import Any

import torch

from speed.comparison import Comparison, at_least, at_most
from symprior.agents import Problem, get_agent
from symprior.agents.learners.learner import reference_learner, stacking_learner
from symprior.tasks import get_task

PROCESSES = 2
REPEATS = 3
Setting = tuple[str, Any]
"""A hyperparameter by its name."""

PAPER_PPO = (
    ("steps", 5),
    ("minibatches", 4),
    ("epochs", 4),
    ("gae_lambda", 1.0),
    ("clip_range", 0.1),
    ("value_coefficient", 1.0),
    ("learning_rate", 1e-3),
    ("widths", (64, 128)),
    ("channels", (64, 64)),
)
"""PPO on CartPole as in van der Pol et al. (2020)."""
PAPER_A2C = (("num_envs", 16), ("steps", 5), ("learning_rate", 1e-3))
"""The rollouts of A2C on catch there."""
DQN = (("learning_rate", 1e-3),)
"""DQN as its defaults have it."""


@dataclass(frozen=True)
class Work:
    """Training of some seeds in one process."""

    task: str
    agent: str
    learner: str
    seeds: int
    rollouts: int
    settings: tuple[Setting, ...] = ()
    kernel: str = "torch"


def prepared(work: Work) -> tuple[Any, int]:
    """The agent, untrained, and the environment steps of one rollout of each seed."""
    task, shipped = get_task(work.task), get_agent(work.agent)
    settings: Any = shipped.settings(task.family, dict(work.settings))
    agent = shipped.build(
        Problem.of(task), range(work.seeds), [settings] * work.seeds, work.learner, kernel=work.kernel
    )
    return agent, settings.num_envs * getattr(settings, "steps", 16)


def steps_per_second(work: Work) -> float:
    """Train after a warm-up, without evaluation; environment steps a second over all seeds of this process."""
    torch.set_num_threads(1)
    agent, rollout = prepared(work)
    for rollouts in (3, work.rollouts):  # the first warms up
        environments = get_task(work.task).make_vector(work.seeds * agent.num_envs)
        started = time.perf_counter()
        agent.learn(environments, rollouts * rollout)
    return float(work.seeds * work.rollouts * rollout / (time.perf_counter() - started))


def _together(work: Work) -> float:
    """The same work in each of the processes at once; the sum of their rates."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        return sum(pool.map(steps_per_second, [work] * PROCESSES))


def _speed_up(batched: Work, reference: Work) -> float:
    """The median ratio of rates, the two measured in turn."""
    ratios = sorted(_together(batched) / _together(reference) for _ in range(REPEATS))
    return ratios[REPEATS // 2]


def ppo_on_cartpole(seeds: int, target: float) -> Comparison:
    """The paper's PPO on CartPole: many seeds in two processes of the batched learner, or one seed after another."""
    rollouts = max(10, 4000 // seeds)
    batched = Work("cartpole-v1", "ppo", stacking_learner(), -(-seeds // PROCESSES), rollouts, PAPER_PPO)
    reference = Work("cartpole-v1", "ppo", reference_learner(), 1, 80, PAPER_PPO)
    title = f"cartpole-v1: PPO, {seeds} seeds, batched / Stable-Baselines3, two processes each"
    return at_least(title, _speed_up(batched, reference), target)


def a2c_on_catch(task_id: str, seeds: int, target: float) -> Comparison:
    """A2C on catch, likewise."""
    batched = Work(task_id, "a2c", stacking_learner(), -(-seeds // PROCESSES), 100, PAPER_A2C)
    reference = Work(task_id, "a2c", reference_learner(), 1, 300, PAPER_A2C)
    title = f"{task_id}: A2C, {seeds} seeds, batched / Stable-Baselines3, two processes each"
    return at_least(title, _speed_up(batched, reference), target)


def homomorphic_training(seeds: int) -> Comparison:
    """Batched PPO on CartPole, homomorphic against plain of the same expanded widths, in seconds a step."""
    homomorphic = Work("cartpole-v1", "ppo+homomorphic", stacking_learner(), seeds, 60, PAPER_PPO)
    wide = Work("cartpole-v1", "ppo+wide", stacking_learner(), seeds, 60, PAPER_PPO)
    ratios = sorted(steps_per_second(wide) / steps_per_second(homomorphic) for _ in range(5))
    return at_most(f"cartpole-v1: batched PPO, {seeds} seeds, training time homomorphic / plain", ratios[2], 1.5)


def fused_kernel(task_id: str, agent: str, seeds: int, settings: tuple[Setting, ...], target: float) -> Comparison:
    """The same training with the fused kernel and in torch, in one process each, by turns."""
    rollouts = max(4, 1000 // seeds)
    fused, torch_ = (
        Work(task_id, agent, stacking_learner(), seeds, rollouts, settings, kernel) for kernel in ("fused", "torch")
    )
    ratios = sorted(steps_per_second(fused) / steps_per_second(torch_) for _ in range(REPEATS))
    return at_least(f"{task_id}: {agent}, {seeds} seeds, fused kernel / torch", ratios[REPEATS // 2], target)
