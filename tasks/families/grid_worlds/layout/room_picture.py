"""Pictures of square rooms of cells, for the eye alone: agents never see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

CELL, WALL = 11, 2
FLOOR, LINE, BORDER = 255, 225, 90
BLUE, ORANGE, GREEN, PINK = (1, 115, 178), (222, 143, 5), (2, 158, 115), (204, 120, 188)


def room_picture(radius: int, marks: Iterable[tuple[Sequence[int], Sequence[int], int]]) -> NDArray[np.uint8]:
    """A room of cells with coordinates −radius … radius, x to the right and y up, [height, width, 3].

    Args:
        radius: how many cells lie between the middle and the wall.
        marks: squares in the order in which they are drawn: cell (x, y), colour, and half of its width in pixels.
    """
    cells = 2 * radius + 1
    picture = np.full((cells * CELL, cells * CELL, 3), FLOOR, dtype=np.uint8)
    picture[::CELL] = picture[:, ::CELL] = LINE
    for (x, y), colour, half in marks:
        row, column = (radius - y) * CELL + CELL // 2, (x + radius) * CELL + CELL // 2
        picture[row - half : row + half + 1, column - half : column + half + 1] = colour
    return np.pad(picture, ((WALL, WALL), (WALL, WALL), (0, 0)), constant_values=BORDER)
