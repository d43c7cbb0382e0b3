"""Pong from pixels: the field in grey, four frames, made smaller by means over areas so that its mirror image is exact."""

from __future__ import annotations

from collections.abc import Sequence

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.families.pong.emulator import HEIGHT, WIDTH, Emulator
from symprior.tasks.families.pong.view import View

FRAMES = 4
FULL, SMALL = 80, 40
FIELD = slice(34, 194)
"""The rows between the walls; every column belongs to the field."""
BACKGROUND = 87
TOGETHER = 8
"""Screens that are made smaller at once: fewer calls, and what lies between still fits the cache."""
OPPONENT_COLUMNS, PLAYER_COLUMNS = slice(16, 20), slice(140, 144)


class Pixels(View):
    """The last four frames of the field, oldest first, uint8 [4, size, size]; black where there was none yet.

    A pixel is the mean of an area, 2×2 at size 80 and 4×4 at size 40. The frame that ends a game is not shown: as in
    ale-py's vector environment, the one before it stands in its place.
    """

    def __init__(self, size: int, games: int = 1) -> None:
        self.size = size
        self.space = gymnasium.spaces.Box(0, 255, (FRAMES, size, size), np.uint8)
        self.memory = np.zeros((games, FRAMES, size, size), dtype=np.uint8)
        self._screens = np.empty((TOGETHER, HEIGHT, WIDTH), dtype=np.uint8)

    def start(self, emulators: Sequence[Emulator], which: Sequence[int]) -> None:
        """One frame."""
        self.memory = self.memory.copy()
        self.memory[which] = 0
        self._show(emulators, which)

    def advance(self, emulators: Sequence[Emulator], which: Sequence[int]) -> None:
        """One more frame."""
        before = self.memory
        self.memory = np.empty_like(before)
        self.memory[:, :-1] = before[:, 1:]
        self.memory[:, -1] = before[:, -1]
        if len(which) < len(before):
            others = np.delete(np.arange(len(before)), which)
            self.memory[others] = before[others]
        self._show(emulators, [game for game in which if not emulators[game].is_over])

    def observe(self, emulators: Sequence[Emulator]) -> NDArray[np.uint8]:
        """The frames of every game, [games, 4, size, size]."""
        return self.memory  # which is never written again

    def _show(self, emulators: Sequence[Emulator], which: Sequence[int]) -> None:
        """These games' frames, as the newest."""
        for first in range(0, len(which), TOGETHER):
            some = which[first : first + TOGETHER]
            for screen, game in zip(self._screens, some, strict=False):
                emulators[game].read_screen(screen)
            self.memory[some, -1] = shrink(self._screens[: len(some)], self.size)

    def mirror_memory(self) -> None:
        """Upside down."""
        self.memory = self.memory[:, :, ::-1].copy()

    def positions(self, observation: NumpyArray) -> dict[str, NDArray[np.float64]]:
        """Positions in each frame, [frames · coordinates]; velocities between frames; what is drawn beside the objects."""
        found = locate(observation)
        return {
            "ball": found[:, :3].ravel(),
            "player": found[:, 3],
            "opponent": found[:, 4],
            "ball velocity": np.diff(found[:, 1:3], axis=0).ravel(),
            "player velocity": np.diff(found[:, 3]),
            "opponent velocity": np.diff(found[:, 4]),
            "elsewhere": stray(observation, found).ravel(),
        }


def shrink(screens: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Rounded means over areas of the field, [..., 210, 160] → [..., size, size]."""
    sums, half = _add_columns(screens[..., FIELD, :]), WIDTH // size
    sums = sums[..., ::2, :] + sums[..., 1::2, :]
    if size == SMALL:
        sums = _add_columns(sums)
    sums += half
    sums >>= half.bit_length()
    return halve_rows(sums.astype(np.uint8), size)


def halve_rows(pictures: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Means over pairs of rows where there are 80 rows and 40 are wanted, [..., 80, size] → [..., size, size]."""
    if size == FULL:
        return pictures
    first, second = pictures[..., ::2, :], pictures[..., 1::2, :]
    return (first | second) - ((first ^ second) >> 1)  # (first + second + 1) // 2 in eight bits


def _add_columns(numbers: NumpyArray) -> NumpyArray:
    """Sums of pairs of columns, [..., columns] → [..., columns / 2]; a pair is read as one number of twice the bits."""
    bits = 8 * numbers.itemsize
    pairs = numbers.view(f"u{2 * numbers.itemsize}")
    sums = pairs >> bits
    sums += pairs & ((1 << bits) - 1)
    return sums


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


BALL_REACH = 3.0, 6.0
"""Screen pixels across and up from a ball's centre within which all of it is drawn, blurred at the smaller size."""


def stray(frames: NDArray[np.uint8], found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pixels that are not the background's, outside the paddles' columns and further from the ball than it reaches.

    A picture that is mirrored in some columns only has half a ball on either side.

    Args:
        frames: [..., size, size].
        found: where `locate` sees the objects in them, [..., 5].
    """
    size = frames.shape[-1]
    pixel = 160 // size
    up = (80 - pixel * (np.arange(size) + 0.5))[:, None]
    drawn = (frames != 0) & (frames != BACKGROUND)
    for columns in (PLAYER_COLUMNS, OPPONENT_COLUMNS):
        drawn[..., columns.start // pixel : columns.stop // pixel] = False
    across, height = (found[..., entry, None, None] for entry in (1, 2))
    is_far = (np.abs(-up.T - across) > BALL_REACH[0]) | (np.abs(up - height) > BALL_REACH[1])
    return np.asarray((drawn & is_far).sum(axis=(-2, -1)), dtype=np.float64)


def _centre(weight: NDArray[np.float64], coordinate: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted mean of a coordinate over the last two axes, to half a pixel; 0 where there is no weight."""
    total = weight.sum(axis=(-2, -1))
    mean = (weight * coordinate).sum(axis=(-2, -1)) / np.maximum(total, 1)
    return np.asarray(np.round(2 * mean) / 2)
