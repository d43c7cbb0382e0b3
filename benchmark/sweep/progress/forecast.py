"""What is left of a sweep, in seconds: each stack by what its like took, corrected by the pace that is seen."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

from symprior.benchmark.jobs.job import Stack

LEAST_PART, LEAST_SECONDS = 0.05, 5.0
"""Of a stack, seen since its first step, before its own pace counts: the first evaluations lie close together."""


@dataclass
class _Seen:
    """A stack on its way.

    Attributes:
        size: what a stack of its steps and seeds costs, in no unit.
        expected: seconds; None where nothing like it ran before.
        started: when a worker took it, or the first steps were told; None: it waits.
        at: the part that was done when it was first heard of, which is more than 0 where it carried on.
        part: done now, and `told`: since when.
    """

    size: float
    expected: float | None
    started: float | None = None
    at: float = 0.0
    part: float = 0.0
    told: float = 0.0
    is_over: bool = False

    @property
    def pace(self) -> float | None:
        """Seconds for the whole stack, by what was seen of it; None where that is too little."""
        if self.started is None:
            return None
        seconds, seen = self.told - self.started, self.part - self.at
        return seconds / seen if seconds >= LEAST_SECONDS and seen >= LEAST_PART else None


class Forecast:
    """How long a sweep still takes.

    Stacks are taken in their order by so many workers, and a worker takes the next when it is done with one. So the last
    stacks, which not all workers share, count with their whole length.

    Args:
        stacks: in the order in which they are carried out.
        expected: seconds of one worker for each; None where nothing like it ran before.
        workers: how many side by side.
        clock: gives seconds.
    """

    def __init__(
        self,
        stacks: Sequence[Stack],
        expected: Sequence[float | None],
        workers: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._steps, self._workers, self._clock = [stack.steps for stack in stacks], workers, clock
        self._begun = clock()
        self._seen = [
            _Seen(stack.job.budget * sqrt(len(stack.runs)), seconds)
            for stack, seconds in zip(stacks, expected, strict=True)
        ]
        self._start_waiting_ones()

    def reach(self, done: Sequence[int]) -> None:
        """So many environment steps of each stack are done."""
        now = self._clock()
        for one, steps, of in zip(self._seen, done, self._steps, strict=True):
            part = min(steps / of, 1.0)
            if part != one.part:
                if one.part == 0:
                    one.started, one.at = now, part
                one.part, one.told = part, now

    def end(self, number: int) -> None:
        """This stack is over, well or not; a worker takes the next."""
        self._seen[number].is_over = True
        self._start_waiting_ones()

    def is_running(self, number: int) -> bool:
        """Whether a worker has taken this stack, and it is not over."""
        one = self._seen[number]
        return one.started is not None and not one.is_over

    def _start_waiting_ones(self) -> None:
        going = [one for one in self._seen if not one.is_over][: self._workers]
        for one in going:
            if one.started is None:
                one.started = one.told = self._clock()

    @property
    def seconds_left(self) -> float | None:
        """Seconds by the clock, with the workers that there are; None where nothing is known yet."""
        usual, slower, now = self._usual(), self._slower(), self._clock()
        if usual is None:
            return None
        busy: list[float] = [0.0] * self._workers
        for one in self._seen:
            if not one.is_over:
                whole = one.pace or (usual * one.size if one.expected is None else slower * one.expected)
                since = 0.0 if one.started is None else now - one.told
                heapq.heapreplace(busy, busy[0] + max(whole * (1 - one.part) - since, 0.0))
        return max(busy)

    @property
    def part(self) -> float | None:
        """How much of all the time has passed, so that it agrees with what is left; None where that is not known."""
        left = self.seconds_left
        if left is None:
            return None
        passed = self._clock() - self._begun
        return passed / (passed + left) if passed + left > 0 else 0.0

    def _slower(self) -> float:
        """How many times as long as expected those took that were seen."""
        factors = [one.pace / one.expected for one in self._seen if one.pace and one.expected]
        return median(factors) if factors else 1.0

    def _usual(self) -> float | None:
        """Seconds for a stack of size 1: by what was seen, else by what earlier ones took."""
        seen = [one.pace / one.size for one in self._seen if one.pace]
        expected = [one.expected / one.size for one in self._seen if one.expected]
        known = seen or expected
        return median(known) if known else None
