"""Agents: composition by name, settings, augmentation, and equivariance after training."""

import numpy as np
import pytest
import torch

from symprior.agents import Problem, agent_names, get_agent
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.batch import Minibatch
from symprior.agents.priors.prior import PRIORS
from symprior.benchmark.run.equivariance import closed_under, equivariance_error
from symprior.tasks import SympriorError, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv
from symprior.tasks.references.frozen_states import frozen_observations

TASK_IDS = ["cartpole-v1", "grid-catch-v1", "grid-catch-vector-v1"]


def _trained(agent_id, task_id, seed=0, steps=1024):
    task = get_task(task_id)
    simulator = task.simulator()
    problem = Problem(simulator.observation_space, simulator.action_space, task.symmetry())
    shipped = get_agent(agent_id)
    agent = shipped.build(problem, [seed], [shipped.settings(task.family)])
    environment = SimulatorVectorEnv(simulator, agent.num_envs)
    environment.reset(seed=seed)
    agent.learn(environment, steps)
    return agent


@pytest.mark.parametrize("task_id", TASK_IDS)
@pytest.mark.parametrize("algorithm", ["ppo", "a2c"])
def test_homomorphic_agents_stay_equivariant_while_they_learn(algorithm, task_id):
    task = get_task(task_id)
    agent = _trained(f"{algorithm}+homomorphic", task_id)
    symmetry = task.symmetry()
    policy = agent.action_probabilities(closed_under(symmetry, frozen_observations(task)))
    assert policy.std(axis=0).max() > 1e-4, "the policy learned to depend on the observation"
    assert equivariance_error(policy, symmetry).raw_maximum < 1e-5


def test_plain_agents_are_measurably_not_equivariant():
    task = get_task("cartpole-v1")
    agent = _trained("ppo", "cartpole-v1", steps=8192)
    policy = agent.action_probabilities(closed_under(task.symmetry(), frozen_observations(task)))
    assert equivariance_error(policy, task.symmetry()).raw_maximum > 0.01


def test_a_constant_policy_has_no_equivariance_error_to_speak_of():
    task = get_task("cartpole-v1")
    error = equivariance_error(np.full((500, 2), [0.7, 0.3]), task.symmetry())
    assert error.mean is None
    assert error.raw_maximum == pytest.approx(0.4)


@pytest.mark.parametrize("seeds", [(), (3,)])
def test_augmentation_adds_the_orbit_and_keeps_the_original_log_probabilities(seeds):
    symmetry = get_task("grid-catch-vector-v1").symmetry()
    observations = torch.randn(*seeds, 5, 2)
    actions = torch.randint(0, 5, (*seeds, 5))
    values = torch.randn(*seeds, 5)
    batch = Minibatch(observations, actions, values, values + 1, values + 2, values + 3)
    seen = PRIORS["augment"].minibatch(batch, Orbit(symmetry))
    axis = len(seeds)
    assert seen.observations.shape == (*seeds, 20, 2)
    for g in range(4):
        rows = slice(5 * g, 5 * g + 5)
        torch.testing.assert_close(seen.observations.narrow(axis, 5 * g, 5), symmetry.observation(g, observations))
        assert torch.equal(seen.actions[..., rows], symmetry.act_on_actions(g, actions))
        assert torch.equal(seen.old_log_probabilities[..., rows], values + 1)
        assert torch.equal(seen.advantages[..., rows], values + 2)
        assert torch.equal(seen.returns[..., rows], values + 3)


def test_augmentation_takes_as_many_gradient_steps_as_plain():
    assert _trained("ppo", "cartpole-v1").gradient_steps == _trained("ppo+augment", "cartpole-v1").gradient_steps > 0


@pytest.mark.parametrize("agent_id", agent_names())
def test_every_agent_has_a_card(agent_id):
    agent = get_agent(agent_id)
    assert agent.id == agent_id
    assert len(agent.description) > 20


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("poo", "Did you mean 'ppo'"),
        ("ppo+homomorfic", "Did you mean 'homomorphic'"),
        ("random+augment", "takes no prior"),
    ],
)
def test_unknown_agents_are_refused_helpfully(name, message):
    with pytest.raises(SympriorError, match=message):
        get_agent(name)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"learning_rate": -1}, r"cannot take learning_rate = -1: .* \(learning_rate: Adam's, constant\.\)"),
        ({"learning_rat": 0.1}, "no setting of ppo 'learning_rat'. Did you mean 'learning_rate'"),
        ({"num_envs": 3, "steps": 5, "minibatches": 4}, "cannot take these settings together"),
    ],
)
def test_impossible_settings_are_refused(overrides, message):
    with pytest.raises(SympriorError, match=message):
        get_agent("ppo").settings("cartpole", overrides)
