"""How a sweep stands at one moment: what every display shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.sweep.estimate import duration


@dataclass(frozen=True)
class Standing:
    """A sweep, some way in.

    Attributes:
        stacks: all of them, in the order in which they are carried out.
        done: environment steps of each.
        running: whether a worker has each of them.
        over: whether each ended.
        failed: error by the stack's number and the seed.
        seconds: that have passed.
        seconds_left: None where nothing is known yet.
        part: of all the time that it takes, how much has passed; None likewise.
    """

    stacks: Sequence[Stack]
    done: Sequence[int]
    running: Sequence[bool]
    over: Sequence[bool]
    failed: dict[tuple[int, int], str]
    seconds: float
    seconds_left: float | None
    part: float | None

    @property
    def runs(self) -> int:
        """How many all stacks have."""
        return sum(len(stack.runs) for stack in self.stacks)

    @property
    def runs_over(self) -> int:
        """That finished or failed."""
        return sum(len(stack.runs) for stack, over in zip(self.stacks, self.over, strict=True) if over)

    @property
    def steps(self) -> int:
        """Environment steps of all stacks."""
        return sum(stack.steps for stack in self.stacks)

    @property
    def words(self) -> str:
        """In a line."""
        work = f"{self.runs_over} of {self.runs} runs, {sum(self.done):,} of {self.steps:,} environment steps"
        return f"{work}{self.time_left and f'; {self.time_left}'}"

    @property
    def time_left(self) -> str:
        """In words; empty where it is not known."""
        if self.seconds_left is None or self.part is None:
            return ""
        return f"about {duration(self.seconds_left)} left, {self.part:.0%} of the time has passed"
