"""Goal tasks: what is seen is world and goal alike, the goal ends an episode, and the data know of no goal."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.symmetry.arrays import as_numpy
from symprior.tasks import TASKS, get_task
from symprior.tasks.environments.simulators import Simulator, SimulatorVectorEnv
from symprior.tasks.families.planning.goals import GOAL_REWARD, GoalSimulator

GIVEN = [name for name in TASKS if get_task(name).given is not None]


def simulator_of(name: str) -> GoalSimulator:
    made = get_task(name).simulator
    assert made is not None
    simulator = made()
    assert isinstance(simulator, GoalSimulator)
    return simulator


FINITE = [name for name in GIVEN if isinstance(get_task(name).simulator(), GoalSimulator)]  # type: ignore[misc]


def some_states(simulator: GoalSimulator, count: int = 300) -> np.ndarray:
    states = simulator.all_states()
    return states[np.random.default_rng(0).choice(len(states), min(count, len(states)), replace=False)]


@pytest.mark.parametrize("name", FINITE)
def test_both_halves_are_seen_as_the_world_is(name: str) -> None:
    simulator = simulator_of(name)
    states = some_states(simulator)
    present, goal = np.split(np.asarray(simulator.observe(states)), 2, axis=1)
    np.testing.assert_array_equal(present, simulator.world.observe(states[:, :-1]))
    np.testing.assert_array_equal(goal, simulator.world.observe(simulator.goals[states[:, -1]]))
    np.testing.assert_array_equal(simulator.recognise(simulator.observe(states)), states)


@pytest.mark.parametrize("name", FINITE)
def test_the_goal_alone_ends_an_episode_and_is_paid(name: str) -> None:
    simulator = simulator_of(name)
    states, draws = simulator.all_states(), np.empty((len(simulator.all_states()), 0))
    ends = 0
    for action in range(int(simulator.action_space.n)):  # type: ignore[attr-defined]
        following, rewards, ended = (as_numpy(x) for x in simulator.step(states, np.full(len(states), action), draws))
        _, plain, _ = simulator.world.step(states[:, :-1], np.full(len(states), action), draws)
        at_goal = (following[:, :-1] == simulator.goals[following[:, -1]]).all(axis=1)
        np.testing.assert_array_equal(ended, at_goal)
        np.testing.assert_allclose(rewards, as_numpy(plain) + GOAL_REWARD * at_goal)
        ends += int(at_goal.sum())
    assert ends


@pytest.mark.parametrize("name", FINITE)
def test_half_of_the_episodes_have_a_seen_goal(name: str) -> None:
    simulator = simulator_of(name)
    uniforms, probabilities = simulator.reset_support()
    starts = np.asarray(simulator.initial(uniforms))
    assert len(np.unique(starts, axis=0)) == len(starts) and probabilities.sum() == pytest.approx(1)
    assert probabilities[starts[:, -1] < simulator.seen].sum() == pytest.approx(0.5)
    assert set(starts[:, -1]) == set(range(len(simulator.goals)))


@pytest.mark.parametrize("name", GIVEN)
def test_the_symmetry_acts_on_both_halves_alike(name: str) -> None:
    task = get_task(name)
    whole, half = task.symmetry().observation, task.symmetry().half().observation
    seen = np.random.default_rng(0).normal(size=(3, *whole.shape))
    for g in range(len(whole.group)):
        moved = [half(g, part) for part in np.split(seen, 2, axis=1)]
        np.testing.assert_array_equal(whole(g, seen), np.concatenate(moved, axis=1))


@pytest.mark.parametrize("name", GIVEN)
def test_the_data_are_steps_of_the_world_without_a_goal(name: str) -> None:
    task = get_task(name)
    assert task.given is not None
    world, data = task.given.world(), task.given.transitions(task.id, 3, 12)
    assert isinstance(world, Simulator)
    assert len(data) == 12 * task.given.steps == len(data.actions) == len(data.rewards) == len(data.ends)
    assert data.actions.min() == 0 and data.actions.max() == world.action_space.n - 1  # type: ignore[attr-defined]
    states = data.states[:, :-1].reshape(len(data), -1)
    following, rewards, _ = world.step(states, data.actions, np.empty((len(data), 0)))
    np.testing.assert_array_equal(as_numpy(following), data.states[:, 1:].reshape(len(data), -1))
    np.testing.assert_array_equal(as_numpy(rewards), data.rewards)
    index = np.arange(len(data))
    inner = index[~data.ends]
    np.testing.assert_array_equal(data.next_observations(inner), data.observations(inner + 1))
    half = task.symmetry().half().observation
    assert data.observations(index).shape == (len(data), *half.shape)
    assert data.observations(index).dtype == task.observation_space.dtype == world.observation_space.dtype


@pytest.mark.parametrize("name", FINITE)
def test_worlds_run_on_torch_as_on_numpy(name: str) -> None:
    torch = pytest.importorskip("torch")
    by_numpy, by_torch = (SimulatorVectorEnv(simulator_of(name), 16, space) for space in (np, torch))
    np.testing.assert_array_equal(by_numpy.reset(seed=3)[0], by_torch.reset(seed=3)[0].numpy())
    actions = int(simulator_of(name).action_space.n)  # type: ignore[attr-defined]
    for move in np.random.default_rng(0).integers(actions, size=(60, 16)):
        ours, theirs = by_numpy.step(move)[:4], by_torch.step(torch.from_numpy(move))[:4]
        for a, b in zip(ours, theirs, strict=True):
            assert str(b.dtype).removeprefix("torch.") == str(a.dtype)
            np.testing.assert_allclose(a, b.numpy(), rtol=1e-6)
