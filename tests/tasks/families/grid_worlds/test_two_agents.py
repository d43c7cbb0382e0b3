"""Two agents that lift together: the game that its card describes, an optimum that is one, and a symmetry that is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from symprior.symmetry.groups import Homomorphism, dihedral, projections, symmetric
from symprior.symmetry.representations import (
    direct_sum,
    permutation,
    permuted,
    pulled_back,
    rotations_of_the_plane,
    tensor_product,
    things,
    trivial_representation,
)
from symprior.tasks import Symmetry, get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv
from symprior.tasks.families.grid_worlds.two_agents import MOVES, TwoAgents, exchange_and_turns, joint_moves, lift
from symprior.tasks.references.dynamic_programming import optimal_return, tabulate, uniform_return
from symprior.tasks.references.reference_scores import episode_returns

LIFT = get_task("two-agents-v1")
STEPS = [(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)]


def plain_step(state: list[int], action: int, draw: int) -> tuple[list[int], float]:
    """The card's rules for one state, in plain words; `draw` counts the other inner cells."""
    load, agents = tuple(state[:2]), [tuple(state[2:4]), tuple(state[4:])]
    wanted = []
    for (x, y), move in zip(agents, (action // 5, action % 5), strict=True):
        to = (x + STEPS[move][0], y + STEPS[move][1])
        wanted.append(to if max(abs(to[0]), abs(to[1])) <= 2 else (x, y))
    if wanted[0] == wanted[1] or wanted == agents[::-1]:
        wanted = agents
    sides = sorted(wanted)
    x, y = load
    if sides not in ([(x - 1, y), (x + 1, y)], [(x, y - 1), (x, y + 1)]):
        return [*load, *wanted[0], *wanted[1]], 0.0
    others = [(a, b) for b in (-1, 0, 1) for a in (-1, 0, 1) if (a, b) != load]
    return [*others[draw], *wanted[0], *wanted[1]], 1.0


def test_it_is_what_its_description_says() -> None:
    every = TwoAgents().all_states()
    assert len(np.unique(every, axis=0)) == len(every) == 9 * 25 * 24
    states, lifted, clashed = every[::7], 0, 0
    for action in range(25):
        draw = action % 8
        uniforms = np.full((len(states), 1), (draw + 0.5) / 8)
        following, rewards, terminated = TwoAgents().step(states, np.full(len(states), action), uniforms)
        assert not terminated.any()
        for state, after, reward in zip(states.tolist(), following.tolist(), rewards, strict=True):
            assert (after, reward) == plain_step(state, action, draw)
            lifted, clashed = lifted + int(reward), clashed + (after[2:] == state[2:])
    assert lifted > 100 and clashed > 1000


def test_it_shows_what_its_description_says() -> None:
    states = TwoAgents().all_states()[::11]
    for state, seen in zip(states.tolist(), TwoAgents().observe(states), strict=True):
        ways = [(state[i] - state[i % 2]) / 3 for i in range(2, 6)]
        np.testing.assert_allclose(seen, np.array([*state[:2], *ways], dtype=np.float32), rtol=1e-7)


def test_starts_and_new_loads_are_uniform() -> None:
    starts = TwoAgents().initial(np.random.default_rng(0).random((108_000, 3)))
    states, counts = np.unique(starts, axis=0, return_counts=True)
    assert len(states) == 5400 and ((counts - 20) ** 2 / 20).sum() < 5399 + 5 * np.sqrt(2 * 5399)
    beside = np.tile([0, 1, -1, 1, 1, 1], (8000, 1))
    following, rewards, _ = TwoAgents().step(
        beside, np.zeros(8000, dtype=np.int64), np.random.default_rng(0).random((8000, 1))
    )
    loads, counts = np.unique(following[:, :2], axis=0, return_counts=True)
    assert (rewards == 1).all() and len(loads) == 8 and [0, 1] not in loads.tolist()
    assert ((counts - 1000) ** 2 / 1000).sum() < 7 + 5 * np.sqrt(14)


@pytest.mark.filterwarnings("error")
def test_gymnasium_finds_nothing_wrong() -> None:
    check_env(gymnasium.make(LIFT.gym_id).unwrapped, skip_render_check=True)


def test_many_environments_step_as_single_ones_do_in_numpy_and_torch() -> None:
    torch = pytest.importorskip("torch")
    single = [gymnasium.make(LIFT.gym_id) for _ in range(3)]
    many, by_torch = SimulatorVectorEnv(TwoAgents(), 3), SimulatorVectorEnv(TwoAgents(), 3, torch)
    seen, same = many.reset(seed=4)[0], by_torch.reset(seed=4)[0]
    for i, env in enumerate(single):
        np.testing.assert_array_equal(env.reset(seed=4 + i)[0], seen[i])
    total = 0.0
    for _ in range(120):
        actions = lift(many.states)
        seen, rewards, terminated, truncated, _ = many.step(actions)
        same, *others, _ = by_torch.step(torch.from_numpy(actions))
        for one, other in zip((seen, rewards, terminated, truncated), (same, *others), strict=True):
            np.testing.assert_allclose(one, other.numpy(), rtol=1e-6)
        for i, env in enumerate(single):
            observation, reward, *ends, _ = env.step(actions[i])
            assert (reward, *ends) == (rewards[i], terminated[i], truncated[i])
            observation = env.reset()[0] if any(ends) else observation
            np.testing.assert_array_equal(observation, seen[i])
        total += rewards.sum()
    assert total > 100


def test_the_reference_policy_attains_what_dynamic_programming_says() -> None:
    mdp = tabulate(TwoAgents())
    returns = episode_returns(LIFT, lift, "test", 2000)
    optimum = optimal_return(mdp, 50)
    assert optimum - 0.1 < returns.mean() < optimum + 4 * returns.std() / np.sqrt(2000)
    assert uniform_return(mdp, 50) < 0.05 * optimum


# --- the symmetry ---

D4 = dihedral(4)
TO_AGENTS, TO_PLANE = projections(symmetric(2), D4)
PLANE = rotations_of_the_plane(D4)
LISTED, TURNED = pulled_back(things(2), TO_AGENTS), pulled_back(PLANE, TO_PLANE)
SINGLE = pulled_back(permuted(PLANE, MOVES), TO_PLANE)
STILL = trivial_representation(TURNED.group, 2)
BACKWARDS = pulled_back(
    pulled_back(permuted(PLANE, MOVES), Homomorphism(D4, D4, np.array([0, 3, 2, 1, 4, 7, 6, 5]))), TO_PLANE
)


def only_the_first_turns(symmetry: Symmetry) -> Symmetry:
    """Under the turns alone: exchanging the agents would not go with it."""
    turns = symmetry.restrict(TO_AGENTS.kernel)
    first, second = np.divmod(np.arange(25), 5)
    moves = [5 * SINGLE.move_index(g, first) + second for g in TO_AGENTS.kernel]
    return replace(turns, action=permutation(turns.group, moves))


WRONG: dict[str, Callable[[Symmetry], Symmetry]] = {
    "the agents change places, their moves do not": lambda right: replace(right, action=joint_moves(STILL, SINGLE)),
    "the moves change places, the agents do not": lambda right: replace(
        right, observation=direct_sum(TURNED, tensor_product(STILL, TURNED))
    ),
    "the moves turn the other way": lambda right: replace(right, action=joint_moves(LISTED, BACKWARDS)),
    "the moves of one agent turn": only_the_first_turns,
    "the load does not turn": lambda right: replace(
        right, observation=direct_sum(STILL, tensor_product(LISTED, TURNED))
    ),
}


def test_the_declared_symmetry_is_exact_and_so_are_its_parts(assert_exact_in_parts: Callable[..., None]) -> None:
    assert (LIFT.symmetry().group.name, len(LIFT.symmetry().group)) == ("S2×D4", 16)
    assert_exact_in_parts(LIFT, (TO_PLANE.kernel, TO_AGENTS.kernel), (15, 5))


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.cells(test=2)
def test_wrong_declarations_are_broken(what: str, assert_broken: Callable[..., None]) -> None:
    assert_broken(LIFT, WRONG[what](exchange_and_turns()), 5)
