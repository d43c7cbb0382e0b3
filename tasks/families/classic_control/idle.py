"""The blind policy that does nothing, for tasks where what random actions cost hides what they reach."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def idle(size: int) -> Callable[[int], NDArray[np.float32]]:
    """No force at any step, from so many motors."""
    return lambda step: np.zeros(size, dtype=np.float32)
