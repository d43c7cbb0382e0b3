"""Mazes: what is drawn is where one walks, and the symmetries of the square move cells and moves together."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import cyclic, dihedral
from symprior.symmetry.representations import ImageTransform, permuted, rotations_of_the_plane
from symprior.tasks.families.grid_worlds.layout.mazes import MOVES, Maze
from symprior.tasks.families.grid_worlds.room import FOLDED, HALL, PINWHEEL

SMALL = Maze(["#####", "#.#.#", "#...#", "#.#.#", "#####"])
D4 = dihedral(4)


def test_a_wall_between_two_cells_stops_the_move() -> None:
    """Four cells, the two columns joined nowhere: cells 0 1 below, 2 3 above."""
    right, up, left, down = SMALL.neighbours.T.tolist()
    assert (right, left) == ([0, 1, 2, 3], [0, 1, 2, 3])
    assert (up, down) == ([2, 3, 2, 3], [0, 1, 0, 1])


@pytest.mark.parametrize("maze", [HALL, PINWHEEL, FOLDED])
def test_one_walks_where_the_drawing_is_free(maze: Maze) -> None:
    for cell in range(maze.cells):
        y, x = divmod(cell, maze.size)
        row, column = 2 * (maze.size - 1 - y) + 1, 2 * x + 1
        assert maze.pixels[cell] == row * len(maze.drawing) + column
        assert maze.positions[cell].tolist() == [2 * x - 6, 2 * y - 6]
        for move, (dx, dy) in enumerate(MOVES.tolist()):
            free = not maze.drawing[row - dy, column + dx]
            assert maze.neighbours[cell, move] == (cell + dx + 7 * dy if free else cell)


@pytest.mark.parametrize("maze", [HALL, PINWHEEL, FOLDED])
def test_every_cell_can_be_reached(maze: Maze) -> None:
    reached = {0}
    while len(wider := reached | set(maze.neighbours[list(reached)].ravel().tolist())) > len(reached):
        reached = wider
    assert len(reached) == maze.cells


@pytest.mark.parametrize(
    ("maze", "kept"),
    [
        (HALL, ["e", "r", "r2", "r3", "s", "rs", "r2s", "r3s"]),
        (PINWHEEL, ["e", "r", "r2", "r3"]),
        (FOLDED, ["e", "r3s"]),
    ],
)
def test_the_walls_have_the_symmetries_that_they_are_drawn_for(maze: Maze, kept: list[str]) -> None:
    """By the pictures, and by walking: g·(s moved) = (g·s) moved by g·a, for these elements and no others."""
    planar = rotations_of_the_plane(D4)
    turned, cells, moves = ImageTransform(planar, 1, 15), maze.images(D4), permuted(planar, MOVES)
    by_picture, by_walking = [], []
    for g, name in enumerate(D4.elements):
        if np.array_equal(turned(g, maze.drawing[None])[0], maze.drawing):
            by_picture.append(name)
        moved = moves.move_index(g, np.arange(4))
        if np.array_equal(maze.neighbours[cells[g]][:, moved], cells[g][maze.neighbours]):
            by_walking.append(name)
    assert by_picture == by_walking == kept


def test_moves_turn_as_directions_do() -> None:
    moves = permuted(rotations_of_the_plane(cyclic(4)), MOVES)
    assert moves.move_index(1, np.arange(4)).tolist() == [1, 2, 3, 0]
    mirrored = permuted(rotations_of_the_plane(D4), MOVES)
    assert mirrored.move_index(4, np.arange(4)).tolist() == [2, 1, 0, 3], "s mirrors left and right"


@pytest.mark.parametrize("maze", [SMALL, HALL])
def test_cells_are_found_again_by_their_positions(maze: Maze) -> None:
    assert maze.cells_at(maze.positions + 0.4).tolist() == list(range(maze.cells))
    assert maze.cells_at(np.array([99.0, -99.0])) == maze.size - 1, "far outside: the nearest corner"


@pytest.mark.parametrize(
    ("drawing", "complaint"),
    [
        (["###", "#.#"], "2n \\+ 1 lines"),
        (["####"] * 4, "2n \\+ 1 lines"),
        (["#####", "#.#.#", "#...#", "#.#.#", "#.###"], "closed by walls"),
        (["#####", "###.#", "#...#", "#.#.#", "#####"], "cells, at odd places, are free"),
    ],
)
def test_what_is_no_board_is_refused(drawing: list[str], complaint: str) -> None:
    with pytest.raises(SympriorError, match=complaint):
        Maze(drawing)
