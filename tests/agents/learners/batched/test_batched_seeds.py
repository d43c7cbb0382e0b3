"""A seed is a seed: whole runs are bit for bit the same whatever a seed's companions, order and threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import array_api_compat.torch
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from symprior.agents.agent import Problem
from symprior.agents.agent.source import BudgetExhausted
from symprior.agents.catalogue import get_agent
from symprior.agents.learners.batched.on_policy import BatchedCategoricalAgent
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv, training_seeds

PAPER: dict[str, Any] = {
    "num_envs": 16,
    "steps": 5,
    "minibatches": 4,
    "epochs": 4,
    "clip_range": 0.1,
    "gae_lambda": 1.0,
    "widths": (64, 128),
    "channels": (64, 64),
}
OTHER_PRIORS = (
    "average",
    "fold",
    "mirror",
    "relaxed",
    "augment-one",
    "augment-episode",
    "generic-augment",
    "more-steps",
)
SMALL_IMAGES: dict[str, Any] = {"num_envs": 3, "widths": (3, 5, 17), "channels": (2, 3, 5)}


def agent_of(
    name: str, task_id: str, seeds: Sequence[int], settings: dict[str, Any] | list[dict[str, Any]]
) -> BatchedCategoricalAgent:
    task, shipped = get_task(task_id), get_agent(name)
    simulator = task.simulator()
    problem = Problem(simulator.observation_space, simulator.action_space, task.symmetry())
    each = [settings] * len(seeds) if isinstance(settings, dict) else settings
    agent = shipped.build(problem, seeds, [shipped.settings(task.family, one) for one in each], "batched")
    assert isinstance(agent, BatchedCategoricalAgent)
    return agent


def environments(task_id: str, seeds: Sequence[int], copies: int, **place: Any) -> SimulatorVectorEnv:
    env = SimulatorVectorEnv(get_task(task_id).simulator(), copies * len(seeds), **place)
    env.reset(seed=np.concatenate([training_seeds(task_id, seed, copies) for seed in seeds]))
    return env


def trained(
    name: str, task_id: str, seeds: Sequence[int], settings: Any, steps: int, **place: Any
) -> BatchedCategoricalAgent:
    agent = agent_of(name, task_id, seeds, settings)
    agent.learn(environments(task_id, seeds, agent.num_envs, **place), steps)
    return agent


def network_of(agent: BatchedCategoricalAgent, seed: int) -> NDArray[np.float32]:
    """All parameters of one seed."""
    row = agent.seeds.index(seed)
    return torch.cat([p[row].flatten() for p in agent.network.parameters()]).detach().numpy()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ppo", "ppo+augment", "ppo+random-basis", "ppo+homomorphic"])
@pytest.mark.cells(test=1, ci=2)
def test_a_seed_does_not_depend_on_its_companions_order_or_threads(name: str) -> None:
    run = 800  # 160 gradient steps: the kernels of one seed and of several would differ by then
    alone = network_of(trained(name, "cartpole-v1", [7], PAPER, run), 7)
    for seeds in ([9, 7], list(range(24, -1, -1)), list(range(100))):
        together = trained(name, "cartpole-v1", seeds, PAPER, run)
        np.testing.assert_array_equal(network_of(together, 7), alone)
    before = torch.get_num_threads()
    torch.set_num_threads(3 - min(before, 2))
    try:
        np.testing.assert_array_equal(network_of(trained(name, "cartpole-v1", [3, 7], PAPER, run), 7), alone)
        assert torch.get_num_threads() == 3 - min(before, 2), "training leaves the number of threads as it was"
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("name", "task_id", "settings", "steps"),
    [
        *((name, "grid-catch-vector-v1", {"channels": (7, 9)}, 800) for name in ("a2c", "a2c+homomorphic")),
        *((name, "grid-catch-v1", SMALL_IMAGES, 150) for name in ("a2c", "a2c+homomorphic")),
        *((f"a2c+{prior}", "grid-catch-vector-v1", {"channels": (3, 5)}, 800) for prior in OTHER_PRIORS),
        *((f"a2c+{prior}", "room-vector-v1", {"channels": (3, 5)}, 400) for prior in ("average", "mirror")),
        ("ppo+augment-own-probability", "grid-catch-vector-v1", {"channels": (3, 5)}, 512),
        ("a2c+fold", "grid-catch-v1", SMALL_IMAGES, 150),
        ("a2c+generic-augment", "grid-catch-v1", SMALL_IMAGES, 150),
        ("a2c+relaxed", "grid-catch-v1", SMALL_IMAGES, 150),
    ],
)
@pytest.mark.cells(test=2, ci=6)
def test_a_seed_does_not_depend_on_its_companions_on_the_grid(
    name: str, task_id: str, settings: dict[str, Any], steps: int
) -> None:
    alone = network_of(trained(name, task_id, [7], settings, steps), 7)
    for seeds in ([7, 9], [2, 5, 7], list(range(25))):
        np.testing.assert_array_equal(network_of(trained(name, task_id, seeds, settings, steps), 7), alone)


def test_a_diverged_seed_changes_nothing_for_its_neighbours() -> None:
    agents = [agent_of("ppo+homomorphic", "cartpole-v1", [1, 2, 3], PAPER) for _ in range(2)]
    next(agents[1].network.parameters()).data[1] = torch.nan
    for agent in agents:
        agent.learn(environments("cartpole-v1", agent.seeds, agent.num_envs), 1600)
    for seed in (1, 3):
        np.testing.assert_array_equal(network_of(agents[0], seed), network_of(agents[1], seed))
    assert agents[0].diverged.tolist() == [False, False, False]
    assert agents[1].diverged.tolist() == [False, True, False]
    assert set(agents[1].act(np.zeros((6, 4), dtype=np.float32))) <= {0, 1}


def test_hyperparameters_along_the_seed_axis_equal_separate_runs() -> None:
    varied = [
        {**PAPER, "learning_rate": 1e-2, "entropy_coefficient": 0.0},
        {**PAPER, "learning_rate": 1e-3, "clip_range": 0.3},
        {**PAPER, "learning_rate": 1e-2, "gamma": 0.9},
    ]
    together = trained("ppo", "cartpole-v1", [4, 5, 4], varied, 1600)
    for row, (seed, settings) in enumerate(zip([4, 5, 4], varied, strict=True)):
        alone = trained("ppo", "cartpole-v1", [seed], settings, 1600)
        for mine, theirs in zip(together.network.parameters(), alone.network.parameters(), strict=True):
            assert torch.equal(mine[row], theirs[0])


def test_settings_that_shape_the_computation_must_be_equal() -> None:
    with pytest.raises(SympriorError, match="share steps"):
        agent_of("ppo", "cartpole-v1", [1, 2], [PAPER, {**PAPER, "steps": 10}])


@pytest.mark.parametrize("name", ["a2c", "ppo+homomorphic"])
@pytest.mark.cells(test=1)
def test_torch_environments_train_as_numpy_ones(name: str) -> None:
    settings = {"num_envs": 4, "steps": 5, "channels": (4, 4)} | ({"minibatches": 2} if "ppo" in name else {})
    host = trained(name, "grid-catch-vector-v1", [1, 2], settings, 2000)
    device = trained(name, "grid-catch-vector-v1", [1, 2], settings, 2000, namespace=array_api_compat.torch)
    for seed in (1, 2):
        np.testing.assert_array_equal(network_of(host, seed), network_of(device, seed))
    rows = np.random.default_rng(0).uniform(-1, 1, (6, 2)).astype(np.float32)
    for agent in (host, device):
        agent.seed_policy(np.arange(6))
    assert host.act(rows).tolist() == device.act(torch.as_tensor(rows)).tolist()


def test_rows_are_the_seeds_own_and_so_are_their_streams() -> None:
    together = agent_of("a2c", "cartpole-v1", [5, 6], {})
    observations = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32)
    for row, seed in enumerate((5, 6)):
        alone = agent_of("a2c", "cartpole-v1", [seed], {})
        rows = slice(3 * row, 3 * row + 3)
        np.testing.assert_array_equal(
            together.action_probabilities(observations)[rows], alone.action_probabilities(observations[rows])
        )
        together.seed_policy(np.arange(6))
        alone.seed_policy(np.arange(6)[rows])
        np.testing.assert_array_equal(together.act(observations)[rows], alone.act(observations[rows]))


def test_the_environment_ends_the_training() -> None:
    class Metered(SimulatorVectorEnv):
        steps = 0

        def step(self, actions: Any) -> Any:
            if self.steps == 12:
                raise BudgetExhausted
            self.steps += 1
            return super().step(actions)

    agent = agent_of("a2c", "cartpole-v1", [1, 2], {"num_envs": 4, "steps": 5})
    agent.learn(Metered(get_task("cartpole-v1").simulator(), 8), 1000)
    assert agent.gradient_steps == 2


def test_it_learns() -> None:
    agent = trained("ppo+homomorphic", "cartpole-v1", [1, 2, 3], {**PAPER, "learning_rate": 1e-2}, 12_000)
    env = environments("cartpole-v1", [11, 12, 13], 4)
    observations, _ = env.reset()
    alive, returns = np.ones(12, dtype=bool), np.zeros(12)
    while alive.any():
        observations, rewards, terminated, truncated, _ = env.step(agent.act_greedily(observations))
        returns += rewards * alive
        alive &= ~(terminated | truncated)
    assert returns.mean() > 150
