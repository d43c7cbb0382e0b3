"""What a stack of runs may take before it is ended: time by the clock, memory, and processes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from math import sqrt

from symprior.benchmark.jobs.isolation.namespaces import MOST_PROCESSES
from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.sweep.estimate import Estimate

GENEROUS = 20
"""Times what its like took: a machine may be slow or busy, and none of this is meant for runs that end."""
LEAST_SECONDS = 1800.0
SLOWEST_STEP = 0.05
"""Seconds of one environment step where nothing like it ran: the slowest agents of all, on images, take a fifth of that."""
PART_OF_MEMORY = 0.9


def memory_of_machine() -> int:
    """Bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@dataclass(frozen=True)
class Limits:
    """What any stack may take.

    Attributes:
        seconds: by the clock; None: by what its like took.
        memory: bytes, of all its processes together.
        processes: how many it may have started that still run.
    """

    seconds: float | None = None
    memory: int = field(default_factory=lambda: int(PART_OF_MEMORY * memory_of_machine()))
    processes: int = MOST_PROCESSES

    @classmethod
    def given(cls, seconds: float | None, gibibytes: float | None) -> Limits:
        """The limits that a user states; what is not stated is as usual."""
        usual = cls(seconds)
        return usual if gibibytes is None else cls(seconds, int(gibibytes * 2**30))

    @property
    def least_seconds(self) -> float:
        """What any stack may take, whatever its like took."""
        return LEAST_SECONDS if self.seconds is None else self.seconds

    def seconds_of(self, stack: Stack, estimate: Estimate) -> float:
        """The seconds that this stack may take, with starting and evaluating."""
        if self.seconds is not None:
            return self.seconds
        known = estimate.seconds(stack)
        usual = stack.job.budget * SLOWEST_STEP * sqrt(len(stack.runs)) if known is None else GENEROUS * known
        return max(self.least_seconds, usual)
