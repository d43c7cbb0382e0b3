"""The turns and flips of pictures, as maps of their entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np

from symprior.symmetry.generated.closing import SignedMap, signed_map


def turns_and_flips(shape: Sequence[int], with_channels: bool = False) -> Iterator[SignedMap]:
    """All eight of a square picture, the identity first; of another one those that keep its shape.

    Args:
        shape: channels, height and width.
        with_channels: whether each comes with every permutation of the channels.
    """
    channels, height, width = shape
    pixels = np.arange(height * width).reshape(height, width)
    orders = list(permutations(range(channels))) if with_channels else [tuple(range(channels))]
    for places in (np.rot90(picture, k) for picture in (pixels, pixels[:, ::-1]) for k in range(4)):
        if places.shape == pixels.shape:
            for order in orders:
                yield signed_map(np.concatenate([c * pixels.size + places.ravel() for c in order]))
