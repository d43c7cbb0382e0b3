"""What holds for every grid world: one truth in numpy and torch, states told by what they show, exact references."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from symprior.tasks import get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv, TabularSimulator
from symprior.tasks.references.dynamic_programming import blind_return, optimal_return, tabulate, uniform_return
from symprior.tasks.references.frozen_states import frozen_observations, uniform_play
from symprior.tasks.references.reference_scores import episode_returns, measure

TASKS = [
    "room-v1",
    "room-vector-v1",
    "room-c4-v1",
    "room-transposed-v1",
    "colour-world-v1",
    "colour-world-vector-v1",
    "key-room-v1",
    "key-room-two-v1",
    "room-bias-v1@eps=0.4",
    "room-observed-bias-v1@eps=0.4",
    "room-obstacles-v1@k=8",
    "room-observed-obstacles-v1@k=8",
    "grid-catch-drift-v1@eps=0.2",
    "grid-catch-observed-drift-v1@eps=0.2",
]


def simulator_of(name: str) -> TabularSimulator:
    made = get_task(name).simulator
    assert made is not None
    simulator = made()
    assert isinstance(simulator, TabularSimulator)
    return simulator


def some_states(simulator: TabularSimulator, count: int = 300) -> np.ndarray:
    states = simulator.all_states()
    return states[np.random.default_rng(0).choice(len(states), min(count, len(states)), replace=False)]


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.filterwarnings("error")
def test_gymnasium_finds_nothing_wrong(name: str) -> None:
    check_env(get_task(name).make().unwrapped, skip_render_check=True)


@pytest.mark.parametrize("name", TASKS)
def test_the_single_environment_is_one_of_the_many(name: str) -> None:
    task = get_task(name)
    single, many = task.make(), SimulatorVectorEnv(simulator_of(name), 2)
    np.testing.assert_array_equal(single.reset(seed=8)[0], many.reset(seed=7)[0][1])
    rng, ended = np.random.default_rng(0), 0
    for _ in range(250):
        actions = rng.integers(task.action_space.n, size=2)  # type: ignore[attr-defined]
        observations, rewards, terminated, truncated, infos = many.step(actions)
        observation, reward, *ends, _ = single.step(actions[1])
        assert (reward, *ends) == (rewards[1], terminated[1], truncated[1])
        if any(ends):
            ended += 1
            np.testing.assert_array_equal(infos["final_obs"][1], observation)
            observation, _ = single.reset()
        np.testing.assert_array_equal(observations[1], observation)
    assert ended


@pytest.mark.parametrize("name", TASKS)
def test_numpy_and_torch_play_the_same_episodes(name: str) -> None:
    torch = pytest.importorskip("torch")
    by_numpy = SimulatorVectorEnv(simulator_of(name), 16)
    by_torch = SimulatorVectorEnv(simulator_of(name), 16, torch)
    np.testing.assert_array_equal(by_numpy.reset(seed=3)[0], by_torch.reset(seed=3)[0].numpy())
    moves = np.random.default_rng(0).integers(4, size=(60, 16))
    for move in moves:
        ours, theirs = by_numpy.step(move)[:4], by_torch.step(torch.from_numpy(move))[:4]
        for a, b in zip(ours, theirs, strict=True):
            assert str(b.dtype).removeprefix("torch.") == str(a.dtype)
            np.testing.assert_allclose(a, b.numpy(), rtol=1e-6)


@pytest.mark.parametrize("name", TASKS)
def test_states_are_told_by_what_they_show(name: str) -> None:
    simulator = simulator_of(name)
    states = some_states(simulator)
    shown = simulator.observe(states)
    np.testing.assert_array_equal(simulator.recognise(shown), states)
    space = simulator.observation_space
    assert shown.dtype == space.dtype and all(space.contains(observation) for observation in shown)


@pytest.mark.parametrize("name", TASKS)
def test_every_state_is_listed_once_and_starts_are_among_them(name: str) -> None:
    simulator = simulator_of(name)
    states = simulator.all_states()
    assert len(np.unique(states, axis=0)) == len(states)
    mdp = tabulate(simulator)  # raises where a state is reached that is not listed
    assert mdp.start.sum() == pytest.approx(1, abs=1e-12)
    reached = sum((of_action.sum(axis=0) > 0).astype(int) for of_action in mdp.transitions)
    assert ((reached > 0) | (mdp.start > 0)).all(), "every state is reached from somewhere, or a start"


@pytest.mark.parametrize("name", TASKS)
def test_starts_are_drawn_as_their_support_says(name: str) -> None:
    simulator = simulator_of(name)
    uniforms, chances = simulator.reset_support()
    assert chances == pytest.approx(np.full(len(chances), 1 / len(chances)))
    drawn = simulator.initial(np.random.default_rng(0).random((20_000, simulator.reset_draws)))
    possible = simulator.initial(uniforms)
    assert len(np.unique(possible, axis=0)) == len(possible)
    for column in range(possible.shape[1]):
        values, expected = np.unique(possible[:, column], return_counts=True)
        counts = np.array([(drawn[:, column] == value).sum() for value in values])
        assert counts.sum() == len(drawn)
        expected = expected / expected.sum() * len(drawn)
        assert ((counts - expected) ** 2 / expected).sum() < len(values) + 6 * np.sqrt(2 * len(values))


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.cells(test=4, ci=9)
def test_references_are_exact_and_well_apart(name: str) -> None:
    task = get_task(name)
    found = measure(task)
    policies = {policy: entry["value"] for policy, entry in found["policies"].items()}
    assert found["one"] == "optimal" and found["policies"]["optimal"]["standard_error"] == 0
    one, zero = policies["optimal"], policies[found["zero"]]
    assert one - zero > 1
    assert zero <= policies["random"] or "blind" in policies
    assert (0 - zero) / (one - zero) < 0.8, "who does nothing and loses nothing is not nearly at 1"


@pytest.mark.parametrize(
    ("name", "episodes"), [("room-vector-v1", 3000), ("key-room-two-v1", 200), ("grid-catch-drift-v1@eps=0.2", 3000)]
)
def test_dynamic_programming_agrees_with_play(name: str, episodes: int) -> None:
    task, simulator = get_task(name), simulator_of(name)
    mdp, horizon = tabulate(simulator), simulator.max_episode_steps
    assert task.reference_policy is not None
    expected: list[tuple[Callable[[Any], Any], float]] = [
        (task.reference_policy, optimal_return(mdp, horizon)),
        (uniform_play(task), uniform_return(mdp, horizon)),
    ]
    if task.blind_policy is not None:
        steps, blind = iter(range(horizon)), task.blind_policy
        blindly = lambda states: np.full(len(states), blind(next(steps)))  # noqa: E731
        expected.append((blindly, blind_return(mdp, horizon, blind)))
    for policy, exact in expected:
        returns = episode_returns(task, policy, "test", episodes)
        assert abs(returns.mean() - exact) < 4 * returns.std(ddof=1) / np.sqrt(len(returns))


@pytest.mark.parametrize("name", TASKS)
def test_frozen_states_are_many_and_always_the_same(name: str) -> None:
    task = get_task(name)
    observations = frozen_observations(task, 64)
    np.testing.assert_array_equal(observations, frozen_observations(task, 64))
    assert len(observations) > 30 and all(task.observation_space.contains(seen) for seen in observations)


@pytest.mark.parametrize("name", TASKS)
def test_a_state_can_be_looked_at(name: str) -> None:
    simulator = simulator_of(name)
    pictures = [simulator.picture(state[None]) for state in some_states(simulator, 20)]
    assert all(picture is not None and picture.shape[2] == 3 and picture.dtype == np.uint8 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures if picture is not None}) > 10


def test_task_ids_are_registered_with_gymnasium() -> None:
    for name in TASKS:
        spec = gymnasium.spec(get_task(name).gym_id)
        assert spec.max_episode_steps == simulator_of(name).max_episode_steps
