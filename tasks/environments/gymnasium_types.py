"""Short names for gymnasium's generic types: an environment of any observation and action is written so."""

from __future__ import annotations

from typing import Any, TypeAlias

import gymnasium
import numpy as np
from gymnasium.vector import VectorEnv

from symprior.symmetry.arrays import NumpyArray

Space: TypeAlias = gymnasium.Space[Any]
Environment: TypeAlias = gymnasium.Env[Any, Any]
VectorEnvironment: TypeAlias = VectorEnv[Any, Any, Any]
Infos: TypeAlias = dict[str, Any]
"""What an environment says beside observation, reward and ends, and the options that a reset takes."""
Action: TypeAlias = np.integer[Any] | NumpyArray
"""Of a single environment: a number of numpy's, or a vector."""
