"""Random streams for batches: one independent stream per environment, drawn in a few array operations.

A counter-based generator on SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014): value n of a stream is a hash of its key and n. numpy and torch give the same
numbers; a stream does not depend on its neighbours.
"""

from __future__ import annotations

import hashlib
from typing import Any, Generic, cast

from symprior.symmetry.arrays import A, Array, array_namespace, as_numpy
from symprior.tasks.files.states import State

_GAMMA = 0x9E3779B97F4A7C15 - (1 << 64)
_MULTIPLIER_1 = 0xBF58476D1CE4E5B9 - (1 << 64)
_MULTIPLIER_2 = 0x94D049BB133111EB - (1 << 64)


def seed_from(*parts: object) -> int:
    """A seed of 63 bits that depends on every part: SHA-256 of their text."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def _shift_right(z: Array, bits: int) -> Array:
    """Logical right shift of signed 64-bit integers."""
    return (z >> bits) & ((1 << (64 - bits)) - 1)


def _mix(z: Array) -> Array:
    z = (z ^ _shift_right(z, 30)) * _MULTIPLIER_1
    z = (z ^ _shift_right(z, 27)) * _MULTIPLIER_2
    return z ^ _shift_right(z, 31)


class Streams(Generic[A]):
    """One stream of uniform numbers for each seed.

    Args:
        seeds: [batch] int64 array, numpy or torch.
    """

    def __init__(self, seeds: A) -> None:
        xp = array_namespace(seeds)
        self._keys = _mix(seeds ^ _MULTIPLIER_1)[:, None]
        self._counters = xp.zeros_like(self._keys)

    def draw(self, count: int) -> A:
        """The next `count` numbers of every stream, uniform on [0, 1), [batch, count] float64."""
        xp = array_namespace(self._keys)
        steps = xp.arange(1, count + 1, dtype=xp.int64, **_where(self._keys))
        bits = _mix(self._keys + (self._counters + steps) * _GAMMA)
        self._counters = self._counters + count
        return cast(A, xp.astype(_shift_right(bits, 11), xp.float64) * 2.0**-53)

    def draw_where(self, chosen: Array, count: int) -> A:
        """Draw, but only the streams of the mask `chosen` [batch] move on; other rows mean nothing."""
        before = self._counters
        numbers = self.draw(count)
        self._counters = before + count * chosen[:, None]
        return numbers

    def save(self) -> State:
        """How far each stream has gone."""
        return {"counters": as_numpy(self._counters).copy()}

    def load(self, state: State) -> None:
        """Go on from there."""
        self._counters = array_namespace(self._keys).asarray(state["counters"], **_where(self._keys))


def _where(array: Any) -> dict[str, Any]:
    """The keyword that places a new array beside `array`."""
    return {"device": array.device} if hasattr(array, "device") else {}
