"""Tables of constants that lie beside the arrays that index them, numpy or torch, on any device."""

from __future__ import annotations

from typing import Any

import numpy as np

from symprior.symmetry.arrays import Array, NumpyArray, array_namespace, device


class Table:
    """A constant array that is read at indices of any kind; it is placed once for each kind of array and device.

    Args:
        values: [rows, …].
    """

    def __init__(self, values: NumpyArray) -> None:
        self.values = values
        self._placed: dict[Any, Any] = {}

    def __call__(self, rows: Array) -> Array:
        """`values[rows]` for integers [batch], in the namespace of `rows`: [batch, …]."""
        if isinstance(rows, np.ndarray):
            return self.values.take(rows, axis=0)
        xp = array_namespace(rows)
        place = (xp, device(rows))
        if place not in self._placed:
            self._placed[place] = xp.asarray(self.values, device=place[1])
        return xp.take(self._placed[place], rows, axis=0)
