"""Weights that are written out once while an agent acts: the same to the bit, and never stale."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from symprior.agents import Problem, get_agent
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.layers.equivariant import BasisLinear, BasisWeight, keep_weights
from symprior.symmetry.symmetrizer import equivariant_basis
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv, training_seeds

SMALL: dict[str, Any] = {"learning_starts": 32, "batch_size": 16, "buffer_size": 500}
VALUES: dict[str, Any] = {**SMALL, "num_envs": 4, "train_frequency": 16, "gradient_steps": 2}
SETTINGS: dict[str, dict[str, Any]] = {
    "ppo": {"num_envs": 4, "steps": 8, "minibatches": 2},
    "dqn": VALUES,
    "qrdqn": {**VALUES, "quantiles": 5},
    "sac": SMALL,
    "td3": SMALL,
}


def test_kept_weights_are_expanded_once_and_never_stale():
    symmetry = get_task("grid-catch-v1").symmetry()
    network = ActorCritic(symmetry, (4, 4, 8), equivariant_basis, np.random.default_rng(0))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    observations, _ = get_task("grid-catch-v1").make_vector(8).reset(seed=0)
    images, weight = torch.as_tensor(observations), network.dense[0].weight
    start = {name: values.clone() for name, values in network.state_dict().items()}
    with torch.no_grad():
        assert weight.matrix() is not weight.matrix(), "nobody said that nothing changes"
        expected = network(images)[0]
        keep_weights(network, True)
        assert torch.equal(network(images)[0], expected) and torch.equal(network(images)[0], expected)
        assert weight.matrix() is weight.matrix()
    network(images)[0].square().sum().backward()  # with gradients they are part of the graph
    optimizer.step()
    with torch.no_grad():
        moved = network(images)[0]
        assert not torch.equal(moved, expected)
        network.load_state_dict(start)
        assert torch.equal(network(images)[0], expected)
        keep_weights(network, False)
        assert weight.matrix() is not weight.matrix()


class Watched(SimulatorVectorEnv):
    """Asks at each step whether the matrices of the acting network are kept, and whether what is kept is what they are."""

    network: Any
    kept: list[bool]

    def step(self, actions: Any) -> Any:
        """As of the base class."""
        with torch.no_grad():
            weights = [module.weight for module in self.network.modules() if isinstance(module, BasisLinear)]
            kept = [weight.matrix() is weight.matrix() for weight in weights]
            assert all(torch.equal(weight.matrix(), weight._matrix()) for weight in weights), "stale"
        self.kept.append(all(kept))
        return super().step(actions)


def _trained(name: str, task_id: str, learner: str) -> tuple[torch.Tensor, list[bool]]:
    task, shipped = get_task(task_id), get_agent(name)
    settings = shipped.settings(task.family, SETTINGS[shipped.algorithm.name])
    seeds = [3] if learner == "stable-baselines3" else [3, 4]
    agent: Any = shipped.build(Problem.of(task), seeds, [settings] * len(seeds), learner)
    env = Watched(task.simulator(), agent.num_envs * len(seeds))
    network = agent.network if len(seeds) == 1 else agent.population.network
    env.network, env.kept = getattr(network, "actor", network), []
    env.reset(seed=np.concatenate([training_seeds(task_id, seed, agent.num_envs) for seed in seeds]))
    agent.learn(env, 192)
    assert agent.gradient_steps > 0
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()]), env.kept


@pytest.mark.parametrize(
    ("name", "task_id", "learner"),
    [
        ("ppo+homomorphic", "cartpole-v1", "stable-baselines3"),
        ("dqn+homomorphic", "cartpole-v1", "stable-baselines3"),
        ("qrdqn+homomorphic", "cartpole-v1", "stable-baselines3"),
        ("sac+homomorphic", "pendulum-v1", "stable-baselines3"),
        ("td3+homomorphic", "pendulum-v1", "stable-baselines3"),
        ("ppo+homomorphic", "cartpole-v1", "batched"),
        ("ppo+homomorphic", "grid-catch-v1", "batched"),
        ("ppo+mirror", "pendulum-v1", "batched"),
        ("dqn+homomorphic", "cartpole-v1", "batched"),
    ],
)
@pytest.mark.cells(test=2, ci=5)
def test_whoever_acts_keeps_weights_until_an_update_and_does_the_same(
    monkeypatch: pytest.MonkeyPatch, name: str, task_id: str, learner: str
) -> None:
    kept, while_acting = _trained(name, task_id, learner)
    monkeypatch.setattr(BasisWeight, "keep", lambda weight, kept: None)
    written_out, never = _trained(name, task_id, learner)
    assert torch.equal(kept, written_out)
    assert not any(never)
    acted = while_acting[40:]  # actions of the first steps are random where learning has not started
    assert acted and all(acted)
