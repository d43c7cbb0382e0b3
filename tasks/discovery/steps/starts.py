"""Whether episodes start alike under a map of observations: a quick test; the certificate decides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from symprior.symmetry.generated.closing import SignedMap
from symprior.tasks.environments.gymnasium_types import Environment

RESETS = 600
FALSE_ALARM = 1e-4
"""How likely a map that starts alike is refused."""


class Starts:
    """Where episodes start, in two samples.

    Args:
        env: what is reset.
        rng: draws the first seed.
    """

    def __init__(self, env: Environment, rng: np.random.Generator) -> None:
        first, _ = env.reset(seed=int(rng.integers(1 << 31)))
        drawn = [first, *(env.reset()[0] for _ in range(2 * RESETS - 1))]
        self._drawn: NDArray[np.float64] = np.stack(drawn).reshape(2 * RESETS, -1).astype(np.float64)

    def are_kept(self, on_observations: SignedMap) -> bool:
        """Whether no entry tells images of starts from other starts."""
        ones, others = self._drawn[::2], on_observations(self._drawn[1::2])
        moved = np.flatnonzero((on_observations.source != np.arange(ones.shape[1])) | (on_observations.sign < 0))
        border = FALSE_ALARM / max(len(moved), 1)
        return all(_is_alike(ones[:, entry], others[:, entry], border) for entry in moved.tolist())


def _is_alike(one: NDArray[np.float64], other: NDArray[np.float64], border: float) -> bool:
    if np.ptp(one) == 0 and np.ptp(other) == 0:
        return bool(one[0] == other[0])
    return float(ks_2samp(one, other).pvalue) >= border
