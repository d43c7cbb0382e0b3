"""What a comparison is, and how two ways of doing the same work are timed against each other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

REPEATS = 7


@dataclass(frozen=True)
class Comparison:
    """Two ways to do the same work.

    Attributes:
        title: what is compared.
        ratio: the median of the repeats' ratios.
        target: what the ratio should be, in words.
        reached: whether it is.
    """

    title: str
    ratio: float
    target: str
    reached: bool


def at_least(title: str, ratio: float, target: float) -> Comparison:
    """A comparison whose ratio should be no smaller than the target."""
    return Comparison(title, ratio, f"≥ {target:g}", ratio >= target)


def at_most(title: str, ratio: float, target: float) -> Comparison:
    """A comparison whose ratio should be no larger than the target."""
    return Comparison(title, ratio, f"≤ {target:g}", ratio <= target)


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def cpu_seconds(work: Callable[[], object]) -> float:
    """How much of the processor's time the work takes: what else the machine does matters little then."""
    started = time.process_time()
    work()
    return time.process_time() - started


def median_ratio(
    numerator: Callable[[], object],
    denominator: Callable[[], object],
    repeats: int = REPEATS,
    clock: Callable[[Callable[[], object]], float] = seconds,
) -> float:
    """The median of time(numerator) / time(denominator), measured in turn after one warm-up of each."""
    numerator(), denominator()
    return statistics.median(clock(numerator) / clock(denominator) for _ in range(repeats))
