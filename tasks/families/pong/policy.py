"""A player that follows the ball, from objects or from pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.families.pong.emulator import DOWN, STAY, UP
from symprior.tasks.families.pong.objects import PIXELS
from symprior.tasks.families.pong.pixels import locate

AHEAD = 2
"""Steps: how far the ball's flight is looked ahead."""
OFF_CENTRE = 6.0
"""Pixels by which the paddle is held under the ball: hits near the edge are the ones that the opponent misses."""
NEAR = 6.0
"""Pixels: nearer than this the paddle stays; one step of pressing moves it by 23."""


def follow_objects(observations: NumpyArray) -> NDArray[np.int64]:
    """Actions for observations of `Objects`, [batch, 9] → [batch]."""
    numbers = observations.astype(np.float64) * PIXELS
    in_play, _, ball, _, ball_velocity, player, player_velocity, *_ = numbers.T
    return _follow(in_play > 0, ball, ball_velocity, player, player_velocity)


def follow_pixels(observations: NumpyArray) -> NDArray[np.int64]:
    """Actions for observations of `Pixels`, [batch, 4, size, size] → [batch]."""
    before, now = locate(observations[:, -2]), locate(observations[:, -1])
    was_seen, is_seen = before[:, 0] > 0, now[:, 0] > 0
    moved = now - before
    return _follow(is_seen, now[:, 2], np.where(was_seen & is_seen, moved[:, 2], 0.0), now[:, 3], moved[:, 3])


def _follow(
    in_play: NDArray[np.bool_],
    ball: NDArray[np.float64],
    ball_velocity: NDArray[np.float64],
    player: NDArray[np.float64],
    player_velocity: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Heights in pixels and velocities in pixels a step; the paddle goes on as it does, so one step of that is foreseen."""
    way = ball + AHEAD * ball_velocity - OFF_CENTRE - player - player_velocity
    towards = np.where(way > 0, UP, DOWN)
    return np.where(in_play & (np.abs(way) >= NEAR), towards, STAY).astype(np.int64)
