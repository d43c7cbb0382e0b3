"""One update of the batched learner is Stable-Baselines3's, and so are its advantages."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.vector import VectorEnv

from symprior.agents.agent import Problem
from symprior.agents.catalogue import get_agent
from symprior.agents.learners.stable_baselines3.models.environment import VectorEnvAdapter
from symprior.agents.priors.batch import Minibatch
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv

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
    if isinstance(model.action_space, gymnasium.spaces.Discrete):
        actions = actions.squeeze(-1).long()
    return [observations, actions, *(column.squeeze(-1) for column in others)]


def differences(
    algorithm: str,
    prior: str,
    problem: Problem,
    overrides: dict[str, Any],
    environments: Callable[[int, int], SimulatorVectorEnv],
) -> dict[str, float]:
    """How far the parameters are apart, at most, after one update of each learner from the same rollouts.

    Args:
        algorithm, prior, problem, overrides: what is trained.
        environments: makes those of (seed, copies).
    """
    shipped = get_agent(f"{algorithm}+{prior}")
    settings = shipped.settings("none", {**SMALL, **ALGORITHMS[algorithm], **overrides})
    batched: Any = shipped.build(problem, SEEDS, [settings] * len(SEEDS), "batched")
    singles: list[Any] = [shipped.build(problem, [seed], [settings]) for seed in SEEDS]
    if overrides.get("normalise_observations"):
        rows = 3 + 2 * torch.randn(len(SEEDS), 50, *problem.observation_space.shape or (), dtype=torch.float64)
        batched.network.normaliser.take_in(rows)
        for single, seen in zip(singles, rows, strict=True):
            single.network.normaliser.take_in(seen)
    rollouts, orders = [], []
    for single, seed in zip(singles, SEEDS, strict=True):
        model = collected(single.model(VectorEnvAdapter(environments(seed, settings.num_envs))))
        rollouts.append(transitions_of(model))
        state = np.random.get_state()
        count = SMALL["num_envs"] * SMALL["steps"]
        epochs = getattr(model, "n_epochs", 1) * shipped.prior.passes(len(problem.symmetry.group))
        orders.append(np.stack([np.random.permutation(count) for _ in range(epochs)]))
        np.random.set_state(state)
        model.train()

    transitions = Minibatch(*map(torch.stack, zip(*rollouts, strict=True)))
    batched.population.train(transitions, torch.as_tensor(np.stack(orders)))

    found = {}
    for i, single in enumerate(singles):
        for (name, mine), theirs in zip(
            batched.population.network.named_parameters(), single.network.parameters(), strict=True
        ):
            gap = float((mine[i] - theirs).detach().abs().max()) if theirs.numel() else 0.0
            found[name] = max(gap, found.get(name, 0.0))
    return found


VECTORS, IMAGES = ("cartpole-v1", "grid-catch-vector-v1"), "grid-catch-v1"
MIRROR = {"mirror_weight": 400.0, "mirror_divergence": "kl"}


@pytest.mark.parametrize(
    ("prior", "task_id", "algorithm", "more"),
    [
        *(
            (prior, task_id, algorithm, {"normalise_advantage": normalise})
            for prior, task_id, algorithm in product(
                ("plain", "augment", "homomorphic"), (*VECTORS, IMAGES), ALGORITHMS
            )
            for normalise in (False, True)
        ),
        *(("random-basis", task_id, algorithm, {}) for task_id, algorithm in product(VECTORS, ALGORITHMS)),
        *(
            (prior, task_id, algorithm, {})
            for prior in ("average", "fold", "mirror", "relaxed")
            for task_id, algorithm in (("cartpole-v1", "ppo"), ("grid-catch-vector-v1", "a2c"), (IMAGES, "ppo"))
        ),
        *(("mirror", task_id, "ppo", MIRROR) for task_id in VECTORS),
        *(
            (prior, task_id, algorithm, {})
            for prior in ("augment-one", "generic-augment", "more-steps")
            for task_id, algorithm in (("grid-catch-vector-v1", "a2c"), (IMAGES, "ppo"))
        ),
        ("augment-own-probability", "grid-catch-vector-v1", "ppo", {}),
    ],
)
def test_updates_equal_stable_baselines3(prior: str, task_id: str, algorithm: str, more: dict[str, Any]) -> None:
    images = task_id == IMAGES
    sizes = {"widths": (4, 8, 32), "channels": (2, 4, 8)} if images else {"widths": (32, 64), "channels": (16, 32)}

    def environments(seed: int, copies: int) -> SimulatorVectorEnv:
        env = SimulatorVectorEnv(get_task(task_id).simulator(), copies)
        env.reset(seed=seed)
        return env

    overrides = {**sizes, **more}
    apart = differences(algorithm, prior, problem_of(task_id), overrides, environments)
    assert max(apart.values()) < 1e-5


@pytest.mark.parametrize(
    ("name", "prior", "algorithm"),
    [
        *product(
            ("line", "plane", "round"),
            ("plain", "augment", "homomorphic", "random-basis", "nullspace"),
            ALGORITHMS,
        ),
        *(
            (name, prior, algorithm)
            for prior in ("average", "fold", "mirror", "relaxed", "augment-one", "generic-augment")
            for name, algorithm in (("plane", "ppo"), ("round", "a2c"))
        ),
        ("round", "augment-own-probability", "ppo"),
    ],
)
def test_updates_on_action_vectors_equal_stable_baselines3(
    point_mass: Callable[..., Any], name: str, prior: str, algorithm: str
) -> None:
    task = point_mass(name)
    overrides = {"widths": (32, 64), "channels": (16, 32), "normalise_advantage": algorithm == "ppo"}
    apart = differences(
        algorithm, prior, task.problem, overrides, lambda seed, copies: task.environments([seed], copies)
    )
    assert max(apart.values()) < 1e-5
    assert "spread.log_std" in apart


@pytest.mark.parametrize("name", ["plane", "round"])
@pytest.mark.parametrize("prior", ["plain", "augment", "homomorphic"])
def test_updates_on_normalised_observations_equal_stable_baselines3(
    point_mass: Callable[..., Any], name: str, prior: str
) -> None:
    task = point_mass(name)
    overrides = {"widths": (32, 64), "channels": (16, 32), "normalise_observations": True}
    apart = differences("ppo", prior, task.problem, overrides, lambda seed, copies: task.environments([seed], copies))
    assert max(apart.values()) < 1e-5


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
    batched: Any = shipped.build(problem, SEEDS, [settings] * len(SEEDS), "batched")
    found: list[Minibatch] = []
    batched.population.update = lambda now: len(found.append(batched.population.transitions(now)) or "")
    batched.learn(Script(3, 3, 12), 36)
    for i, seed in enumerate(SEEDS):
        model = shipped.build(problem, [seed], [settings]).model(
            VectorEnvAdapter(Script(3, 3, 12).only(slice(3 * i, 3 * i + 3)))
        )
        buffer = collected(model).rollout_buffer
        np.testing.assert_allclose(found[0].advantages[i].view(12, 3), buffer.advantages, atol=1e-5)
        np.testing.assert_allclose(found[0].returns[i].view(12, 3), buffer.returns, atol=1e-5)
