"""Environments made from array dynamics: one truth for one environment and for many, in numpy and torch."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import Simulator, SimulatorVectorEnv, training_seeds
from symprior.tasks.families.classic_control.cartpole import CartPole, balance
from symprior.tasks.families.grid_worlds.grid_catch import GridCatch, GridCatchImage, chase

CATCH = ["symprior/GridCatch-v1", "symprior/GridCatchVector-v1"]
SIMULATORS: list[type[Simulator]] = [CartPole, GridCatch, GridCatchImage]


def play(environments: SimulatorVectorEnv, steps: int, convert: Callable[[Any], Any] = np.asarray) -> list[list[Any]]:
    """What each step returned under random actions, always the same."""
    rng = np.random.default_rng(0)
    actions = int(environments.single_action_space.n)  # type: ignore[attr-defined]
    moves = rng.integers(actions, size=(steps, environments.num_envs))
    return [list(environments.step(convert(move))[:4]) for move in moves]


# --- gymnasium ---


@pytest.mark.parametrize("name", CATCH)
@pytest.mark.filterwarnings("error")
def test_gymnasium_finds_nothing_wrong(name: str) -> None:
    check_env(gymnasium.make(name).unwrapped, skip_render_check=True)


def test_gymnasium_makes_the_environments_in_a_fresh_interpreter_without_torch() -> None:
    code = (
        "import sys, gymnasium, symprior.tasks\n"
        f"for name in {CATCH}:\n"
        "    env = gymnasium.make(name)\n"
        "    env.reset(seed=0)\n"
        "    env.step(env.action_space.sample())\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_misused_environment_says_so() -> None:
    env = gymnasium.make(CATCH[1]).unwrapped
    with pytest.raises(SympriorError, match="Call reset"):
        env.step(np.int64(0))
    env.reset(seed=0)
    with pytest.raises(SympriorError, match="not in Discrete"):
        env.step(np.int64(5))
    environments = SimulatorVectorEnv(GridCatch(), 3)
    with pytest.raises(SympriorError, match="Call reset"):
        environments.step(np.zeros(3, dtype=np.int64))
    with pytest.raises(SympriorError, match="3 environments take 3 seeds, not 2"):
        environments.reset(seed=[1, 2])
    with pytest.raises(SympriorError, match="at least one"):
        SimulatorVectorEnv(GridCatch(), 0)


# --- many environments ---


@pytest.mark.parametrize("name", CATCH)
def test_many_environments_step_as_single_ones_do(name: str) -> None:
    """Over whole episodes: observations, rewards, ends and the starts that follow, from the same seeds."""
    single = [gymnasium.make(name) for _ in range(4)]
    simulator = single[0].unwrapped.simulator  # type: ignore[attr-defined]
    environments = SimulatorVectorEnv(simulator, 4)
    many, _ = environments.reset(seed=7)
    for i, env in enumerate(single):
        np.testing.assert_array_equal(env.reset(seed=7 + i)[0], many[i])
    rng = np.random.default_rng(0)
    ended = truncations = 0
    for _ in range(600):
        # mostly `stay`, so that some episodes reach the time limit
        actions = np.where(rng.random(4) < 0.9, 0, rng.integers(5, size=4))
        many, rewards, terminated, truncated, infos = environments.step(actions)
        for i, env in enumerate(single):
            observation, reward, *ends, _ = env.step(actions[i])
            assert (reward, *ends) == (rewards[i], terminated[i], truncated[i])
            if any(ends):
                assert infos["_final_obs"][i]
                np.testing.assert_array_equal(infos["final_obs"][i], observation)
                observation, _ = env.reset()
                ended, truncations = ended + 1, truncations + ends[1]
            np.testing.assert_array_equal(many[i], observation)
    assert truncations > 0 and ended > truncations


@pytest.mark.parametrize("kind", SIMULATORS)
def test_adding_environments_changes_no_other(kind: type[Simulator]) -> None:
    few, many = SimulatorVectorEnv(kind(), 3), SimulatorVectorEnv(kind(), 8)
    seeds = training_seeds("task", 0, 8)
    np.testing.assert_array_equal(few.reset(seed=seeds[:3])[0], many.reset(seed=seeds)[0][:3])
    rng = np.random.default_rng(0)
    for _ in range(150):
        actions = rng.integers(2, size=8)
        for a, b in zip(few.step(actions[:3])[:4], many.step(actions)[:4], strict=True):
            np.testing.assert_array_equal(a, b[:3])


@pytest.mark.parametrize("kind", SIMULATORS)
def test_numpy_and_torch_play_the_same_episodes(kind: type[Simulator]) -> None:
    torch = pytest.importorskip("torch")
    by_numpy, by_torch = SimulatorVectorEnv(kind(), 16), SimulatorVectorEnv(kind(), 16, torch)
    np.testing.assert_array_equal(by_numpy.reset(seed=3)[0], by_torch.reset(seed=3)[0].numpy())
    for one, other in zip(play(by_numpy, 40), play(by_torch, 40, convert=torch.from_numpy), strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b.numpy(), rtol=1e-5, atol=1e-6)


def test_seeds_may_be_a_number_a_list_or_nothing() -> None:
    environments = SimulatorVectorEnv(CartPole(), 3)
    first, _ = environments.reset(seed=5)
    np.testing.assert_array_equal(environments.reset(seed=[5, 6, 7])[0], first)
    np.testing.assert_array_equal(environments.reset(seed=np.int64(5))[0], first)  # type: ignore[arg-type]
    assert not np.array_equal(environments.reset()[0], first), "without a seed the streams go on"
    others = [SimulatorVectorEnv(CartPole(), 3).reset()[0] for _ in range(2)]
    assert not np.array_equal(*others)


def test_training_seeds_depend_on_task_and_seed_and_not_on_their_number() -> None:
    np.testing.assert_array_equal(training_seeds("a", 1, 4), training_seeds("a", 1, 16)[:4])
    drawn = np.concatenate([training_seeds(task, seed, 16) for task in "ab" for seed in range(4)])
    assert len(np.unique(drawn)) == len(drawn)


# --- CartPole ---


@pytest.mark.parametrize("policy", ["random", "balance"])
def test_cartpole_is_gymnasiums_bit_for_bit(policy: str) -> None:
    """From the same states, whole episodes: observations, states, rewards, both ends."""
    count = 30 if policy == "random" else 3
    environments = SimulatorVectorEnv(CartPole(), count)
    environments.reset(seed=11)
    single = [gymnasium.make("CartPole-v1") for _ in range(count)]
    for env, state in zip(single, environments.states, strict=True):
        env.reset(seed=0)
        env.unwrapped.state = state.copy()  # type: ignore[attr-defined]
    playing, truncations, rng = set(range(count)), 0, np.random.default_rng(0)
    while playing:
        actions = rng.integers(2, size=count) if policy == "random" else balance(environments.states)
        observations, rewards, terminated, truncated, infos = environments.step(actions)
        final = infos.get("final_obs", observations)
        for i in sorted(playing):
            observation, reward, *ends, _ = single[i].step(actions[i])
            assert observation.dtype == final.dtype
            np.testing.assert_array_equal(final[i], observation)
            assert (reward, *ends) == (rewards[i], terminated[i], truncated[i])
            if any(ends):
                playing.remove(i)
                truncations += ends[1]
            else:
                np.testing.assert_array_equal(environments.states[i], single[i].unwrapped.state)  # type: ignore[attr-defined]
    assert truncations == (0 if policy == "random" else count)


def test_cartpole_is_gymnasiums_from_any_state() -> None:
    rng = np.random.default_rng(0)
    states = rng.uniform(-1, 1, (300, 4)) * [2.5, 5, 0.25, 5]
    actions = rng.integers(2, size=300)
    following, rewards, terminated = CartPole().step(states, actions, None)
    env = gymnasium.make("CartPole-v1").unwrapped
    for i in range(300):
        env.reset(seed=0)
        env.state = states[i].copy()  # type: ignore[attr-defined]
        observation, reward, ended, _, _ = env.step(actions[i])
        np.testing.assert_array_equal(following[i], env.state)  # type: ignore[attr-defined]
        np.testing.assert_array_equal(CartPole().observe(following)[i], observation)
        assert (reward, ended) == (rewards[i], terminated[i])
    assert 0 < terminated.sum() < 300


def test_cartpole_starts_and_ends_as_gymnasiums() -> None:
    ours, theirs = CartPole(), gymnasium.make("CartPole-v1")
    assert ours.observation_space == theirs.observation_space and ours.action_space == theirs.action_space
    assert theirs.spec is not None and ours.max_episode_steps == theirs.spec.max_episode_steps
    corners = ours.initial(np.array([[0.0] * 4, [1.0] * 4, [0.5] * 4]))
    np.testing.assert_allclose(corners, [[-0.05] * 4, [0.05] * 4, [0.0] * 4], atol=1e-17)


def test_at_the_time_limit_an_episode_is_truncated_and_the_next_begins() -> None:
    environments = SimulatorVectorEnv(CartPole(), 2)
    environments.reset(seed=0)
    for step in range(1, 501):
        observations, _, terminated, truncated, infos = environments.step(balance(environments.states))
        assert not terminated.any() and truncated.all() == (step == 500)
    assert infos["_final_obs"].all()
    assert (np.abs(observations) <= 0.05).all() and not np.array_equal(infos["final_obs"], observations)
    *_, truncated, _ = environments.step(np.zeros(2, dtype=np.int64))
    assert not truncated.any(), "the clock starts anew"


def test_only_what_ended_starts_anew() -> None:
    environments = SimulatorVectorEnv(CartPole(), 64)
    environments.reset(seed=0)
    rng, ended = np.random.default_rng(0), 0
    for _ in range(60):
        before = environments.states.copy()
        actions = rng.integers(2, size=64)
        following, _, over = environments.simulator.step(before, actions, None)
        _, _, terminated, truncated, infos = environments.step(actions)
        done = terminated | truncated
        np.testing.assert_array_equal(done, over)
        np.testing.assert_array_equal(environments.states[~done], following[~done])
        if done.any():
            np.testing.assert_array_equal(infos["_final_obs"], done)
            np.testing.assert_array_equal(infos["final_obs"], following.astype(np.float32))
            assert (np.abs(environments.states[done]) <= 0.05).all()
            ended += int(done.sum())
    assert ended > 50


# --- catch, against a plain implementation of its description ---

COMPASS = {1: (1, 0), 2: (0, 1), 3: (-1, 0), 4: (0, -1)}


def plain_step(prey: tuple[int, int], action: int, prey_direction: int) -> tuple[tuple[int, int], float, bool]:
    """The agent moves, which shifts the prey's relative position the other way; then the prey; on a 7×7 torus."""

    def wrapped(x: int, y: int) -> tuple[int, int]:
        while x > 3:
            x -= 7
        while x < -3:
            x += 7
        while y > 3:
            y -= 7
        while y < -3:
            y += 7
        return x, y

    move = COMPASS.get(action, (0, 0))
    prey = wrapped(prey[0] - move[0], prey[1] - move[1])
    if prey != (0, 0):
        step = COMPASS.get(prey_direction, (0, 0))
        prey = wrapped(prey[0] + step[0], prey[1] + step[1])
    return prey, 1.0 if prey == (0, 0) else -0.1, prey == (0, 0)


