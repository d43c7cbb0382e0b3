"""Pictures for environments that have none of their own: an image as it is, numbers as bars; numpy alone."""

from __future__ import annotations

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.environments.gymnasium_types import Space

LEAST_PIXELS = 240
"""Of a picture's shorter side, as nearly as whole multiples allow."""
BAR, GAP, HEIGHT = 24, 8, 240
WHITE, GREY, BLUE = (255, 255, 255), (160, 160, 160), (47, 100, 160)
IMAGE, RGB = 3, 3
"""Axes of an image observation, and channels of a coloured one."""


def drawing(observation: NumpyArray, space: Space) -> NDArray[np.uint8]:
    """What is observed, [height, width, 3].

    Args:
        observation: an image [channels, height, width] of bytes, or numbers [size].
        space: of such observations; its bounds, where there are some, are the bars' ends.
    """
    if observation.ndim == IMAGE:
        return enlarged(_coloured(observation))
    return _bars(np.asarray(observation, dtype=np.float64).reshape(-1), space)


def enlarged(picture: NumpyArray) -> NDArray[np.uint8]:
    """A picture [height, width, 3] with every pixel as a square, as large as is easily seen."""
    times = max(1, LEAST_PIXELS // min(picture.shape[:2]))
    return np.asarray(picture, dtype=np.uint8).repeat(times, axis=0).repeat(times, axis=1)


def _coloured(image: NumpyArray) -> NDArray[np.uint8]:
    """Three channels as red, green and blue; of other numbers of channels the brightest in each pixel."""
    bytes_ = image if image.dtype == np.uint8 else (255 * np.clip(image, 0, 1)).astype(np.uint8)
    channels = bytes_ if len(bytes_) == RGB else np.broadcast_to(bytes_.max(axis=0), (RGB, *bytes_.shape[1:]))
    return np.moveaxis(channels, 0, -1)


def _bars(entries: NDArray[np.float64], space: Space) -> NDArray[np.uint8]:
    """A bar for each entry, up from the middle line or down."""
    assert isinstance(space, gymnasium.spaces.Box)
    ends = np.maximum(np.abs(space.low), np.abs(space.high)).astype(np.float64).reshape(-1)
    known = np.isfinite(ends) & (ends > 0)
    parts = np.where(known, entries / np.where(known, ends, 1), np.tanh(entries)).clip(-1, 1)
    middle = HEIGHT // 2
    canvas = np.full((HEIGHT, GAP + len(entries) * (BAR + GAP), RGB), WHITE, dtype=np.uint8)
    for i, part in enumerate(parts):
        left, end = GAP + i * (BAR + GAP), middle - round(part * (middle - GAP))
        canvas[min(middle, end) : max(middle, end), left : left + BAR] = BLUE
    canvas[middle - 1 : middle + 1] = GREY
    return canvas
