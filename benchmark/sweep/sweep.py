"""A sweep: which runs of some jobs are still to do, and carrying them out; the same call resumes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from symprior.benchmark.jobs.job import Job, Run, Stack, stacks
from symprior.benchmark.run.snapshots import put_down
from symprior.benchmark.sweep.engines.engine import Ended, Engine
from symprior.benchmark.sweep.store import RecordStore


class Watcher:
    """Is told how the stacks of a sweep go on; this one keeps it to itself."""

    def reach(self, done: Sequence[int]) -> None:
        """So many environment steps of each stack are done."""

    def end(self, ended: Ended) -> None:
        """A stack is over."""


Progress = Callable[[Sequence[Stack]], AbstractContextManager[Watcher]]
"""Makes a watcher of the stacks, for as long as they are carried out."""


@dataclass
class Outcome:
    """What became of a sweep.

    Attributes:
        finished: runs that finished now.
        failed: (run, the last line of its error) for each that did not.
    """

    finished: int = 0
    failed: list[tuple[Run, str]] = field(default_factory=list)

    def take(self, ended: Ended) -> None:
        """Count a stack that is over."""
        for run, error in zip(ended.stack.runs, ended.errors, strict=True):
            if error is None:
                self.finished += 1
            else:
                self.failed.append((run, error))


@contextmanager
def silently(units: Sequence[Stack]) -> Iterator[Watcher]:
    """Shows nothing."""
    yield Watcher()


@dataclass(frozen=True)
class Sweep:
    """Where runs are carried out, where their records go, and who watches.

    Attributes:
        store: the records.
        engine: carries stacks out.
        progress: shows them while they run, in this process.
    """

    store: RecordStore
    engine: Engine
    progress: Progress = silently

    def pending(self, jobs: Iterable[Job]) -> list[Run]:
        """The runs of the jobs that are not finished yet.

        Raises:
            SympriorError: a record is there that cannot be read, or that answers another question.
        """
        every = list(jobs)
        for job in every:
            self.store.check_other_seeds(job)
        return [run for job in every for run in self.store.unfinished(job)]

    def run(self, runs: list[Run]) -> Outcome:
        """Carry the runs out and write a record for every one."""
        self.store.check_writable()
        self.store.remove_abandoned_halves(runs)
        outcome, units = Outcome(), self._stacks(runs)
        with self.progress(units) as watcher:
            for ended in self.engine.carry_out(units, self.store, watcher.reach):
                outcome.take(ended)
                watcher.end(ended)
        return outcome

    def _stacks(self, runs: list[Run]) -> list[Stack]:
        """Those that were put down first, as they were."""
        held = put_down(self.store.folder, runs)
        taken = {run for stack in held for run in stack.runs}
        return held + stacks([run for run in runs if run not in taken], self.engine.workers)
