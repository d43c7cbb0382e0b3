"""Collect identical objects in a room: permutations of the objects beside the symmetries of the square.

That a function of a set must not depend on the order of its elements is the symmetry of Deep Sets (Zaheer et al., 2017);
here the set comes in an order because observations are vectors.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace, device
from symprior.symmetry.groups import dihedral, projections, symmetric
from symprior.symmetry.names import Names
from symprior.symmetry.representations import (
    direct_sum,
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
from symprior.tasks.families.grid_worlds.layout.mazes import MOVE_NAMES, MOVES
from symprior.tasks.families.grid_worlds.layout.room_picture import BLUE, GREEN, ORANGE, PINK, room_picture
from symprior.tasks.task import Card, Task, register

RADIUS, OBJECTS = 2, 3
SIZE = 2 * RADIUS + 1
CELLS, CENTRE = SIZE * SIZE, SIZE * SIZE // 2
# right, up, left, down; x to the right, y up
OBJECT_REWARD, STEP_REWARD = 1.0, -0.1
LISTED = (ORANGE, GREEN, PINK)
"""In pictures the objects' colours tell their places in the list; the agent sees none."""


class Collect(TabularSimulator):
    """An agent and three objects in a room of 5×5 cells; states are [batch, 11] integers.

    A state is the agent's place (x, y), each object's place, and for each object 1 once it is collected; coordinates are in
    −2 … 2, x to the right and y up. A collected object's place is (0, 0). The agent takes one of four moves and stays where
    a wall is in its way. Coming to an object collects it and gives 1, every other step −0.1; the episode ends with the last
    object, after 50 steps at most. The agent starts in the middle, the objects in different cells around it.

    Observations are float32 [11]: the agent's place over 2, the way from the agent to each object over 4 (0, 0 for a
    collected one), and the three flags.
    """

    max_episode_steps = 50
    reset_draws = OBJECTS

    def __init__(self) -> None:
        low = np.array([-1.0] * (2 + 2 * OBJECTS) + [0.0] * OBJECTS, dtype=np.float32)
        self.observation_space = gymnasium.spaces.Box(low, np.ones_like(low), dtype=np.float32)
        self.action_space = gymnasium.spaces.Discrete(len(MOVES))

    def initial(self, uniforms: Array) -> Array:
        """The objects' cells are drawn one after another from those that are free, uniformly."""
        xp = array_namespace(uniforms)
        taken = xp.full((uniforms.shape[0], 1), CENTRE, dtype=xp.int64, device=device(uniforms))
        for i in range(OBJECTS):
            cell = xp.astype(uniforms[:, i] * (CELLS - 1 - i), xp.int64)  # counts free cells only
            in_order = xp.sort(taken, axis=1)
            for j in range(i + 1):
                cell = cell + xp.astype(cell >= in_order[:, j], xp.int64)
            taken = xp.concat([taken, cell[:, None]], axis=1)
        places = xp.stack([taken % SIZE - RADIUS, taken // SIZE - RADIUS], axis=2)  # the agent's first
        flags = xp.zeros_like(taken[:, 1:])
        return xp.concat([xp.reshape(places, (-1, 2 + 2 * OBJECTS)), flags], axis=1)

    def step(self, states: Array, actions: Array, uniforms: Array) -> tuple[Array, Array, Array]:
        """The agent moves, and collects what lies where it comes to."""
        xp = array_namespace(states)
        moves = xp.asarray(MOVES, device=device(states))
        agent = xp.clip(states[:, :2] + xp.take(moves, actions, axis=0), -RADIUS, RADIUS)
        places, flags = _objects(states)
        found = xp.all(places == agent[:, None, :], axis=2) & (flags == 0)
        places = xp.reshape(places * ~found[:, :, None], (-1, 2 * OBJECTS))
        flags = flags + found
        either = xp.asarray([STEP_REWARD, OBJECT_REWARD], dtype=xp.float64, device=device(states))
        rewards = xp.take(either, xp.astype(xp.any(found, axis=1), xp.int64), axis=0)
        return xp.concat([agent, places, flags], axis=1), rewards, xp.all(flags == 1, axis=1)

    def observe(self, states: Array) -> Array:
        """Places relative to the agent, scaled to ±1."""
        xp = array_namespace(states)
        places, flags = _objects(states)
        ways = (places - states[:, None, :2]) * (1 - flags[:, :, None])
        numbers = [states[:, :2] * RADIUS, xp.reshape(ways, (-1, 2 * OBJECTS)), flags * (2 * RADIUS)]
        return xp.astype(xp.concat(numbers, axis=1), xp.float32) / (2 * RADIUS)

    def picture(self, state: Array) -> NDArray[np.uint8]:
        """The room: the agent in blue, the objects that are left in the colours of their places in the list."""
        places, flags = _objects(np.asarray(state))
        left = [(places[0, i].tolist(), LISTED[i], 3) for i in range(OBJECTS) if not flags[0, i]]
        return room_picture(RADIUS, [*left, (np.asarray(state)[0, :2].tolist(), BLUE, 2)])

    def all_states(self) -> NDArray[np.int64]:
        """Every place of the agent, with the objects that are left in different cells that are not the agent's."""
        gone = CELLS  # stands for the place of a collected object
        agent, *objects = np.indices((CELLS, *(CELLS + 1,) * OBJECTS)).reshape(1 + OBJECTS, -1)
        possible = np.any([each != gone for each in objects], axis=0)
        for i, each in enumerate(objects):
            possible &= each != agent
            for other in objects[:i]:
                possible &= (each != other) | (each == gone)
        agent, chosen = agent[possible], np.stack(objects, axis=1)[possible]
        flags = (chosen == gone).astype(np.int64)
        cells = np.where(flags, CENTRE, chosen)
        every = np.concatenate([agent[:, None], cells], axis=1)
        places = np.stack([every % SIZE - RADIUS, every // SIZE - RADIUS], axis=2)
        return np.concatenate([places.reshape(len(every), -1), flags], axis=1)

    def reset_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """24·23·22 ways to lay the objects out, equally likely."""
        free = CELLS - 1 - np.arange(OBJECTS)
        uniforms = (np.indices(tuple(free.tolist())).reshape(OBJECTS, -1).T + 0.5) / free
        return uniforms, np.full(len(uniforms), 1 / len(uniforms))

    def step_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Nothing is random."""
        return np.zeros((1, 0)), np.ones(1)


def _objects(states: Array) -> tuple[Any, Any]:
    """The objects' places [batch, objects, 2] and flags [batch, objects]."""
    xp = array_namespace(states)
    flags = states[:, 2 + 2 * OBJECTS :]
    return xp.reshape(states[:, 2 : 2 + 2 * OBJECTS], (-1, OBJECTS, 2)), flags


def make_env(render_mode: str | None = None) -> Environment:
    """The single environment, as `gymnasium.make` calls it."""
    return SimulatorEnv(Collect(), render_mode)


@lru_cache
def permutations_and_turns() -> Symmetry:
    """S3 × D4: the objects change places in the list, with their flags; the room turns and mirrors, the moves with it."""
    to_objects, to_plane = projections(symmetric(OBJECTS), dihedral(4))
    plane = rotations_of_the_plane(dihedral(4))
    listed, turned = pulled_back(things(OBJECTS), to_objects), pulled_back(plane, to_plane)
    return Symmetry(
        observation=direct_sum(turned, tensor_product(listed, turned), listed),
        action=pulled_back(permuted(plane, MOVES), to_plane),
        discrete=True,
    )


def shortest_round(states: NDArray[np.int64]) -> NDArray[np.int64]:
    """The optimal policy: the first move of the shortest way past all objects that are left; [batch, 11] → [batch]."""
    places, flags = _objects(states)
    rounds = list(permutations(range(OBJECTS)))
    lengths, firsts = [], []
    for order in rounds:
        here, length, first = states[:, :2], np.zeros(len(states)), np.zeros((len(states), 2))
        for i in order:
            left = flags[:, i] == 0
            way = (places[:, i] - here) * left[:, None]
            first = np.where((length == 0)[:, None], way, first)
            length, here = length + np.abs(way).sum(axis=1), here + way
        lengths.append(length)
        firsts.append(first)
    way = np.stack(firsts)[np.argmin(lengths, axis=0), np.arange(len(states))]
    along_x = np.abs(way[:, 0]) >= np.abs(way[:, 1])
    return np.where(along_x, np.where(way[:, 0] > 0, 0, 2), np.where(way[:, 1] > 0, 1, 3))


SPIRAL = tuple(move for i, length in enumerate((1, 1, 2, 2, 3, 3, 4, 4, 4)) for move in [i % 4] * length)
"""From the middle past every cell of the room, once."""


def spiral(step: int) -> int:
    """A blind policy: outwards in a spiral; after 24 steps every object is collected."""
    return SPIRAL[step % len(SPIRAL)]


register(
    Task(
        id="collect-v1",
        family="collect",
        gym_id="symprior/Collect-v1",
        simulator=Collect,
        symmetry=permutations_and_turns,
        names=Names(
            (
                *("agent's x", "agent's y"),
                *(f"object {i}'s {axis}" for i in range(1, OBJECTS + 1) for axis in ("x", "y")),
                *(f"object {i} is collected" for i in range(1, OBJECTS + 1)),
            ),
            MOVE_NAMES,
        ),
        probe=lambda: SampledTabularProbe(gymnasium.make("symprior/Collect-v1")),
        reference_policy=shortest_round,
        blind_policy=spiral,
        return_bounds=(-5.0, 3.0),
        card=Card(
            description="Collect three objects that look alike in a room of 5×5 cells; 1 for each, −0.1 for every other "
            "step. The agent sees its own place, the way to each object, and which are collected.",
            group_in_words="S3×D4: the objects may be listed in any order, and the room may be turned and mirrored. An "
            "order permutes the ways and the flags and leaves the moves; a turn acts on the agent's place and on every way, "
            "and the moves turn with them.",
            source="Written for this suite; functions of sets after Zaheer et al. (2017).",
            licence="MIT",
            bibtex="""@inproceedings{zaheer2017deep,
  title={Deep Sets},
  author={Zaheer, Manzil and Kottur, Satwik and Ravanbakhsh, Siamak and Poczos, Barnabas
          and Salakhutdinov, Ruslan R. and Smola, Alexander J.},
  booktitle={Advances in Neural Information Processing Systems},
  volume={30}, year={2017}
}""",
        ),
    )
)
