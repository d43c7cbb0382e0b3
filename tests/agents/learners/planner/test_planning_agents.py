"""Agents that plan in latent models: what they learn from given transitions, what they refuse, and what their policy is."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from symprior.agents import get_agent
from symprior.agents.algorithms.algorithm import ALGORITHMS
from symprior.agents.learners.learner import learner_of, reference_learner
from symprior.agents.learners.planner.experience import Experience
from symprior.benchmark.run.protocol import evaluation_points
from symprior.benchmark.run.sources.given_transitions import GivenTransitions
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

TASK = get_task("plan-room-c4-v1")
SMALL = {"gradient_steps": 40, "batch_size": 64, "widths": (8, 8, 32), "latent": 16}
GIVEN = [name for name in ALGORITHMS if ALGORITHMS[name].learns_from_given]


def agent_of(name: str, seed: int = 0, **overrides: Any) -> Any:
    shipped = get_agent(name)
    known = shipped.settings_type.model_fields
    settings = shipped.settings(TASK.family, {name: SMALL[name] for name in SMALL if name in known} | overrides)
    return shipped.build(shipped.problem(TASK, settings), [seed], [settings])


def given(episodes: int = 10, seed: int = 0) -> Any:
    assert TASK.given is not None
    return TASK.given.transitions(TASK.id, seed, episodes)


def goal_task() -> Any:
    simulator: Any = TASK.simulator
    return simulator()


@cache
def observations() -> Any:
    simulator = goal_task()
    return simulator.observe(simulator.all_states()[::29])


@cache
def trained(name: str, **overrides: Any) -> Any:
    agent = agent_of(name, **overrides)
    agent.fit(given())
    return agent


def returns(agent: Any) -> Any:
    """Of one episode from each of many starts."""
    simulator = goal_task()
    states = simulator.all_states()[::13]
    total, goes_on = np.zeros(len(states)), np.ones(len(states), dtype=bool)
    for _ in range(simulator.max_episode_steps):
        actions = agent.act(simulator.observe(states))
        states, rewards, ended = simulator.step(states, actions, np.empty((len(states), 0)))
        total += rewards * goes_on
        goes_on &= ~ended
    return total


@pytest.mark.slow
def test_a_homomorphic_model_plans_well_from_a_hundred_episodes() -> None:
    agent = agent_of("prae+homomorphic", gradient_steps=300, batch_size=128, widths=(16, 16, 100), latent=48)
    assert returns(agent).mean() < 0, "it acts at random before"
    agent.fit(given(100))
    assert returns(agent).mean() > 0.8


@pytest.mark.parametrize("name", GIVEN)
def test_every_size_of_the_data_is_learned_anew(name: str) -> None:
    agent, points = agent_of(name), []
    due = evaluation_points(600, portions=TASK.portions)
    source = GivenTransitions(TASK, 0, 600, due, lambda point: points.append(agent.action_values(observations())))
    agent.learn(source, 600)
    assert source.used == 600
    assert agent.gradient_steps == 2 * SMALL["gradient_steps"]
    assert (points[0] == 0).all(), "nothing is known before the first transitions"
    np.testing.assert_array_equal(points[1], trained(name).action_values(observations()))
    alone = agent_of(name)
    alone.fit(given(30))
    np.testing.assert_array_equal(agent.action_values(observations()), alone.action_values(observations()))
    assert not agent.diverged


def test_an_observation_that_many_transitions_saw_counts_as_often() -> None:
    """The loss is that of encoding every observation of a minibatch by itself."""
    agent = agent_of("prae+homomorphic")
    experience = Experience(given(), TASK.symmetry().half())
    others = torch.rand(64, 5, generator=torch.Generator().manual_seed(0))
    batch = experience.batch(torch.arange(64) % 7, others[:, :2], others[:, 2:])
    found = agent._fitting.loss(experience, batch)
    before, after, beside = (
        agent.model(experience.observations[numbers].flatten(0, numbers.ndim - 1)).unflatten(0, numbers.shape)
        for numbers in (batch.observations, batch.next_observations, batch.others)
    )
    steps = agent.model.step(before)
    rows = torch.arange(64)
    moved = (steps.codes[rows, batch.actions] - after).square().sum(-1).mean()
    apart = torch.relu(1 - (after.unsqueeze(1) - beside).square().sum(-1) / 2).sum(-1).mean()
    earned = (steps.rewards[rows, batch.actions] - batch.rewards).square().mean() / 2
    torch.testing.assert_close(found, moved + apart + earned)


@pytest.mark.parametrize("name", ["autoencoder", "variational-autoencoder"])
def test_reconstruction_alone_moves_the_codes(name: str) -> None:
    """Whatever the action map and the reward are, the encoder learns the same."""
    experience = Experience(given(), TASK.symmetry().half())
    batch = experience.batch(torch.arange(64), torch.empty(64, 0), torch.empty(64, 0))
    gradients = []
    for scale in (1.0, 3.0):
        agent = agent_of(name)
        with torch.no_grad():
            agent.model.move.weight.coefficients.mul_(scale)
            agent.model.reward.weight.coefficients.mul_(scale)
        agent._fitting.loss(experience, batch).backward()
        gradients.append(agent.model.code.weight.coefficients.grad)
    assert torch.equal(*gradients)
    assert gradients[0].abs().max() > 0


def test_values_offline_are_learned_from_goals_in_hindsight() -> None:
    """Where a transition leads to the goal that is put beside it the target is 1, else γ times the best value there."""
    agent = agent_of("offline-dqn", own_goals=1.0)
    experience = Experience(given(), TASK.symmetry().half())
    batch = agent._minibatch(experience)
    ends = experience.everything().next_observations
    assert set(batch.others.flatten().tolist()) <= set(ends.tolist())
    reached = (batch.others.squeeze(1) == batch.next_observations).float().mean()
    assert 1 / 20 < reached < 1 / 2, "goals lie on the way"
    nothing = torch.zeros(4)
    found = agent.loss(experience, batch, lambda seen: nothing.expand(len(seen), 4))
    seen = torch.cat([experience.observations[batch.observations], experience.observations[batch.others[:, 0]]], dim=1)
    said = agent.values(seen).gather(1, batch.actions.unsqueeze(1)).squeeze(1)
    expected = torch.nn.functional.smooth_l1_loss(said, (batch.others[:, 0] == batch.next_observations).float())
    torch.testing.assert_close(found, expected)


def spread(name: str, **overrides: Any) -> float:
    """How far codes lie apart: the mean squared distance of two, over the observations of the data."""
    agent = trained(name, **overrides)
    with torch.no_grad():
        codes = agent.model(Experience(given(), TASK.symmetry().half()).observations)
    return float(2 * codes.var(0).sum())


def test_what_a_model_is_worth_is_measured_on_other_transitions() -> None:
    assert agent_of("prae").latent_measure(given(seed=1)) is None
    learned, longer = (trained("prae+homomorphic", gradient_steps=steps) for steps in (40, 200))
    before, after = (agent.latent_measure(given(seed=1)) for agent in (learned, longer))
    assert after.diagram_error < before.diagram_error < 1
    assert 1 < after.effective_rank < 16


def test_without_negatives_codes_collapse() -> None:
    assert spread("prae-no-negatives", gradient_steps=200) < 0.1 * spread("prae", gradient_steps=200)
    assert spread("jepa", gradient_steps=200) > 1


@pytest.mark.parametrize("name", ["prae+homomorphic", "offline-dqn"])
def test_a_policy_is_carried_out_by_another_agent(name: str) -> None:
    first, other = trained(name), agent_of(name, seed=9)
    other.take_policy(first.policy_arrays(0))
    np.testing.assert_array_equal(first.action_values(observations()), other.action_values(observations()))


def test_a_policy_of_nothing_learned_acts_at_random() -> None:
    other = agent_of("prae+homomorphic")
    other.fit(given())
    other.take_policy(agent_of("prae+homomorphic").policy_arrays(0))
    assert (other.action_values(observations()) == 0).all()


def test_what_an_agent_said_before_does_not_change_what_it_says() -> None:
    asked, alone = agent_of("prae"), agent_of("prae")
    for agent in (asked, alone):
        agent.fit(given())
    for row in observations()[::7]:
        asked.action_values(row[None])
    np.testing.assert_allclose(asked.action_values(observations()), alone.action_values(observations()), atol=1e-6)


def test_fewer_transitions_than_a_minibatch_are_refused() -> None:
    with pytest.raises(
        SympriorError, match=r"200 transitions are fewer than a minibatch of 1,024\. Give more episodes, or"
    ):
        agent_of("prae", batch_size=1024).fit(given())


def test_an_environment_is_refused() -> None:
    with pytest.raises(SympriorError, match="prae learns from transitions that are given beforehand"):
        agent_of("prae").learn(TASK.make_vector(1), 100)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"latent": 0}, r"cannot take latent = 0: .* \(latent: numbers in a code"),
        ({"temperature": 0.0}, "cannot take temperature = 0.0"),
        ({"normalise_observations": True}, "no running statistics"),
    ],
)
def test_impossible_settings_are_refused(overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(SympriorError, match=message):
        get_agent("prae").settings(TASK.family, overrides)


@pytest.mark.parametrize("task", ["cartpole-v1", "pendulum-v1"])
def test_tasks_without_data_are_refused(task: str) -> None:
    refusal = ALGORITHMS["prae"].task_refusal(get_task(task))
    assert refusal is not None
    assert f"{task} has none" in refusal
    assert ALGORITHMS["prae"].task_refusal(TASK) is None


def test_priors_that_have_no_meaning_there_are_refused() -> None:
    with pytest.raises(SympriorError, match=r"no 'prae\+fold'"):
        get_agent("prae+fold")


def test_nobody_asks_for_the_planner_by_name() -> None:
    assert {learner_of(ALGORITHMS[name], reference_learner()) for name in GIVEN} == {"planner"}
