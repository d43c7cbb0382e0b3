"""Entries of an observation: which never moved, and how they are called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.names import PICTURE_AXES


def never_moves(looks: NumpyArray) -> NDArray[np.bool_]:
    """Whether an entry has one value in all looks [looks, entries], [entries]."""
    return np.asarray((looks == looks[0]).all(axis=0))


def still_entries(looks: NumpyArray) -> tuple[int, ...]:
    """The numbers of the entries that have one value in all looks [looks, entries]."""
    return tuple(np.flatnonzero(never_moves(looks)).tolist())


def entries_in_words(entries: Sequence[int], shape: tuple[int, ...], names: Sequence[str] | None = None) -> str:
    """All of the entries, by number and by name where they have one; of a picture how many pixels of each channel.

    Args:
        entries: their flat numbers, ascending.
        shape: of the observation.
        names: for each entry, [entries of the observation].
    """
    if len(shape) == PICTURE_AXES:
        pixels = int(np.prod(shape[1:]))
        of_channel = np.bincount(np.asarray(entries, dtype=int) // pixels, minlength=shape[0]).tolist()
        return ", ".join(f"channel {c}: {count} of {pixels} pixels" for c, count in enumerate(of_channel) if count)
    if names is not None:
        return "; ".join(f"[{entry}] {names[entry]}" for entry in entries)
    return ", ".join(_runs(entries))


def _runs(entries: Sequence[int]) -> list[str]:
    """`[3]` or `[5] to [9]` for each run of numbers that follow each other."""
    numbers = np.asarray(entries, dtype=int)
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1) if len(numbers) else []
    return [f"[{run[0]}]" if len(run) == 1 else f"[{run[0]}] to [{run[-1]}]" for run in runs]
