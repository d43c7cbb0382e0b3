"""Short names for gymnasium's generic types: an environment of any observation and action is written so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import gymnasium
import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray

Space: TypeAlias = gymnasium.Space[Any]
Environment: TypeAlias = gymnasium.Env[Any, Any]
VectorEnvironment: TypeAlias = VectorEnv[Array, Array, Array]
"""Copies side by side, whose observations, actions and rewards are arrays of numpy or torch."""
NumpyVectorEnvironment: TypeAlias = VectorEnv[NumpyArray, NumpyArray, NumpyArray]
"""The same on numpy alone."""
Seeds: TypeAlias = int | Sequence[int] | NDArray[np.int64] | None
"""Of copies side by side: copy i gets `seed + i`, or `seed[i]`; None: its random numbers go on."""
Infos: TypeAlias = dict[str, Any]
"""What an environment says beside observation, reward and ends, and the options that a reset takes."""
Action: TypeAlias = np.integer[Any] | NumpyArray
"""Of a single environment: a number of numpy's, or a vector."""
VectorStep: TypeAlias = tuple[Array, Array, Array, Array, Infos]
"""Observations, rewards, which episodes ended by themselves, which were cut off, and what else is said, of all copies."""
