"""In the fused kernel a seed's numbers are its own: whatever runs beside it, and on every repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from symprior.agents import get_agent
from symprior.agents.acting.actors import CategoricalActor, GaussianActor
from symprior.agents.learners.batched.kernel.arithmetic.entries import train_policies
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import training_seeds

AGENTS = [
    ("ppo", "cartpole-v1"),
    ("ppo+homomorphic", "grid-catch-vector-v1"),
    ("ppo+augment", "cartpole-v1"),
    ("ppo+mirror", "cartpole-v1"),
    ("a2c+average", "grid-catch-vector-v1"),
    ("a2c+random-basis", "cartpole-v1"),
    ("ppo+fold", "pendulum-v1"),
    ("ppo", "pendulum-v1"),
    ("dqn", "cartpole-v1"),
    ("dqn+fold", "grid-catch-vector-v1"),
]
QUICK: dict[str, Any] = {"learning_starts": 64, "train_frequency": 4, "gradient_steps": 4, "target_update_interval": 64}


def trained(name: str, task_id: str, seeds: Sequence[int], rates: Sequence[float] = (1e-3,), steps: int = 800) -> Any:
    shipped, task = get_agent(name), get_task(task_id)
    own = QUICK if name.startswith("dqn") else {"num_envs": 8, "steps": 10}
    each = [{**own, "learning_rate": rate} for rate in (rates if len(rates) > 1 else rates * len(seeds))]
    settings = [shipped.settings(task.family, one) for one in each]
    agent: Any = shipped.build(shipped.problem(task, settings[0]), seeds, settings, "batched", kernel="fused")
    env = task.make_vector(agent.num_envs * len(seeds))
    env.reset(seed=np.concatenate([training_seeds(task_id, seed, agent.num_envs) for seed in seeds]))
    agent.learn(env, steps)
    assert agent.kernel == "fused"
    return agent


def parameters(agent: Any, seed: int) -> NDArray[np.float32]:
    row = agent.seeds.index(seed)
    each = [parameter.detach().numpy()[row].ravel() for parameter in agent.network.parameters()]
    return np.concatenate(each)


@pytest.mark.parametrize(("name", "task_id"), AGENTS)
@pytest.mark.cells(test=4, ci=10)
def test_a_seed_is_the_same_whatever_runs_beside_it(name: str, task_id: str) -> None:
    alone = trained(name, task_id, [2])
    for companions in ([2, 7], [9, 5, 2], [2, 1, 3, 4, 5, 6, 7]):
        beside = trained(name, task_id, companions)
        np.testing.assert_array_equal(parameters(alone, 2), parameters(beside, 2))
    assert not np.array_equal(parameters(beside, 2), parameters(beside, 1))


def test_one_seed_is_trained_by_what_was_compiled_for_several() -> None:
    trained("ppo", "cartpole-v1", [1, 2], steps=80)
    known = {*train_policies.signatures}
    trained("ppo+augment", "cartpole-v1", [2], steps=80)
    assert {*train_policies.signatures} == known


def test_a_seed_is_the_same_beside_other_learning_rates() -> None:
    alone = trained("ppo", "cartpole-v1", [2, 3])
    beside = trained("ppo", "cartpole-v1", [1, 2], [1e-2, 1e-3])
    np.testing.assert_array_equal(parameters(alone, 2), parameters(beside, 2))


@pytest.mark.parametrize(("name", "task_id"), AGENTS[:2])
def test_a_repeat_has_the_same_bits(name: str, task_id: str) -> None:
    np.testing.assert_array_equal(*(parameters(trained(name, task_id, [1, 2]), 2) for _ in range(2)))


def test_acting_of_a_seed_does_not_depend_on_the_others() -> None:
    together, alone = trained("ppo", "cartpole-v1", [5, 6]), trained("ppo", "cartpole-v1", [6])
    observations = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32)
    np.testing.assert_array_equal(
        together.action_probabilities(observations)[3:], alone.action_probabilities(observations[3:])
    )


@pytest.mark.parametrize(("name", "task_id"), [AGENTS[1], AGENTS[4], AGENTS[6], AGENTS[7]])
def test_actions_in_evaluations_are_those_of_the_policy_that_it_states(name: str, task_id: str) -> None:
    agent = trained(name, task_id, [5, 6])
    env = get_task(task_id).make_vector(400)
    observations, _ = env.reset(seed=np.arange(400))
    of_actor = CategoricalActor if get_task(task_id).symmetry().discrete else GaussianActor
    drawn = []
    for act in (agent.act, lambda rows: of_actor.act(agent, rows)):
        agent.seed_policy(np.arange(400))
        drawn.append([act(observations) for _ in range(3)])
    assert np.ptp(drawn[0]) > 0
    np.testing.assert_allclose(drawn[0], drawn[1], rtol=1e-6)


@pytest.mark.parametrize("name", ["ppo+homomorphic", "dqn+homomorphic"])
def test_it_acts_by_the_parameters_as_they_are(name: str) -> None:
    agent, other = trained(name, "cartpole-v1", [5]), trained(name, "cartpole-v1", [6])
    observations = np.random.default_rng(0).standard_normal((50, 4)).astype(np.float32)
    before, wanted = agent.action_probabilities(observations), other.action_probabilities(observations)
    with torch.no_grad():
        for mine, theirs in zip(agent.network.parameters(), other.network.parameters(), strict=True):
            mine.copy_(theirs)
    np.testing.assert_array_equal(agent.action_probabilities(observations), wanted)
    assert not np.array_equal(before, wanted)


def test_it_learns() -> None:
    agent = trained("ppo+homomorphic", "cartpole-v1", [1, 2, 3], [1e-2], 12_000)
    env = get_task("cartpole-v1").make_vector(12)
    observations, _ = env.reset(seed=1)
    alive, returns = np.ones(12, dtype=bool), np.zeros(12)
    while alive.any():
        observations, rewards, terminated, truncated, _ = env.step(agent.act_greedily(observations))
        returns += rewards * alive
        alive &= ~(terminated | truncated)
    assert returns.mean() > 150


def test_a_run_that_diverged_is_seen(  # what is no number must not be taken for a small one
) -> None:
    agent = trained("ppo", "cartpole-v1", [1, 2], [1e30, 1e-3], 400)
    assert agent.diverged.tolist() == [True, False]