def plain_picture(prey: tuple[int, int]) -> np.ndarray:
    """21×21 pixels; the agent an × in the middle, the prey a +; y points up."""
    canvas = np.zeros((21, 21), dtype=np.uint8)
    for dx, dy in [(0, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)]:
        canvas[10 - dy, 10 + dx] = 255
    for dx, dy in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]:
        canvas[10 - 3 * prey[1] - dy, 10 + 3 * prey[0] + dx] = 255
    return canvas[None]


def test_catch_is_what_its_description_says() -> None:
    simulator = GridCatch()
    # the middles of the four quarters of [0, .15), then a number beyond: the prey stays
    draws = {1: 0.01, 2: 0.06, 3: 0.09, 4: 0.14, 0: 0.5}
    for state in simulator.all_states():
        for action in range(5):
            for direction, uniform in draws.items():
                following, reward, terminated = simulator.step(state[None], np.array([action]), np.array([[uniform]]))
                prey, expected, caught = plain_step((int(state[0]), int(state[1])), action, direction)
                assert (tuple(following[0].tolist()), reward[0], terminated[0]) == (prey, expected, caught)


def test_catch_shows_what_its_description_says() -> None:
    for state in [*GridCatch().all_states(), np.zeros(2, dtype=np.int64)]:
        prey = (int(state[0]), int(state[1]))
        np.testing.assert_array_equal(GridCatchImage().observe(state[None])[0], plain_picture(prey))
        np.testing.assert_array_equal(GridCatch().observe(state[None])[0], np.array(prey, dtype=np.float32) / 3)


