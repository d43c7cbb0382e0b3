"""Which runs a bootstrap draws: one stream of resamples for each (suite, learner, agent, task).

rliable's bootstrap draws from numpy's one global generator, so that an entrant would shift the draws of all
that follow. Here
the resamples of a cell depend on its names alone: whoever else enters, its intervals keep their bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def resample_indices(key: tuple[str, ...], runs: int, resamples: int = RESAMPLES) -> Indices:
    """Indices into a cell's runs, drawn with replacement: `[resamples, runs]`.

    Made from the raw 64-bit output of a Philox generator, which numpy promises never to change; i = ⌊u ·
    runs⌋ with a 32-bit u.

    Args:
        key: what names the cell; another key is another stream.
        runs: number of runs in the cell.
        resamples: a longer table begins with the shorter one.
    """
    digest = np.frombuffer(sha256("\0".join(key).encode()).digest()[:16], dtype="<u8")
    bits = np.random.Philox(key=digest).random_raw(resamples * runs) >> np.uint64(32)
    return ((bits * np.uint64(runs)) >> np.uint64(32)).astype(np.intp).reshape(resamples, runs)


def resample(values: Floats, indices: Indices) -> Floats:
    """The values of the drawn runs: `[runs, ...]` and `[resamples, runs]` give `[resamples, runs, ...]`."""
    return values[indices]


def counted(drawn: Indices, runs: int) -> Floats:
    """How often each resample drew each run, `[resamples, runs]`; a product with it sums over the drawn runs."""
    resamples = drawn.shape[0]
    flat = drawn + runs * np.arange(resamples)[:, None]
    return np.bincount(flat.ravel(), minlength=runs * resamples).reshape(resamples, runs).astype(np.float64)


@dataclass(frozen=True)
class Resampled:
    """A quantity's mean over the runs of each resample, and the variance of that mean, both `[resamples]`.

    Of several quantities together both are `[resamples, quantities]`.
    """

    means: Floats
    variances: Floats


def resampled_means(values: Floats, counts: Floats) -> list[Resampled]:
    """The resampled mean of each of several quantities; arguments as of `resampled_together`."""
    together = resampled_together(values, counts)
    return [Resampled(together.means[:, i], together.variances[:, i]) for i in range(values.shape[1])]


def resampled_together(values: Floats, counts: Floats) -> Resampled:
    """The resampled means of several quantities in one.

    Args:
        values: of the runs, `[runs, quantities]`.
        counts: how often each resample drew each run, `[resamples, runs]`.
    """
    runs, middle = len(values), values.mean(axis=0)
    deviations = values - middle  # so that the variance is no difference of large numbers
    off = counts @ deviations / runs
    spread = np.maximum(counts @ deviations**2 / runs - off**2, 0) / max(runs - 1, 1)
    return Resampled(middle + off, spread)
