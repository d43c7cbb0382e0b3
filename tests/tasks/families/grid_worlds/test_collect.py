"""Collecting objects: the game that its card describes, an optimum that is one, and a symmetry that is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from symprior.symmetry.groups import Homomorphism, dihedral, projections, symmetric
from symprior.symmetry.representations import (
    SignedPermutation,
    direct_sum,
    permuted,
    pulled_back,
    rotations_of_the_plane,
    tensor_product,
    things,
    trivial_representation,
)
from symprior.tasks import Symmetry, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv
from symprior.tasks.families.grid_worlds.collect import MOVES, Collect, permutations_and_turns, shortest_round, spiral
from symprior.tasks.references.dynamic_programming import (
    TabularMDP,
    blind_return,
    optimal_return,
    tabulate,
    uniform_return,
)

COLLECT = get_task("collect-v1")
STEPS = [(1, 0), (0, 1), (-1, 0), (0, -1)]


def random_states(count: int, seed: int = 0) -> np.ndarray:
    every = Collect().all_states()
    return np.asarray(every[np.random.default_rng(seed).choice(len(every), count, replace=False)])


@pytest.fixture(scope="module")
def mdp() -> TabularMDP:
    return tabulate(Collect())


# --- the game ---


def plain_step(state: list[int], action: int) -> tuple[list[int], float, bool]:
    """The card's rules for one state, in plain words."""
    x, y = state[0] + STEPS[action][0], state[1] + STEPS[action][1]
    if abs(x) > 2 or abs(y) > 2:
        x, y = state[:2]
    places, gone = [state[2:4], state[4:6], state[6:8]], state[8:]
    reward = -0.1
    for i in range(3):
        if not gone[i] and places[i] == [x, y]:
            places[i], gone[i], reward = [0, 0], 1, 1.0
    return [x, y, *places[0], *places[1], *places[2], *gone], reward, gone == [1, 1, 1]


def test_it_is_what_its_description_says() -> None:
    states = random_states(3000)
    for action in range(4):
        following, rewards, terminated = Collect().step(states, np.full(len(states), action), None)
        for state, after, reward, ended in zip(states.tolist(), following.tolist(), rewards, terminated, strict=True):
            assert (after, reward, ended) == plain_step(state, action)


def test_it_shows_what_its_description_says() -> None:
    states = random_states(500)
    for state, seen in zip(states.tolist(), Collect().observe(states), strict=True):
        ways = [(state[2 + 2 * i + axis] - state[axis]) / 4 * (1 - state[8 + i]) for i in range(3) for axis in range(2)]
        np.testing.assert_array_equal(seen, np.array([state[0] / 2, state[1] / 2, *ways, *state[8:]], dtype=np.float32))


def test_objects_are_laid_out_in_every_way_equally_often() -> None:
    uniforms, probabilities = Collect().reset_support()
    starts = Collect().initial(uniforms)
    assert len(np.unique(starts, axis=0)) == len(starts) == 24 * 23 * 22 and probabilities.sum() == pytest.approx(1)
    assert (starts[:, :2] == 0).all() and (starts[:, 8:] == 0).all()
    for i, j in ((2, 4), (2, 6), (4, 6)):
        assert (starts[:, i : i + 2] != starts[:, j : j + 2]).any(axis=1).all()
    drawn = Collect().initial(np.random.default_rng(0).random((24_000, 3)))
    for i in (2, 4, 6):
        cells, counts = np.unique(drawn[:, i : i + 2], axis=0, return_counts=True)
        assert len(cells) == 24 and ((counts - 1000) ** 2 / 1000).sum() < 23 + 5 * np.sqrt(2 * 23)


@pytest.mark.filterwarnings("error")
def test_gymnasium_finds_nothing_wrong() -> None:
    check_env(gymnasium.make(COLLECT.gym_id).unwrapped, skip_render_check=True)


def test_many_environments_step_as_single_ones_do_in_numpy_and_torch() -> None:
    torch = pytest.importorskip("torch")
    single = [gymnasium.make(COLLECT.gym_id) for _ in range(3)]
    many, by_torch = SimulatorVectorEnv(Collect(), 3), SimulatorVectorEnv(Collect(), 3, torch)
    seen, same = many.reset(seed=4)[0], by_torch.reset(seed=4)[0]
    for i, env in enumerate(single):
        np.testing.assert_array_equal(env.reset(seed=4 + i)[0], seen[i])
    ended = 0
    for actions in np.random.default_rng(0).integers(4, size=(300, 3)):
        seen, rewards, terminated, truncated, _ = many.step(actions)
        same, *others, _ = by_torch.step(torch.from_numpy(actions))
        for one, other in zip((seen, rewards, terminated, truncated), (same, *others), strict=True):
            np.testing.assert_array_equal(one, other.numpy())
        for i, env in enumerate(single):
            observation, reward, *ends, _ = env.step(actions[i])
            assert (reward, *ends) == (rewards[i], terminated[i], truncated[i])
            if any(ends):
                observation, _ = env.reset()
                ended += 1
            np.testing.assert_array_equal(observation, seen[i])
    assert ended > 10


