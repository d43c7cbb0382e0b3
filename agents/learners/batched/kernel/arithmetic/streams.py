"""Random numbers of each seed's own: the numbers of `tasks.environments.streams.Streams`, drawn in one call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symprior.agents.learners.batched.kernel.arithmetic.compiled import compiled, inlined
from symprior.agents.learners.batched.kernel.arithmetic.tables import Doubles, Integers
from symprior.tasks.files.states import State

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIER_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLIER_2 = np.uint64(0x94D049BB133111EB)


class SeedStreams:
    """A stream for each seed, of which all have gone equally far."""

    def __init__(self, seeds: Sequence[int] | Integers) -> None:
        self._keys, self._drawn = np.array(seeds, dtype=np.uint64), 0

    def draw(self, *shape: int) -> Doubles:
        """The next numbers of every stream, uniform on [0, 1), [seeds, *shape]."""
        count = int(np.prod(shape))
        numbers = np.empty((len(self._keys), count))
        draw(self._keys, self._drawn, numbers)
        self._drawn += count
        return numbers.reshape(-1, *shape)

    def save(self) -> State:
        """How far they have gone."""
        return {"drawn": self._drawn}

    def load(self, state: State) -> None:
        """Go on from there."""
        self._drawn = state["drawn"]

    def shuffle(self, epochs: int, count: int) -> Integers:
        """`epochs` orders of so many things for every seed, [seeds, epochs, count]."""
        order = np.empty((len(self._keys), epochs, count), dtype=np.int64)
        shuffle(self._keys, self._drawn, order)
        self._drawn += epochs * count
        return order


@inlined
def mixed(z: np.uint64) -> np.uint64:
    """SplitMix64's hash."""
    z = (z ^ (z >> np.uint64(30))) * _MULTIPLIER_1
    z = (z ^ (z >> np.uint64(27))) * _MULTIPLIER_2
    return z ^ (z >> np.uint64(31))


@inlined
def number(seed: np.uint64, n: int) -> float:
    """Number n, from 1 on, of the stream of a seed."""
    bits = mixed(mixed(seed ^ _MULTIPLIER_1) + np.uint64(n) * _GAMMA)
    return np.float64(bits >> np.uint64(11)) * 2.0**-53


@compiled
def draw(seeds: NDArray[np.uint64], drawn: int, numbers: Doubles) -> None:
    """The numbers behind those that were drawn, into [seeds, count]."""
    for seed in range(numbers.shape[0]):
        for i in range(numbers.shape[1]):
            numbers[seed, i] = number(seeds[seed], drawn + i + 1)


@compiled
def shuffle(seeds: NDArray[np.uint64], drawn: int, order: Integers) -> None:
    """Random orders into [seeds, epochs, count], by exchanges from the end (Fisher and Yates)."""
    for seed in range(order.shape[0]):
        n = drawn
        for epoch in range(order.shape[1]):
            own = order[seed, epoch]
            for i in range(len(own)):
                own[i] = i
            for i in range(len(own) - 1, -1, -1):
                n += 1
                other = np.int64(number(seeds[seed], n) * (i + 1))
                own[i], own[other] = own[other], own[i]