def test_the_prey_moves_as_often_as_it_should_and_starts_anywhere() -> None:
    simulator, draws = GridCatch(), np.random.default_rng(0).random((200_000, 1))
    starts = simulator.initial(draws)
    cells, counts = np.unique(starts, axis=0, return_counts=True)
    assert len(cells) == 48 and not (cells == 0).all(axis=1).any()
    assert abs(((counts - 200_000 / 48) ** 2 / (200_000 / 48)).sum() - 47) < 5 * np.sqrt(2 * 47)
    far = np.tile([3, 3], (200_000, 1))
    following, _, _ = simulator.step(far, np.zeros(200_000, dtype=np.int64), draws)
    moved = (following != far).any(axis=1).mean()
    assert abs(moved - 0.15) < 5 * np.sqrt(0.15 * 0.85 / 200_000)
    _, directions = np.unique(following[(following != far).any(axis=1)], axis=0, return_counts=True)
    assert len(directions) == 4 and directions.min() > 0.95 * directions.mean()


def test_a_plain_game_of_catch_returns_what_the_environments_do() -> None:
    """The reference policy's mean return, ours and that of a game played with Python's own random numbers."""
    rng, returns = random.Random(0), []
    for _ in range(3000):
        prey = rng.choice([(x, y) for x in range(-3, 4) for y in range(-3, 4) if (x, y) != (0, 0)])
        total = 0.0
        for _ in range(100):
            action = int(chase(np.array([prey]))[0])
            direction = rng.randint(1, 4) if rng.random() < 0.15 else 0
            prey, reward, caught = plain_step(prey, action, direction)
            total += reward
            if caught:
                break
        returns.append(total)
    exact = get_task("grid-catch-v1").references.policies["optimal"].value
    assert abs(np.mean(returns) - exact) < 4 * np.std(returns) / np.sqrt(len(returns))