# --- references ---


def episodes(policy: Callable[[int, np.ndarray], np.ndarray]) -> np.ndarray:
    """The return of a policy (step, states) → actions from every start."""
    simulator = Collect()
    states = simulator.initial(simulator.reset_support()[0])
    returns, running = np.zeros(len(states)), np.ones(len(states), dtype=bool)
    for step in range(simulator.max_episode_steps):
        states, rewards, terminated = simulator.step(states, policy(step, states), None)
        returns += rewards * running
        running &= ~terminated
    return returns


def test_the_shortest_round_is_optimal(mdp: TabularMDP) -> None:
    returns = episodes(lambda step, states: shortest_round(states))
    assert returns.mean() == pytest.approx(optimal_return(mdp, 50), rel=1e-12)
    starts = Collect().initial(Collect().reset_support()[0])[:100].tolist()
    for start, found in zip(starts, returns[:100], strict=True):
        orders = permutations([start[2:4], start[4:6], start[6:8]])
        lengths = [
            sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in zip([[0, 0], *order], order, strict=False))
            for order in orders
        ]
        assert found == pytest.approx(3 - 0.1 * (min(lengths) - 3))


def test_the_spiral_meets_every_cell_once_and_beats_random_play(mdp: TabularMDP) -> None:
    """The last of three objects lies on average at the 18.75th of 24 cells."""
    returns = episodes(lambda step, states: np.full(len(states), spiral(step)))
    assert returns.mean() == pytest.approx(3 - 0.1 * (18.75 - 3))
    assert blind_return(mdp, 50, spiral) == pytest.approx(returns.mean(), rel=1e-12)
    assert uniform_return(mdp, 50) < 0 < returns.mean() < optimal_return(mdp, 50) - 1


# --- the symmetry ---

D4 = dihedral(4)
TO_OBJECTS, TO_PLANE = projections(symmetric(3), D4)
PLANE = rotations_of_the_plane(D4)
LISTED, TURNED = pulled_back(things(3), TO_OBJECTS), pulled_back(PLANE, TO_PLANE)
STILL, UNLISTED = (trivial_representation(TURNED.group, size) for size in (2, 3))
BACKWARDS = Homomorphism(D4, D4, np.array([0, 3, 2, 1, 4, 7, 6, 5]))  # r ↦ r⁻¹, s ↦ s
WITHOUT_MIRROR = Homomorphism(D4, D4, np.array([0, 1, 2, 3, 0, 1, 2, 3])[[0, 2, 0, 2] * 2])  # r ↦ r², s ↦ e


def observation(agent: SignedPermutation, ways: SignedPermutation, flags: SignedPermutation) -> SignedPermutation:
    both = direct_sum(agent, ways, flags)
    assert isinstance(both, SignedPermutation)
    return both


def moves_along(change: Homomorphism) -> SignedPermutation:
    return pulled_back(pulled_back(permuted(PLANE, MOVES), change), TO_PLANE)


WAYS = tensor_product(LISTED, TURNED)
WRONG: dict[str, Callable[[Symmetry], Symmetry]] = {
    "the ways are permuted, the flags are not": lambda right: replace(
        right, observation=observation(TURNED, WAYS, UNLISTED)
    ),
    "the flags are permuted, the ways are not": lambda right: replace(
        right, observation=observation(TURNED, tensor_product(UNLISTED, TURNED), LISTED)
    ),
    "the agent's own place does not turn": lambda right: replace(right, observation=observation(STILL, WAYS, LISTED)),
    "the ways do not turn": lambda right: replace(
        right, observation=observation(TURNED, tensor_product(LISTED, STILL), LISTED)
    ),
    "the moves turn the other way": lambda right: replace(right, action=moves_along(BACKWARDS)),
    "the moves are not mirrored": lambda right: replace(right, action=moves_along(WITHOUT_MIRROR)),
    "the moves stay": lambda right: replace(right, action=trivial_representation(TURNED.group, 4)),
}


def test_the_declared_symmetry_is_exact_and_so_are_its_parts(assert_exact_in_parts: Callable[..., None]) -> None:
    assert (COLLECT.symmetry().group.name, len(COLLECT.symmetry().group)) == ("S3×D4", 48)
    assert_exact_in_parts(COLLECT, (TO_PLANE.kernel, TO_OBJECTS.kernel), (20, 8))


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.cells(test=3)
def test_wrong_declarations_are_broken(what: str, assert_broken: Callable[..., None]) -> None:
    assert_broken(COLLECT, WRONG[what](permutations_and_turns()), 8)
