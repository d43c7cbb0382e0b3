"""The seam between a sweep and what carries it out: an engine takes stacks of runs and tells how each ended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.sweep.store import RecordStore

Report = Callable[[Sequence[int]], None]
"""Takes the environment steps that each stack has done so far, in the order of the stacks."""


Errors = tuple[str | None, ...]
"""For each run of a stack the last line of its error; None where it finished."""


@dataclass(frozen=True)
class Ended:
    """A stack that is over.

    Attributes:
        stack: which.
        errors: of its runs.
    """

    stack: Stack
    errors: Errors


class Engine(ABC):
    """Carries stacks out.

    What every engine keeps: each stack ends exactly once, in any order; a run that finished, or failed by its agent's fault,
    has its record in the store by then; a worker that dies costs its stack and is named as the error of its runs; whoever
    stops iterating stops all that still runs.

    Attributes:
        name: what users call it.
        workers: how many stacks it carries out side by side.
    """

    name: ClassVar[str]
    workers: int

    @abstractmethod
    def carry_out(self, stacks: Sequence[Stack], store: RecordStore, report: Report) -> Iterator[Ended]:
        """Each stack as it ends.

        Args:
            stacks: what to carry out.
            store: where records go.
            report: called now and then with the environment steps done.
        """
