"""Pong from pixels: the field in grey, four frames, made smaller by means over areas so that its mirror image is exact."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.tasks.families.pong.emulator import Emulator
from symprior.tasks.families.pong.view import View

FRAMES = 4
FULL, SMALL = 80, 40
FIELD = slice(34, 194)
"""The rows between the walls; every column belongs to the field."""
BACKGROUND = 87
OPPONENT_COLUMNS, PLAYER_COLUMNS = slice(16, 20), slice(140, 144)


class Pixels(View):
    """The last four frames of the field, oldest first, uint8 [4, size, size]; black where there was none yet.

    A pixel is the mean of an area, 2×2 at size 80 and 4×4 at size 40. The frame that ends a game is not shown: as in
    ale-py's vector environment, the one before it stands in its place.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.space = gymnasium.spaces.Box(0, 255, (FRAMES, size, size), np.uint8)
        self.memory = np.zeros((FRAMES, size, size), dtype=np.uint8)

    def start(self, emulator: Emulator) -> None:
        """One frame."""
        self.memory = np.zeros_like(self.memory)
        self.memory[-1] = shrink(emulator.screen, self.size)

    def advance(self, emulator: Emulator) -> None:
        """One more frame."""
        newest = self.memory[-1] if emulator.is_over else shrink(emulator.screen, self.size)
        self.memory = np.concatenate([self.memory[1:], newest[None]])

    def observe(self, emulator: Emulator) -> NDArray[np.uint8]:
        """The frames."""
        return self.memory.copy()

    def mirror_memory(self) -> None:
        """Upside down."""
        self.memory = self.memory[:, ::-1].copy()

    def positions(self, observation: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
        """Of each frame, [frames · coordinates]."""
        found = locate(observation)
        return {
            "ball": found[:, :3].ravel(),
            "player": found[:, 3],
            "opponent": found[:, 4],
        }


def shrink(screen: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Means over areas of the field, [210, 160] → [size, size]."""
    return halve_rows(_means(screen[FIELD], 2, 160 // size), size)


def halve_rows(pictures: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Means over pairs of rows where there are 80 rows and 40 are wanted, [..., 80, size] → [..., size, size]."""
    if size == FULL:
        return pictures
    first, second = pictures[..., ::2, :], pictures[..., 1::2, :]
    return (first | second) - ((first ^ second) >> 1)  # (first + second + 1) // 2 in eight bits


def _means(picture: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Rounded means over areas of rows × columns pixels, [height, width]."""
    area = rows * columns
    total = np.full((picture.shape[0] // rows, picture.shape[1] // columns), area // 2, dtype=np.uint16)
    for row, column in np.ndindex(rows, columns):
        total += picture[row::rows, column::columns]
    return (total // area).astype(np.uint8)


def locate(frames: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Ball in play, its x and y, y of player and opponent, in screen pixels from the middle: [..., size, size] → [..., 5].

    What is not the background's grey in a paddle's columns is the paddle, elsewhere it is the ball; each lies at the centre
    of its greys, to half a pixel. Where there is no ball the first three are 0; a paddle out of sight is at 0 too.
    """
    size = frames.shape[-1]
    pixel = 160 // size
    weight = np.where(frames == 0, 0.0, np.abs(frames.astype(np.float64) - BACKGROUND))
    up = (80 - pixel * (np.arange(size) + 0.5))[:, None]
    right = -up.T
    paddles = [slice(columns.start // pixel, columns.stop // pixel) for columns in (PLAYER_COLUMNS, OPPONENT_COLUMNS)]
    heights = [_centre(weight[..., columns], up) for columns in paddles]
    for columns in paddles:
        weight[..., columns] = 0
    in_play = weight.any(axis=(-2, -1))
    return np.stack([in_play * 80.0, _centre(weight, right), _centre(weight, up), *heights], axis=-1)


def _centre(weight: NDArray[np.float64], coordinate: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted mean of a coordinate over the last two axes, to half a pixel; 0 where there is no weight."""
    total = weight.sum(axis=(-2, -1))
    mean = (weight * coordinate).sum(axis=(-2, -1)) / np.maximum(total, 1)
    return np.asarray(np.round(2 * mean) / 2)
