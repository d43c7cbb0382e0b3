"""exp, log and tanh from additions, multiplications and divisions alone: the same bits on every processor.

Sources: Cephes' `exp` and `log` (Moshier), in double precision, errors under two units in the last place; for tanh the
rational approximation of Eigen, in single precision.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.types.abstract import Type

from symprior.agents.learners.batched.kernel.arithmetic.compiled import Coded, Typing, in_llvm, inlined

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6
_LARGEST, _SMALLEST = 709.0, -708.0


@in_llvm
def _bits(typing: Typing, x: Type) -> Coded:
    """The 64 bits of a double, as an integer."""
    return types.int64(types.float64), lambda context, builder, signature, args: builder.bitcast(
        args[0], ir.IntType(64)
    )


@in_llvm
def _from_bits(typing: Typing, bits: Type) -> Coded:
    return types.float64(types.int64), lambda context, builder, signature, args: builder.bitcast(
        args[0], ir.DoubleType()
    )


@inlined
def exp(x: float) -> float:
    """eˣ; what is smaller than e⁻⁷⁰⁸ is 0."""
    if not x <= _LARGEST:
        return x if x != x else np.inf  # noqa: PLR0124  (only NaN differs from itself)
    if x < _SMALLEST:
        return 0.0
    n: float = np.floor(_LOG2_E * x + 0.5)
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    r2 = r * r
    p = r * ((1.26177193074810590878e-4 * r2 + 3.02994407707441961300e-2) * r2 + 9.99999999999999999910e-1)
    q = (
        (3.00198505138664455042e-6 * r2 + 2.52448340349684104192e-3) * r2 + 2.27265548208155028766e-1
    ) * r2 + 2.00000000000000000005
    power: float = _from_bits((np.int64(n) + 1023) << 52)
    return (1.0 + 2.0 * (p / (q - p))) * power


@inlined
def log(x: float) -> float:
    """The natural logarithm of a normal positive number."""
    if not (x > 0.0 and x < np.inf):
        return -np.inf if x == 0.0 else x if x > 0.0 else np.nan
    bits: int = _bits(x)
    exponent = ((bits >> 52) & 0x7FF) - 1022
    m: float = _from_bits((bits & 0x000FFFFFFFFFFFFF) | (np.int64(1022) << 52))  # in [½, 1)
    if m < 0.70710678118654752440:
        exponent -= 1
        m = 2.0 * m - 1.0
    else:
        m = m - 1.0
    z = m * m
    p = (
        (
            ((1.01875663804580931796e-4 * m + 4.97494994976747001425e-1) * m + 4.70579119878881725854) * m
            + 1.44989225341610930846e1
        )
        * m
        + 1.79368678507819816313e1
    ) * m + 7.70838733755885391666
    q = (
        (((m + 1.12873587189167450590e1) * m + 4.52279145837532221105e1) * m + 8.29875266912776603211e1) * m
        + 7.11544750618563894466e1
    ) * m + 2.31251620126765340583e1
    y = m * (z * p / q) - exponent * 2.121944400546905827679e-4 - 0.5 * z
    return m + y + exponent * 0.693359375


@inlined
def tanh(x: np.float32) -> np.float32:
    """Tanh x in single precision."""
    limit = np.float32(7.90531110763549805)
    x = min(max(x, -limit), limit)
    s = x * x
    p = np.float32(-2.76076847742355e-16) * s + np.float32(2.00018790482477e-13)
    p = p * s + np.float32(-8.60467152213735e-11)
    p = p * s + np.float32(5.12229709037114e-08)
    p = p * s + np.float32(1.48572235717979e-05)
    p = p * s + np.float32(6.37261928875436e-04)
    p = p * s + np.float32(4.89352455891786e-03)
    q = np.float32(1.19825839466702e-06) * s + np.float32(1.18534705686654e-04)
    q = q * s + np.float32(2.26843463243900e-03)
    q = q * s + np.float32(4.89352518554385e-03)
    return x * p / q
