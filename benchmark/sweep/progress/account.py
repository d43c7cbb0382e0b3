"""What became of the runs of a records folder: its records, and what its sweeps say of those that have none yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from symprior.benchmark.sweep.engines.work import summary
from symprior.benchmark.sweep.progress.journal import StackEntry, SweepEntry, read_journals
from symprior.leaderboard import RunRecord, read_records
from symprior.symmetry.errors import SympriorError

CellName = tuple[str, str, str]
"""A suite with its version, a task, and an agent's id."""


@dataclass
class Tally:
    """The runs of one cell, by their seeds."""

    finished: set[int] = field(default_factory=set)
    failed: dict[int, str] = field(default_factory=dict)
    running: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Account:
    """A records folder.

    Attributes:
        cells: what became of each cell's runs; a run that is tried again counts as such, not as failed.
        sweeps: those of which the folder tells, the oldest first.
    """

    cells: dict[CellName, Tally]
    sweeps: list[SweepEntry]

    @classmethod
    def of(cls, folder: Path) -> Account:
        """The account of this folder.

        Raises:
            SympriorError: there is nothing in it, or what is there cannot be read.
        """
        sweeps = read_journals(folder)
        try:
            records = read_records(folder)
        except SympriorError:
            if not sweeps or list(folder.rglob("seed-*.json")):
                raise
            records = []
        cells: dict[CellName, Tally] = defaultdict(Tally)
        for record in records:
            _count(record, cells)
        for sweep in sorted(sweeps, key=lambda sweep: sweep.is_alive):  # who is at work has the last word
            for stack in sweep.stacks:
                _take(stack, sweep, cells)
        return cls(dict(sorted(cells.items())), sweeps)

    @property
    def alive(self) -> list[SweepEntry]:
        """The sweeps that still run."""
        return [sweep for sweep in self.sweeps if sweep.is_alive]


def _count(record: RunRecord, cells: dict[CellName, Tally]) -> None:
    tally = cells[record.suite_id, record.task, record.agent.id]
    if record.error is None:
        tally.finished.add(record.seed)
    else:
        tally.failed[record.seed] = summary(record.error)


def _take(stack: StackEntry, sweep: SweepEntry, cells: dict[CellName, Tally]) -> None:
    """Count those of a stack's runs that have no record yet; what a dead sweep had begun waits again."""
    tally = cells[stack.suite, stack.task, stack.agent]
    for seed in set(stack.seeds) - tally.finished:
        tally.running.discard(seed)
        tally.waiting.discard(seed)
        if seed in stack.failed:
            tally.failed[seed] = stack.failed[seed]
        elif stack.state != "over":
            tally.failed.pop(seed, None)
            (tally.running if sweep.is_alive and stack.state == "running" else tally.waiting).add(seed)
