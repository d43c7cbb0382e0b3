"""What a comparison is, and how two ways of doing the same work are timed against each other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

REPEATS = 7

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


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


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long the work takes."""
    started = clock()
    work()
    return clock() - started


def timed(work: Callable[Arguments, Result], part: str, spent: dict[str, float]) -> Callable[Arguments, Result]:
    """The same work, whose CPU time is added to that of the part it belongs to."""

    def with_clock(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        started = time.process_time()
        result = work(*arguments, **named)
        spent[part] += time.process_time() - started
        return result

    return with_clock


def median_ratio(
    numerator: Callable[[], object],
    denominator: Callable[[], object],
    repeats: int = REPEATS,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The median of time(numerator) / time(denominator), measured in turn after one warm-up of each."""
    numerator(), denominator()
    return statistics.median(seconds(numerator, clock) / seconds(denominator, clock) for _ in range(repeats))
