"""Disjoint groups of seeds drawn from a population; seeded by name, so that the same table comes out everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import numpy as np

from symprior.leaderboard.statistics.resamples.resampling import Indices

BLOCK = 250
"""Draws that are computed at once."""

MOST_OTHERS = 1_000
"""Runs that were not drawn and say what the truth is; their own error counts, and more of them would take long."""


def generator(*names: str) -> np.random.Generator:
    """A stream of random numbers of its own for these names."""
    return np.random.default_rng(list(sha256("\0".join(names).encode()).digest()))


def disjoint_groups(name: str, of: int, groups: int, runs: int, draws: int) -> Iterator[tuple[Indices, Indices]]:
    """The indices of disjoint groups, `[block, groups, runs]`, and of others, `[block, others]`, until all draws are made.

    Args:
        name: of the stream.
        of: how many runs there are to draw from.
        groups: how many groups.
        runs: in each.
        draws: how often.
    """
    stream, drawn = generator(name, str(groups), str(runs)), groups * runs
    for first in range(0, draws, BLOCK):
        size = min(BLOCK, draws - first)
        orders = np.stack([stream.permutation(of)[: drawn + MOST_OTHERS] for _ in range(size)])
        yield orders[:, :drawn].reshape(size, groups, runs), orders[:, drawn:]
