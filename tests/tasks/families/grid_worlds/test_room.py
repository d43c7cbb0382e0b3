"""The room against a plain one that walks on the drawing, and declarations that are wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.representations import (
    ImageTransform,
    direct_sum,
    permutation,
    permuted,
    rotations_of_the_plane,
    trivial_representation,
)
from symprior.tasks import Exactness, Symmetry, get_task
from symprior.tasks.certificates import certify
from symprior.tasks.families.grid_worlds.layout.mazes import MOVES
from symprior.tasks.families.grid_worlds.room import (
    FOLDED,
    HALL,
    PINWHEEL,
    Room,
    RoomImage,
    of_images,
    of_positions,
    transposition,
)
from symprior.tasks.references.dynamic_programming import optimal_return, tabulate

MAZES = {"hall": HALL, "pinwheel": PINWHEEL, "folded": FOLDED}
C4, D4 = (rotations_of_the_plane(group) for group in (cyclic(4), dihedral(4)))
STEP_DRAWING = {0: (0, 1), 1: (-1, 0), 2: (0, -1), 3: (1, 0)}  # right, up, left, down as (row, column)


def place(cell: int) -> tuple[int, int]:
    """Row and column of a cell in the drawing."""
    y, x = divmod(cell, 7)
    return 13 - 2 * y, 2 * x + 1


def plain_step(drawing: np.ndarray, agent: int, move: int) -> int:
    """One looks at the drawing: two places on, unless the one between is a wall."""
    (row, column), (down, right) = place(agent), STEP_DRAWING[move]
    if drawing[row + down, column + right]:
        return agent
    row, column = row + 2 * down, column + 2 * right
    return (13 - row) // 2 * 7 + (column - 1) // 2


@pytest.mark.parametrize("name", MAZES)
def test_the_room_is_what_its_description_says(name: str) -> None:
    maze = MAZES[name]
    simulator, states = Room(maze), Room(maze).all_states()
    assert len(states) == 49 * 48
    for move in range(4):
        following, rewards, reached = simulator.step(states, np.full(len(states), move), None)
        for (agent, goal), after, reward, ended in zip(states, following, rewards, reached, strict=True):
            expected = plain_step(maze.drawing, int(agent), move)
            assert after.tolist() == [expected, goal]
            assert (reward, ended) == ((1.0, True) if expected == goal else (-0.02, False))


def test_what_is_seen_is_where_things_are() -> None:
    state = np.array([[8, 41]])  # x = 1, y = 1 and x = 6, y = 5, counted from the lower left
    np.testing.assert_allclose(Room(HALL).observe(state)[0], [-2 / 3, -2 / 3, 1, 2 / 3], atol=1e-6)
    agent, goal, walls = RoomImage(HALL).observe(state)[0]
    assert np.argwhere(agent).tolist() == [[11, 3]] and agent.max() == 255
    assert np.argwhere(goal).tolist() == [[3, 13]]
    np.testing.assert_array_equal(walls == 255, HALL.drawing)


@pytest.mark.parametrize("name", MAZES)
def test_the_optimum_is_the_shortest_way(name: str) -> None:
    maze, total = MAZES[name], 0.0
    for goal in range(49):
        distance, queue = {goal: 0}, deque([goal])
        while queue:
            cell = queue.popleft()
            for move in range(4):
                if (after := plain_step(maze.drawing, cell, move)) not in distance:
                    distance[after] = distance[cell] + 1
                    queue.append(after)
        total += sum(1 - 0.02 * (steps - 1) for cell, steps in distance.items() if cell != goal)
    assert optimal_return(tabulate(Room(maze)), 50) == pytest.approx(total / (49 * 48), rel=1e-12)


def test_only_the_mirror_is_missing_in_the_pinwheel() -> None:
    """D4 is what the hall has and the pinwheel has not: each task declares all that its walls keep."""
    hall, pinwheel = get_task("room-vector-v1"), get_task("room-c4-v1")
    assert len(hall.symmetry().group) == 8 and len(pinwheel.symmetry().group) == 4
    found = certify(pinwheel, samples=40, symmetry=of_images(D4))
    assert found.dynamics == Exactness.BROKEN
    assert found.dynamics_evidence.epsilon_observation > 1, "the walls of the mirrored room are not its own"


def turned_the_other_way(planar: Callable[[], Symmetry]) -> Symmetry:
    symmetry = planar()
    back = symmetry.group.inverse
    return replace(
        symmetry, action=permutation(symmetry.group, [symmetry.act_on_actions(g, np.arange(4)) for g in back])
    )


MIRROR = D4.restrict([0, 4], cyclic(2))  # left and right


def mirrored_without_its_moves() -> Symmetry:
    """C2: the drawing is mirrored left and right, right and left do not swap."""
    return Symmetry(ImageTransform(MIRROR, 3, 15), trivial_representation(cyclic(2), 4), discrete=True)


def front_and_back_for_left_and_right() -> Symmetry:
    """C2: the drawing is mirrored left and right, up and down swap."""
    moves = permutation(cyclic(2), [[0, 1, 2, 3], [0, 3, 2, 1]])
    return Symmetry(ImageTransform(MIRROR, 3, 15), moves, discrete=True)


def only_the_agent_turns() -> Symmetry:
    """C4: the agent's position turns, the goal's does not."""
    return Symmetry(direct_sum(C4, trivial_representation(cyclic(4), 2)), permuted(C4, MOVES), discrete=True)


def anti_transposed() -> Symmetry:
    """C2: a mirror at the falling diagonal, where the walls keep the rising one."""
    falling = D4.restrict([0, 5], cyclic(2))
    return Symmetry(ImageTransform(falling, 3, 15), permuted(falling, MOVES), discrete=True)


WRONG: dict[str, tuple[str, Callable[[], Symmetry]]] = {
    "the moves turn the other way": ("room-c4-v1", lambda: turned_the_other_way(lambda: of_images(C4))),
    "the moves turn the other way, seen as positions": (
        "room-vector-v1",
        lambda: turned_the_other_way(lambda: of_positions(C4)),
    ),
    "mirrored moves are not swapped": ("room-v1", mirrored_without_its_moves),
    "up and down are swapped for left and right": ("room-v1", front_and_back_for_left_and_right),
    "the agent turns and the goal does not": ("room-vector-v1", only_the_agent_turns),
    "the chiral room is mirrored": ("room-c4-v1", lambda: of_images(D4)),
    "the folded room is turned": ("room-transposed-v1", lambda: of_images(C4)),
    "the folded room is folded along the other diagonal": ("room-transposed-v1", anti_transposed),
    "transposed without the moves": (
        "room-transposed-v1",
        lambda: replace(of_images(transposition()), action=trivial_representation(cyclic(2), 4)),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_declarations_are_broken(what: str) -> None:
    name, symmetry = WRONG[what]
    found = certify(get_task(name), samples=30, symmetry=symmetry())
    assert found.dynamics == Exactness.BROKEN and not found.agrees
    assert found.dynamics_evidence.worst is not None and found.dynamics_evidence.worst.relative > 1


def test_moves_are_those_of_the_drawing() -> None:
    assert MOVES.tolist() == [[right, -down] for down, right in STEP_DRAWING.values()]
