"""Two agents that must lift loads together, as one centralised task: exchanging the agents is a symmetry.

That a joint task of several agents has such symmetries, of the agents' order as well as of the plane, is the subject of
van der Pol et al. (2022). Loads that take several agents at once are those of level-based foraging (Papoudakis et al.,
2021).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace, device
from symprior.symmetry.groups import dihedral, projections, symmetric
from symprior.symmetry.names import Names
from symprior.symmetry.representations import (
    SignedPermutation,
    direct_sum,
    permutation,
    permuted,
    pulled_back,
    rotations_of_the_plane,
    tensor_product,
    things,
)
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.probe import SampledTabularProbe
from symprior.tasks.environments.simulators import SimulatorEnv, TabularSimulator
from symprior.tasks.families.grid_worlds.grid_catch import MOVE_NAMES, MOVES
from symprior.tasks.families.grid_worlds.layout.room_picture import BLUE, GREEN, ORANGE, room_picture
from symprior.tasks.references.dynamic_programming import optimal_actions, tabulate
from symprior.tasks.task import Card, Task, register

RADIUS = 2
SIZE = 2 * RADIUS + 1
CELLS, LOAD_CELLS = SIZE * SIZE, (SIZE - 2) * (SIZE - 2)
# stay, right, up, left, down; x to the right, y up


class TwoAgents(TabularSimulator):
    """Two agents and a load in a room of 5×5 cells; states are [batch, 6] integers.

    A state is the load's place (x, y), the first agent's and the second's; agents in −2 … 2, loads in −1 … 1, x to the
    right and y up. Action 5 a + b is the first agent's move a and the second's move b, each one of stay, right, up, left,
    down. Both move at once. An agent stays where a wall is in its way; both stay where they would meet in a cell or change
    places. A load is no obstacle. When the agents stand beside the load on opposite sides after their moves, it is lifted,
    which gives 1, and a new load lies in one of the eight other inner cells, uniformly. An episode is 50 steps; its return
    is the number of loads. Everything starts anywhere, the agents in different cells.

    Observations are float32 [6]: the load's place, and the ways from the load to each agent over 3.
    """

    max_episode_steps = 50
    reset_draws = 3
    step_draws = 1

    def __init__(self) -> None:
        self.observation_space = gymnasium.spaces.Box(-1.0, 1.0, (6,), np.float32)
        self.action_space = gymnasium.spaces.Discrete(len(MOVES) ** 2)

    def initial(self, uniforms: Array) -> Array:
        """The load in an inner cell, the agents in two different cells, all uniform."""
        xp = array_namespace(uniforms)
        choices = xp.asarray([LOAD_CELLS, CELLS, CELLS - 1], dtype=uniforms.dtype, device=device(uniforms))
        drawn = xp.astype(uniforms * choices, xp.int64)
        load, first, second = drawn[:, 0], drawn[:, 1], drawn[:, 2]
        second = second + xp.astype(second >= first, xp.int64)
        agents = (number for cell in (first, second) for number in (cell % SIZE - RADIUS, cell // SIZE - RADIUS))
        return xp.stack([*_inner(load), *agents], axis=1)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """Both agents move, then perhaps lift."""
        xp = array_namespace(states)
        moves = xp.asarray(MOVES, device=device(states))
        load, first, second = states[:, :2], states[:, 2:4], states[:, 4:]
        one = xp.clip(first + xp.take(moves, actions // len(MOVES), axis=0), -RADIUS, RADIUS)
        other = xp.clip(second + xp.take(moves, actions % len(MOVES), axis=0), -RADIUS, RADIUS)
        clash = _same(one, other) | (_same(one, second) & _same(other, first))
        one, other = xp.where(clash[:, None], first, one), xp.where(clash[:, None], second, other)
        beside = xp.sum(xp.abs(one - load), axis=1) == 1
        lifted = beside & _same(one + other, 2 * load)
        cell = xp.astype(uniforms[:, 0] * (LOAD_CELLS - 1), xp.int64)
        cell = cell + xp.astype(cell >= load[:, 0] + 1 + (load[:, 1] + 1) * (SIZE - 2), xp.int64)
        load = xp.where(lifted[:, None], xp.stack(_inner(cell), axis=1), load)
        following = xp.concat([load, one, other], axis=1)
        return following, xp.astype(lifted, xp.float64), xp.zeros_like(lifted)

    def observe(self, states: Array) -> Array:
        """The agents relative to the load, scaled to ±1."""
        xp = array_namespace(states)
        load = states[:, :2]
        ways = xp.concat([(RADIUS + 1) * load, states[:, 2:4] - load, states[:, 4:] - load], axis=1)
        return xp.astype(ways, xp.float32) / (RADIUS + 1)

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """The room: the load in orange, the first agent in blue, the second in green."""
        load, first, second = np.asarray(state)[0].reshape(3, 2).tolist()
        return room_picture(RADIUS, [(load, ORANGE, 4), (first, BLUE, 2), (second, GREEN, 2)])

    def all_states(self) -> NDArray[np.int64]:
        """9 places of the load, 25·24 of the agents."""
        return np.asarray(self.initial(self.reset_support()[0]))

    def reset_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Every state, equally likely."""
        choices = np.array([LOAD_CELLS, CELLS, CELLS - 1])
        uniforms = (np.indices(tuple(choices.tolist())).reshape(3, -1).T + 0.5) / choices
        return uniforms, np.full(len(uniforms), 1 / len(uniforms))

    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Eight cells for the next load."""
        cells = LOAD_CELLS - 1
        return (np.arange(cells)[:, None] + 0.5) / cells, np.full(cells, 1 / cells)


def _inner(cell: Any) -> tuple[Any, Any]:
    """The place of an inner cell by its number, 0 … 8."""
    return cell % (SIZE - 2) - 1, cell // (SIZE - 2) - 1


def _same(places: Any, others: Any) -> Array:
    return array_namespace(places).all(places == others, axis=1)


def make_env(render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv(TwoAgents(), render_mode)


def joint_moves(exchanged: SignedPermutation, single: SignedPermutation) -> SignedPermutation:
    """How the pairs of moves are permuted, where a group permutes the two agents and the moves of each."""
    count, group = single.size, single.group
    first, second = np.divmod(np.arange(count**2), count)
    images = []
    for g in range(len(group)):
        pair = np.stack([single.move_index(g, first), single.move_index(g, second)])
        pair = exchanged(g, pair.T).T
        images.append(count * pair[0] + pair[1])
    return permutation(group, images)


@lru_cache
def exchange_and_turns() -> Symmetry:
    """S2 × D4: the agents change places in the observation and in the joint action; the room turns and mirrors."""
    to_agents, to_plane = projections(symmetric(2), dihedral(4))
    plane = rotations_of_the_plane(dihedral(4))
    listed, turned = pulled_back(things(2), to_agents), pulled_back(plane, to_plane)
    return Symmetry(
        observation=direct_sum(turned, tensor_product(listed, turned)),
        action=joint_moves(listed, pulled_back(permuted(plane, MOVES), to_plane)),
        discrete=True,
    )


@lru_cache
def _optimal_actions() -> NDArray[np.int64]:
    return optimal_actions(tabulate(TwoAgents()), TwoAgents.max_episode_steps)


def lift(states: NDArray[np.int64]) -> NDArray[np.int64]:
    """An optimal policy with 50 steps to go, found by dynamic programming; [batch, 6] → [batch]."""
    load = states[:, 0] + 1 + (states[:, 1] + 1) * (SIZE - 2)
    first, second = (states[:, i] + RADIUS + (states[:, i + 1] + RADIUS) * SIZE for i in (2, 4))
    return np.asarray(_optimal_actions()[(load * CELLS + first) * (CELLS - 1) + second - (second > first)])


register(
    Task(
        id="two-agents-v1",
        family="two-agents",
        gym_id="symprior/TwoAgents-v1",
        simulator=TwoAgents,
        symmetry=exchange_and_turns,
        names=Names(
            tuple(f"{thing}'s {axis}" for thing in ("load", "first agent", "second agent") for axis in ("x", "y")),
            tuple(f"{first} and {second}" for first in MOVE_NAMES for second in MOVE_NAMES),
        ),
        probe=lambda: SampledTabularProbe(gymnasium.make("symprior/TwoAgents-v1")),
        reference_policy=lift,
        return_bounds=(0.0, 50.0),
        card=Card(
            description="Two agents in a room of 5×5 cells lift loads by standing on opposite sides of them; 1 for each, "
            "and then a new one lies elsewhere; 50 steps. One policy sees everything and moves both.",
            group_in_words="S2×D4: the agents may change places, in the observation and in the pair of moves; the room may "
            "be turned and mirrored, the moves of both agents with it.",
            source="Written for this suite; symmetries of joint tasks after van der Pol et al. (2022), loads that need two "
            "agents at once after level-based foraging (Papoudakis et al., 2021).",
            licence="MIT",
            bibtex="""@inproceedings{vanderpol2022multiagent,
  title={Multi-Agent {MDP} Homomorphic Networks},
  author={van der Pol, Elise and van Hoof, Herke and Oliehoek, Frans A. and Welling, Max},
  booktitle={International Conference on Learning Representations},
  year={2022}
}

@inproceedings{papoudakis2021benchmarking,
  title={Benchmarking Multi-Agent Deep Reinforcement Learning Algorithms in Cooperative Tasks},
  author={Papoudakis, Georgios and Christianos, Filippos and Sch{\\"a}fer, Lukas and Albrecht, Stefano V.},
  booktitle={Advances in Neural Information Processing Systems, Track on Datasets and Benchmarks},
  year={2021}
}""",
        ),
    )
)
