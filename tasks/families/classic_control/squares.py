"""Squares rounded as gymnasium's single environments round them."""

from __future__ import annotations

import numpy as np

from symprior.symmetry.arrays import Array, is_numpy_array


def squared(x: Array) -> Array:
    """x² for each entry of x [batch].

    gymnasium writes `x**2` for single numbers, which the C library's power rounds unlike `x * x` about once in
    a thousand. On numpy this is the same power, so that array code gives the same bits; on torch it is `x * x`.
    """
    if is_numpy_array(x):
        return np.array([number**2 for number in x])
    return x * x
