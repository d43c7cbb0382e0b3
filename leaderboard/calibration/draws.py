"""Disjoint groups of seeds drawn from a population; seeded by name, so that the same table comes out everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import numpy as np

from symprior.leaderboard.statistics.resamples.resampling import Indices


def generator(*names: str) -> np.random.Generator:
    """A stream of random numbers of its own for these names."""
    return np.random.default_rng(list(sha256("\0".join(names).encode()).digest()))


def disjoint_groups(name: str, of: int, groups: int, runs: int, draws: int) -> Iterator[tuple[Indices, Indices]]:
    """So many times the indices of disjoint groups, `[groups, runs]`, and of what was not drawn.

    Args:
        name: of the stream.
        of: how many runs there are to draw from.
        groups: how many groups.
        runs: in each.
        draws: how often.
    """
    stream = generator(name, str(groups), str(runs))
    for _ in range(draws):
        order = stream.permutation(of)
        yield order[: groups * runs].reshape(groups, runs), order[groups * runs :]
