"""Uniformly random actions of a space."""

from __future__ import annotations

import gymnasium
import numpy as np

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Space


def uniform_actions(space: Space, rng: np.random.Generator, count: int) -> NumpyArray:
    """So many, [count] integers or [count, *shape].

    Raises:
        SympriorError: the space is not bounded, so that no distribution on it is uniform.
    """
    if isinstance(space, gymnasium.spaces.Discrete):
        return rng.integers(int(space.n), size=count)
    assert isinstance(space, gymnasium.spaces.Box)
    if not space.is_bounded():
        raise SympriorError(
            f"The actions {space} are not bounded, so none can be drawn uniformly. Give the action space finite bounds."
        )
    return rng.uniform(space.low, space.high, (count, *space.shape)).astype(space.dtype)
