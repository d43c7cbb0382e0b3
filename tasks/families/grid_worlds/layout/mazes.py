"""Mazes: square fields of cells with thin walls between them, and how the symmetries of the square move them.

A maze is written as a drawing: in 2n + 1 lines of 2n + 1 characters the cells stand at odd places and `#` is a wall,
so that the drawing is also the picture that an agent sees. Cells are numbered row by row from the lower left, x to the
right and y up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group
from symprior.symmetry.representations import rotations_of_the_plane

MOVES = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
"""Right, up, left, down, [4, 2]: each is the one before, turned anticlockwise."""

MOVE_NAMES = ("right", "up", "left", "down")


class Maze:
    """n × n cells, and the walls between them.

    Attributes:
        size: n.
        drawing: where walls are, [2n + 1, 2n + 1] booleans, first row on top.

    Raises:
        SympriorError: the drawing is not that of a closed square maze.
    """

    def __init__(self, drawing: Sequence[str]) -> None:
        walls = np.array([[character == "#" for character in line] for line in drawing])
        if walls.ndim != 2 or walls.shape[0] != walls.shape[1] or len(walls) % 2 == 0:
            raise SympriorError("A maze is drawn in 2n + 1 lines of 2n + 1 characters.")
        edge = np.concatenate([walls[0], walls[-1], walls[:, 0], walls[:, -1]])
        if not edge.all() or walls[1::2, 1::2].any():
            raise SympriorError("A maze is closed by walls, and its cells, at odd places, are free.")
        self.size = len(walls) // 2
        self.drawing = walls

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.size**2

    @cached_property
    def positions(self) -> NDArray[np.int64]:
        """(x, y) of each cell in half cells from the centre, [cells, 2]."""
        y, x = np.divmod(np.arange(self.cells), self.size)
        return np.stack([2 * x, 2 * y], axis=1) - (self.size - 1)

    @cached_property
    def pixels(self) -> NDArray[np.int64]:
        """The number of each cell's place in the flattened drawing, [cells]."""
        y, x = np.divmod(np.arange(self.cells), self.size)
        return np.asarray((2 * (self.size - 1 - y) + 1) * (2 * self.size + 1) + 2 * x + 1)

    @cached_property
    def neighbours(self) -> NDArray[np.int64]:
        """Where each move leads from each cell, [cells, 4]; into a wall it leads nowhere."""
        step = MOVES[:, 0] - MOVES[:, 1] * len(self.drawing)  # one place in the flattened drawing
        blocked = self.drawing.ravel()[self.pixels[:, None] + step]
        here = np.arange(self.cells)[:, None]
        return np.where(blocked, here, here + MOVES[:, 0] + MOVES[:, 1] * self.size)

    def cells_at(self, positions: NDArray[np.floating | np.integer]) -> NDArray[np.int64]:
        """The cells nearest to positions [..., 2] in half cells from the centre, [...]."""
        place = np.rint((np.asarray(positions) + self.size - 1) / 2).astype(np.int64).clip(0, self.size - 1)
        return np.asarray(place[..., 0] + place[..., 1] * self.size)

    def images(self, group: Group) -> NDArray[np.int64]:
        """Where each element of C1, C2, C4 or D4 moves each cell, [|G|, cells]."""
        planar = rotations_of_the_plane(group)
        return np.stack([self.cells_at(planar(g, self.positions)) for g in range(len(group))])
