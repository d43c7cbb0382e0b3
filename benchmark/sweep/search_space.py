"""What a search tries: learning rates, or points spread over the ranges of up to three settings.

Every agent gets the same configurations. Where somebody's best value is the lowest or highest that was tried, the range
grows for all; a range that is not logarithmic stays, as its ends are where the setting loses its meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from symprior.symmetry.errors import SympriorError

LEARNING_RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
STEP = 10**0.5
MOST_DIMENSIONS = 3
CONFIGURATIONS = 20
"""Points over ranges, where no other number is asked for: what the protocol aims at."""
DECADE = 10.0
"""A range whose ends are at least this far apart is searched, and grows, on a logarithmic scale."""

Configuration = dict[str, float]
Ranges = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Fixed:
    """Configurations that stay as they are."""

    configurations: tuple[Configuration, ...]

    def grown(self, best: Sequence[Configuration]) -> Self:
        """What to try next, given each agent's best; the same where nothing is to be added."""
        return self


@dataclass(frozen=True)
class Rates(Fixed):
    """Learning rates alone, rising."""

    @classmethod
    def of(cls, values: Iterable[float] = LEARNING_RATES) -> Rates:
        """These learning rates, each a configuration."""
        return cls(tuple({"learning_rate": value} for value in sorted(values)))

    def grown(self, best: Sequence[Configuration]) -> Rates:
        """Longer by one value on each side where somebody's best lies."""
        rates = [each["learning_rate"] for each in self.configurations]
        below = [float(f"{rates[0] / STEP:.1g}")] if self.configurations[0] in best else []
        above = [float(f"{rates[-1] * STEP:.1g}")] if self.configurations[-1] in best else []
        return Rates.of(below + rates + above)


@dataclass(frozen=True)
class Box(Fixed):
    """Points of a Latin hypercube (McKay et al., 1979) over the ranges, by a stream of its own; three digits of each."""

    ranges: Ranges

    @classmethod
    def over(cls, ranges: Mapping[str, tuple[float, float]], number: int) -> Box:
        """That many points over these ranges, setting → (lowest, highest).

        Raises:
            SympriorError: none or more than three settings, a range that is none, or fewer than two points.
        """
        if not 1 <= len(ranges) <= MOST_DIMENSIONS:
            raise SympriorError(f"A search has 1 to {MOST_DIMENSIONS} ranges, not {len(ranges)}.")
        for name, (low, high) in ranges.items():
            if not (0 <= low < high < np.inf):
                raise SympriorError(f"{name} from {low:g} to {high:g} is no range; give two rising numbers from 0 on.")
        if number < 2:
            raise SympriorError(f"A search has at least 2 configurations, not {number}.")
        return cls(_points(dict(ranges), number, stream=0), dict(ranges))

    def grown(self, best: Sequence[Configuration]) -> Box:
        """A quarter as many points in each part by which a logarithmic range grows."""
        ranges, points = dict(self.ranges), self.configurations
        for name, part in self._beyond(best):
            share = -(-len(self.configurations) // 4)
            points += _points({**self.ranges, name: part}, share, stream=len(points), logarithmic=name)
            low, high = ranges[name]
            ranges[name] = (min(low, part[0]), max(high, part[1]))
        return Box(points, ranges)

    def _beyond(self, best: Sequence[Configuration]) -> Iterator[tuple[str, tuple[float, float]]]:
        """A setting and what lies next to its range, for each end of a logarithmic one that is somebody's best."""
        for name, (low, high) in self.ranges.items():
            tried, chosen = [point[name] for point in self.configurations], {each[name] for each in best}
            if _is_logarithmic(low, high) and min(tried) in chosen:
                yield name, (low / STEP, low)
            if _is_logarithmic(low, high) and max(tried) in chosen:
                yield name, (high, high * STEP)


def _is_logarithmic(low: float, high: float) -> bool:
    return low > 0 and high / low >= DECADE


def _points(ranges: Ranges, number: int, stream: int, logarithmic: str = "") -> tuple[Configuration, ...]:
    from scipy.stats import qmc  # a third of a second, which only a search over ranges takes

    unit = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(stream)).random(number)
    columns = {}
    for place, (name, (low, high)) in zip(unit.T, ranges.items(), strict=True):
        by_ratio = name == logarithmic or _is_logarithmic(low, high)
        columns[name] = low * (high / low) ** place if by_ratio else low + (high - low) * place
    return tuple({name: float(f"{column[i]:.3g}") for name, column in columns.items()} for i in range(number))
