"""tanh in place of ReLU: a setting of all agents alike, with which strict agents stay equivariant."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from symprior.agents import get_agent
from symprior.agents.networks.trunk import Trunk
from symprior.benchmark.run.equivariance import closed_under, equivariance_error
from symprior.tasks import SympriorError, get_task
from symprior.tasks.references.frozen_states import frozen_observations

LEARNERS = ("stable-baselines3", "batched")


def fresh(name: str, task_id: str, activation: str, learner: str) -> object:
    agent, task = get_agent(name), get_task(task_id)
    settings = agent.settings(task.family, {"activation": activation})
    return agent.build(agent.problem(task, settings), [3], [settings], learner)


def probabilities(name: str, task_id: str, activation: str, learner: str = LEARNERS[0]) -> np.ndarray:
    task = get_task(task_id)
    states = closed_under(task.symmetry(), frozen_observations(task))
    return np.asarray(fresh(name, task_id, activation, learner).action_probabilities(states))  # type: ignore[attr-defined]


@pytest.mark.parametrize("task_id", ["cartpole-v1", "grid-catch-v1"])
@pytest.mark.parametrize("prior", ["homomorphic", "average", "fold"])
def test_strict_agents_stay_equivariant(prior: str, task_id: str) -> None:
    found = probabilities(f"ppo+{prior}", task_id, "tanh")
    assert equivariance_error(found, get_task(task_id).symmetry()).raw_maximum < 1e-5
    assert np.abs(found - probabilities(f"ppo+{prior}", task_id, "relu")).max() > 1e-4, "it is used"


@pytest.mark.parametrize("name", ["ppo", "ppo+homomorphic", "a2c+relaxed"])
def test_both_learners_start_with_the_same_network(name: str) -> None:
    one, other = (probabilities(name, "cartpole-v1", "tanh", learner) for learner in LEARNERS)
    np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "task_id", "networks"),
    [
        ("sac+homomorphic", "pendulum-v1", 3),
        ("td3", "pendulum-v1", 3),
        ("dqn+homomorphic", "cartpole-v1", 1),
        ("qrdqn", "cartpole-v1", 1),
    ],
)
def test_every_network_of_an_agent_takes_it(name: str, task_id: str, networks: int) -> None:
    whole = copy.deepcopy(fresh(name, task_id, "tanh", LEARNERS[0]).network)  # type: ignore[attr-defined]
    assert [module.activation for module in whole.modules() if isinstance(module, Trunk)] == ["tanh"] * networks


def test_records_name_it_where_it_is_not_relu() -> None:
    agent = get_agent("ppo")
    assert "activation" not in agent.settings("cartpole").model_dump()
    assert agent.settings("cartpole", {"activation": "tanh"}).model_dump()["activation"] == "tanh"
    with pytest.raises(SympriorError, match="'relu' or 'tanh'"):
        agent.settings("cartpole", {"activation": "gelu"})
