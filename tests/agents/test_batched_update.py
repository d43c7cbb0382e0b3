"""One update of the batched learner is Stable-Baselines3's, and so are its advantages."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.vector import VectorEnv

from symprior.agents.agent import Problem
from symprior.agents.catalogue import get_agent
from symprior.agents.learners.batched import BatchedAgent
from symprior.agents.learners.stable_baselines3.environment import VectorEnvAdapter
from symprior.agents.prior import Minibatch
from symprior.tasks import get_task
from symprior.tasks.simulators import SimulatorVectorEnv

SEEDS = (3, 4, 5)
SMALL: dict[str, Any] = {"num_envs": 4, "steps": 6, "learning_rate": 1e-3}
ALGORITHMS: dict[str, dict[str, Any]] = {
    "ppo": {"minibatches": 2, "epochs": 2, "clip_range": 0.1},
    "a2c": {},
}


def problem_of(task_id: str) -> Problem:
    task = get_task(task_id)
    simulator = task.simulator()
    return Problem(simulator.observation_space, simulator.action_space, task.symmetry())


def collected(model: Any) -> Any:
    """The model with one rollout in its buffer."""
    _, callback = model._setup_learn(1000)
    model.collect_rollouts(model.env, callback, model.rollout_buffer, model.n_steps)
    return model


def transitions_of(model: Any) -> list[torch.Tensor]:
    """The rollout, one row after the other, as Stable-Baselines3 numbers them."""
    buffer = model.rollout_buffer
    names = ("observations", "actions", "values", "log_probs", "advantages", "returns")
    columns = [torch.as_tensor(buffer.swap_and_flatten(getattr(buffer, name))) for name in names]
    observations, actions, *others = columns
    return [observations, actions.squeeze(-1).long(), *(column.squeeze(-1) for column in others)]


@pytest.mark.parametrize("task_id", ["cartpole-v1", "grid-catch-vector-v1", "grid-catch-v1"])
@pytest.mark.parametrize("prior", ["plain", "augment", "homomorphic", "random-basis"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("normalise", [False, True])
def test_updates_equal_stable_baselines3(task_id: str, prior: str, algorithm: str, normalise: bool) -> None:
    if prior == "random-basis" and (normalise or task_id == "grid-catch-v1"):
        pytest.skip("held on the other tasks")
    shipped = get_agent(f"{algorithm}+{prior}")
    overrides = {**SMALL, **ALGORITHMS[algorithm], "normalise_advantage": normalise}
    images = task_id == "grid-catch-v1"
    overrides |= {"widths": (4, 8, 32), "channels": (2, 4, 8)} if images else {"widths": (32, 64), "channels": (16, 32)}
    settings = shipped.settings(get_task(task_id).family, overrides)
    problem = problem_of(task_id)
    batched = BatchedAgent(problem, SEEDS, shipped.algorithm, shipped.prior, settings)
    singles = [shipped.build(problem, [seed], [settings]) for seed in SEEDS]
    rollouts, orders = [], []
    for single, seed in zip(singles, SEEDS, strict=True):
        env = SimulatorVectorEnv(get_task(task_id).simulator(), settings.num_envs)
        env.reset(seed=seed)
        model = collected(single.model(VectorEnvAdapter(env)))
        rollouts.append(transitions_of(model))
        state = np.random.get_state()
        rows = settings.num_envs * settings.steps
        orders.append(np.stack([np.random.permutation(rows) for _ in range(getattr(model, "n_epochs", 1))]))
        np.random.set_state(state)
        model.train()

    transitions = Minibatch(*map(torch.stack, zip(*rollouts, strict=True)))
    batched.stack.train(transitions, torch.as_tensor(np.stack(orders)))

    for i, single in enumerate(singles):
        for mine, theirs in zip(batched.stack.network.parameters(), single.network.parameters(), strict=True):
            assert float((mine[i] - theirs).detach().abs().max() if theirs.numel() else 0) < 1e-5


class Script(VectorEnv[Any, Any, Any]):
    """Plays the same observations, rewards and endings whatever the actions are."""

    def __init__(self, seeds: int, copies: int, steps: int) -> None:
        rng = np.random.default_rng(0)
        self.num_envs = seeds * copies
        shape = (steps + 1, self.num_envs)
        self.observations = rng.standard_normal((*shape, 4)).astype(np.float32)
        self.last = rng.standard_normal((*shape, 4)).astype(np.float32)
        self.rewards = rng.standard_normal(shape)
        self.terminated, self.truncated = rng.random(shape) < 0.2, rng.random(shape) < 0.2
        self.single_observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (4,))
        self.single_action_space = gymnasium.spaces.Discrete(2)
        self.rows = np.arange(self.num_envs)

    def only(self, rows: slice) -> Script:
        """The same script for some of the rows."""
        self.rows = np.arange(len(self.terminated[0]))[rows]
        self.num_envs = len(self.rows)
        return self

    def reset(self, **_: Any) -> Any:
        self.t = 0
        return self.observations[0, self.rows], {}

    def step(self, actions: Any) -> Any:
        assert actions.shape == (self.num_envs,)
        t, rows = self.t, self.rows
        self.t += 1
        terminated, truncated = self.terminated[t, rows], self.truncated[t, rows]
        infos = {"final_obs": self.last[t, rows], "_final_obs": terminated | truncated}
        return self.observations[t + 1, rows], self.rewards[t, rows], terminated, truncated, infos


def test_advantages_equal_stable_baselines3_where_episodes_end_and_are_cut_off() -> None:
    shipped = get_agent("a2c")
    settings = shipped.settings("cartpole", {"num_envs": 3, "steps": 12, "gae_lambda": 0.9})
    problem = problem_of("cartpole-v1")
    batched = BatchedAgent(problem, SEEDS, shipped.algorithm, shipped.prior, settings)
    found: list[Minibatch] = []
    batched.stack.update = lambda now: len(found.append(batched.stack.transitions(now)) or "")  # type: ignore[method-assign, func-returns-value]
    batched.learn(Script(3, 3, 12), 36)
    for i, seed in enumerate(SEEDS):
        model = shipped.build(problem, [seed], [settings]).model(
            VectorEnvAdapter(Script(3, 3, 12).only(slice(3 * i, 3 * i + 3)))
        )
        buffer = collected(model).rollout_buffer
        np.testing.assert_allclose(found[0].advantages[i].view(12, 3), buffer.advantages, atol=1e-5)
        np.testing.assert_allclose(found[0].returns[i].view(12, 3), buffer.returns, atol=1e-5)
