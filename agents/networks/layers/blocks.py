"""Which entries of a vector a group mixes: they share whatever scales them, if scaling is to commute with the group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from symprior.symmetry.representations import TOLERANCE, Representation


def tied_entries(representation: Representation) -> NDArray[np.int64]:
    """For each entry the number of its block, [size]: entries that some ρ(g) mixes, also by way of others, share one.

    Of a signed permutation the blocks are the orbits under |ρ|.
    """
    magnitudes = [np.abs(representation.matrix(g)) for g in range(len(representation.group))]
    mixed = np.max(magnitudes, axis=0) > TOLERANCE
    return np.asarray(connected_components(mixed, directed=False)[1], dtype=np.int64)
