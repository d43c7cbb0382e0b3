"""Homomorphic networks against plain ones of the same expanded widths."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from speed.comparison import Comparison, at_most, median_ratio
from speed.comparisons.training import stable_baselines_agent
from symprior.agents import get_agent
from symprior.agents.learners.batched.memory import keep_freed_memory
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.layers.equivariant import basis_weights, keep_weights, stack
from symprior.agents.networks.sizes import default_widths, matched_channels, plain_network
from symprior.symmetry.symmetrizer import equivariant_basis
from symprior.tasks import Task, get_task

ROLLOUT = 8
"""Steps between two updates, as of PPO on the two tasks; A2C takes 5 or 16."""


def _networks(task: Task) -> tuple[ActorCritic, ActorCritic]:
    """The homomorphic network, and the plain one of its expanded widths."""
    symmetry, rng = task.symmetry(), np.random.default_rng(0)
    channels = matched_channels(symmetry, default_widths(symmetry))
    homomorphic = ActorCritic(symmetry, channels, equivariant_basis, rng)
    wide = tuple(homomorphic.fibre.size * count for count in channels)
    return homomorphic, plain_network(symmetry, wide, rng)


def acting(task_id: str, batch: int) -> Comparison:
    """Acting with the homomorphic network against the plain one of the same expanded widths, in rollouts of 8 steps."""
    task = get_task(task_id)
    observations = torch.as_tensor(task.make_vector(batch).reset(seed=0)[0])
    homomorphic, wide = _networks(task)
    steps = max(ROLLOUT, 4000 // batch)
    ratio = median_ratio(_rollouts(homomorphic, observations, steps), _rollouts(wide, observations, steps), repeats=15)
    return at_most(f"{task_id}: acting on {batch} observations, homomorphic / plain", ratio, 1.2)


def _rollouts(network: torch.nn.Module, observations: torch.Tensor, steps: int) -> Callable[[], None]:
    """So many steps of acting on observations [(seeds,) batch, …], weights written out anew in each rollout."""
    weights = basis_weights(network)
    keep_weights(network, True)

    def repeat() -> None:
        with torch.no_grad():
            for step in range(steps):
                if step % ROLLOUT == 0:
                    for weight in weights:
                        weight.forget()  # as behind an update
                torch.multinomial(torch.softmax(network(observations)[0].flatten(0, -2), dim=-1), 1)

    return repeat


def acting_together(task_id: str, batch: int, seeds: int) -> Comparison:
    """The same of a stack, which multiplies lifted features, as its updates do, and writes only its heads out."""
    keep_freed_memory()  # as the learner does
    task = get_task(task_id)
    observations = torch.as_tensor(task.make_vector(batch * seeds).reset(seed=0)[0]).unflatten(0, (seeds, batch))
    homomorphic, wide = (stack(alike) for alike in zip(*(_networks(task) for _ in range(seeds)), strict=True))
    steps = 6 * ROLLOUT
    ratio = median_ratio(_rollouts(homomorphic, observations, steps), _rollouts(wide, observations, steps), repeats=15)
    return at_most(f"{task_id}: {seeds} seeds acting on {batch} observations each, homomorphic / plain", ratio, 1.2)


def gradient_step(task_id: str, batch: int) -> Comparison:
    """Forward, backward and Adam on a minibatch, likewise, whatever the algorithm's loss is."""
    task = get_task(task_id)
    observations = torch.as_tensor(task.make_vector(batch).reset(seed=0)[0])

    def work(network: ActorCritic) -> Callable[[], None]:
        optimizer = torch.optim.Adam(network.parameters())

        def repeat() -> None:
            for _ in range(max(2, 1000 // batch)):
                optimizer.zero_grad()
                logits, values = network(observations)
                (logits.square().mean() + values.square().mean()).backward()
                optimizer.step()

        return repeat

    homomorphic, wide = _networks(task)
    ratio = median_ratio(work(homomorphic), work(wide), repeats=15)
    return at_most(f"{task_id}: gradient step on {batch} observations, homomorphic / plain", ratio, 1.5)


def training_step(task_id: str) -> Comparison:
    """A whole PPO update by Stable-Baselines3, homomorphic against plain of the same expanded widths."""
    task = get_task(task_id)
    ratio = median_ratio(_updates("ppo+homomorphic", task), _updates("ppo+wide", task))
    return at_most(f"{task_id}: PPO update by Stable-Baselines3, homomorphic / plain", ratio, 1.5)


def _updates(agent_id: str, task: Task) -> Callable[[], None]:
    agent = stable_baselines_agent(get_agent(agent_id), task)
    environments = task.make_vector(agent.num_envs)
    environments.reset(seed=0)
    model = agent.model(VectorEnvAdapter(environments))
    model.learn(agent.num_envs * model.n_steps, log_interval=None)

    def work() -> None:
        for _ in range(5):
            model.train()

    return work
