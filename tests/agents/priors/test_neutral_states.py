"""What equivariant policies do where g s = s: they are fixed by g, too, and without a random number they never leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from symprior.agents import Problem, get_agent
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.sizes import Sizes
from symprior.agents.priors.prior import PRIORS
from symprior.symmetry.groups import dihedral
from symprior.symmetry.representations import direct_sum, rotations_of_the_plane
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import get_task

STRICT = [name for name in PRIORS if PRIORS[name].strict]
Make = Callable[..., Any]


def loud(agent: Any) -> Any:
    """The agent with weights and biases so large that any asymmetry shows."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in agent.network.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.5)
    return agent


def agent_of(name: str, problem: Problem) -> Any:
    shipped = get_agent(name)
    settings = shipped.settings("none", {"widths": (16, 16), "channels": (8, 8)})
    return loud(shipped.build(problem, [1], [settings]))


def test_the_strict_priors_are_those_that_are_meant() -> None:
    assert {"average", "fold", "homomorphic"} <= set(STRICT)
    assert not {"plain", "augment", "mirror", "relaxed", "random-basis"} & set(STRICT)


@pytest.mark.parametrize("prior", STRICT)
def test_exchanged_actions_are_equally_probable(prior: str) -> None:
    """In CartPole's upright centre, which the reflection fixes, an equivariant policy cannot prefer a side."""
    problem, upright = Problem.of(get_task("cartpole-v1")), np.zeros((1, 4), dtype=np.float32)
    aside = np.array([[1, 1, 1, 0]], dtype=np.float32)
    equivariant, plain = agent_of(f"ppo+{prior}", problem), agent_of("ppo", problem)
    np.testing.assert_allclose(equivariant.action_probabilities(upright), 0.5, atol=1e-6)
    assert abs(equivariant.action_probabilities(aside)[0, 0] - 0.5) > 0.05
    assert abs(plain.action_probabilities(upright)[0, 0] - 0.5) > 0.005


@pytest.mark.parametrize("name", ["dqn+homomorphic", "dqn+fold", "qrdqn+homomorphic", "qrdqn+fold"])
def test_the_greedy_choice_is_a_tie_that_is_split_at_random(name: str) -> None:
    agent = agent_of(name, Problem.of(get_task("cartpole-v1")))
    upright = np.zeros((400, 4), dtype=np.float32)
    assert agent.action_probabilities(upright[:1]).tolist() == [[0.5, 0.5]]
    assert 150 < agent.act(upright).sum() < 250


@pytest.mark.parametrize("prior", STRICT)
@pytest.mark.parametrize("task_name", ["line", "plane", "round"])
def test_the_mean_at_a_fixed_point_is_zero(point_mass: Make, task_name: str, prior: str) -> None:
    task = point_mass(task_name)
    origin = np.zeros((1, 2 * task.simulator.dimensions), dtype=np.float32)
    np.testing.assert_allclose(agent_of(f"ppo+{prior}", task.problem).action_means(origin), 0, atol=1e-5)
    assert np.abs(agent_of("ppo", task.problem).action_means(origin)).max() > 0.05


@pytest.mark.parametrize("name", ["sac+homomorphic", "sac+fold", "td3+homomorphic", "td3+fold"])
def test_only_sampling_leads_squashed_policies_out_of_a_fixed_point(point_mass: Make, name: str) -> None:
    task = point_mass("plane")
    origin = np.zeros((50, 4), dtype=np.float32)
    agent = agent_of(name, task.problem)
    np.testing.assert_allclose(agent.act(origin), 0, atol=1e-6)
    assert np.abs(agent.act_sampling(origin)).min(axis=1).max() > 0.01
    assert np.abs(agent_of(name.partition("+")[0], task.problem).act(origin)).max() > 1e-4


@pytest.mark.parametrize("prior", STRICT)
def test_the_mean_lies_in_what_the_stabiliser_fixes(prior: str) -> None:
    """On the axis of a reflection the plane's symmetric force is along the axis."""
    plane = rotations_of_the_plane(dihedral(4))
    symmetry = Symmetry(direct_sum(plane, plane), plane, discrete=False)
    network = PRIORS[prior].network(ActorCritic, symmetry, Sizes((16, 16), (8, 8)), np.random.default_rng(0))
    with torch.no_grad():
        for parameter in network.policy.parameters():
            parameter.mul_(100)
        means, _ = network(torch.tensor([[0.7, 0.0, -0.2, 0.0], [0.0, 0.5, 0.0, 0.9], [0.3, 0.3, 0.1, 0.1]]))
    (along_x, along_y, diagonal) = means[:, :2]
    assert along_x[1].abs() < 1e-5 < along_x[0].abs()
    assert along_y[0].abs() < 1e-5 < along_y[1].abs()
    torch.testing.assert_close(diagonal[0], diagonal[1], atol=1e-5, rtol=1e-5)


def farthest(task: Any, act: Callable[[Any], Any]) -> float:
    """How far a roll-out of twenty steps from the origin at rest leads from there."""
    states = np.zeros((1, 2 * task.simulator.dimensions))
    reached = 0.0
    for _ in range(20):
        actions = act(task.simulator.observe(states))
        states, _, _ = task.simulator.step(states, actions, np.zeros((1, 0)))
        reached = max(reached, float(np.abs(states).max()))
    return reached


@pytest.mark.parametrize("prior", STRICT)
def test_only_a_random_number_leads_out(point_mass: Make, prior: str) -> None:
    task = point_mass("plane")
    agent, plain = agent_of(f"a2c+{prior}", task.problem), agent_of("a2c", task.problem)
    assert farthest(task, agent.act_greedily) < 0.02, "round-off, which grows from step to step"
    assert farthest(task, agent.act) > 0.1
    assert farthest(task, plain.act_greedily) > 0.1
