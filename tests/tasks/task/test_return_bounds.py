"""The returns that a task says no episode can leave: found again by dynamic programming, or held against play."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.references.dynamic_programming import Numbering
from symprior.tasks.references.reference_scores import episode_returns
from symprior.tasks.task.dials import DIALS
from symprior.tasks.task.task import TASKS, Task

OF_DIALS = [DIALS[name].task(value) for name in DIALS for value in DIALS[name].values]
EVERY = [*(TASKS[name] for name in TASKS), *OF_DIALS]
TABULAR = [task for task in EVERY if task.simulator and isinstance(task.simulator(), TabularSimulator)]
UNPROVEN = {
    *("ant-v1", "half-cheetah-v1", "hopper-v1", "humanoid-v1", "humanoid-symmetric-v1", "swimmer-v1", "walker2d-v1"),
    *("lunar-lander-v1", "lunar-lander-continuous-v1"),
}
LARGE = ("collect-v1", "two-agents-v1", "key-room-two-v1")
Choose = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def extreme(simulator: TabularSimulator, choose: Choose) -> NDArray[np.float64]:
    """The least or greatest return of a single episode from each start, over all actions and all chances."""
    states = simulator.all_states()
    number, count = Numbering(states), len(states)
    outcomes = []
    for action in range(int(simulator.action_space.n)):  # type: ignore[attr-defined]
        for uniforms, probability in zip(*simulator.step_support(), strict=True):
            assert probability > 0
            tiled = np.tile(uniforms, (count, 1))
            following, rewards, ended = (
                np.asarray(part) for part in simulator.step(states, np.full(count, action), tiled)
            )
            place = np.zeros(count, dtype=np.int64)
            place[~ended] = number(following[~ended])
            outcomes.append((place, rewards, ended))
    values = np.zeros(count)
    for _ in range(simulator.max_episode_steps):
        candidates = [rewards + np.where(ended, 0, values[place]) for place, rewards, ended in outcomes]
        values = candidates[0]
        for candidate in candidates[1:]:
            values = choose(values, candidate)
    return values[np.unique(number(np.asarray(simulator.initial(simulator.reset_support()[0]))))]


def marked(task: Task) -> object:
    return pytest.param(task, id=task.id, marks=[pytest.mark.exhaustive] if task.id in LARGE else [])


@pytest.mark.parametrize("task", map(marked, TABULAR))
def test_bounds_are_the_extremes_of_all_episodes(task: Task) -> None:
    assert task.simulator is not None
    simulator = task.simulator()
    assert isinstance(simulator, TabularSimulator)
    found = extreme(simulator, np.minimum).min(), extreme(simulator, np.maximum).max()
    assert task.return_bounds == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize("name", ["cartpole-v1", "cartpole-positions-v1", "acrobot-v1", "pendulum-v1"])
@pytest.mark.parametrize("played", ["random", "reference policy"])
def test_no_episode_leaves_the_bounds(name: str, played: str) -> None:
    task = TASKS[name]
    space = task.action_space
    space.seed(0)

    def at_random(states: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([space.sample() for _ in states])

    policy = at_random if played == "random" else task.reference_policy
    assert policy is not None
    returns = episode_returns(task, policy, played, 16)
    least, most = task.return_bounds
    assert least is not None and most is not None
    assert least <= returns.min() and returns.max() <= most


def test_a_step_of_the_pendulum_costs_no_more_than_its_bound_says() -> None:
    task = TASKS["pendulum-v1"]
    assert task.simulator is not None and task.return_bounds[0] is not None
    angles, speeds = (each.ravel() for each in np.meshgrid(np.linspace(-9, 9, 401), np.linspace(-8, 8, 65)))
    for torque in (-2.0, 0.0, 2.0):
        actions = np.full((len(angles), 1), torque)
        _, rewards, _ = task.simulator().step(np.stack([angles, speeds], axis=1), actions, np.zeros((len(angles), 0)))
        assert task.return_bounds[0] / task.max_episode_steps <= rewards.min() < rewards.max() <= 0
    assert task.return_bounds[0] == pytest.approx(-200 * (np.pi**2 + 6.4 + 0.004))


def test_only_robots_and_the_lander_have_no_bound() -> None:
    unbounded = {task.id.partition("@")[0] for task in EVERY if task.return_bounds == (None, None)}
    assert unbounded - UNPROVEN <= {dial for dial in DIALS if "walker2d" in dial}


@pytest.mark.parametrize("task", [task for task in EVERY if task.is_measured], ids=lambda task: task.id)
def test_references_lie_within_the_bounds(task: Task) -> None:
    least, most = task.return_bounds
    for policy in task.references.policies.values():
        assert least is None or policy.value >= least - 1e-9
        assert most is None or policy.value <= most + 1e-9
