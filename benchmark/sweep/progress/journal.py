"""What a sweep says of itself beside its records, so that another shell can tell how far it is.

One file for each sweep, in the folder `.sweeps` of its records. It is written anew every other second, so that a sweep whose
file is old has died.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.sweep.progress.standing import Standing
from symprior.benchmark.sweep.progress.telling.telling import Display
from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.files.json_files import Json

FOLDER = ".sweeps"
SECONDS_BETWEEN_WRITES = 2.0
SECONDS_OF_SILENCE = 30.0
"""After which a sweep that has not said that it ended is taken for dead."""
MOST_OF_THE_TIME = 0.02
"""That writing may take."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StackEntry(_Part):
    """A stack.

    Attributes:
        suite, task, agent, seeds, budget: what it is; the agent by its id, as in records.
        done: environment steps of all its runs.
        state: where it is.
        failed: errors by seed.
    """

    suite: str
    task: str
    agent: str
    seeds: tuple[int, ...]
    budget: int
    done: int = 0
    state: Literal["waiting", "running", "over"] = "waiting"
    failed: dict[int, str] = {}


class SweepEntry(_Part):
    """A sweep.

    Attributes:
        process: its number on its machine.
        command: what was typed, so that it can be typed again.
        started, told: seconds since 1970; `told` is when this was written.
        state: `stopped` where it was interrupted.
        seconds_left: None where it is not known.
        stacks: all that it is to do.
    """

    process: int
    command: tuple[str, ...]
    started: float
    told: float
    state: Literal["running", "ended", "stopped"]
    seconds_left: float | None
    stacks: tuple[StackEntry, ...]

    @property
    def is_alive(self) -> bool:
        """Whether it still runs, by all that can be told from here."""
        return self.state == "running" and time.time() - self.told < SECONDS_OF_SILENCE

    @property
    def rate(self) -> float:
        """Environment steps a second since it started."""
        return sum(stack.done for stack in self.stacks) / max(self.told - self.started, 1.0)


class Journal(Display):
    """Writes the file of one sweep.

    Args:
        records: the folder of its records.
        stacks: what it is to do.
    """

    def __init__(self, records: Path, stacks: Sequence[Stack]) -> None:
        self._folder = records / FOLDER
        self._path = self._folder / f"{os.getpid()}-{time.time_ns()}.journal"
        self._started, self._written, self._pause = time.time(), 0.0, SECONDS_BETWEEN_WRITES
        self._fixed = [_fixed(stack) for stack in stacks]
        self._entry = self._first_entry()

    def __enter__(self) -> Journal:
        _forget_the_dead(self._folder)
        self._write()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._entry = self._entry.model_copy(update={"state": "ended" if kind is None else "stopped"})
        self._write()

    def show(self, standing: Standing) -> None:
        """Write how it stands, unless that was just done."""
        if time.time() - self._written >= self._pause:
            self._take(standing)
            self._write()
        elif all(standing.over):
            self._take(standing)

    def _first_entry(self) -> SweepEntry:
        return SweepEntry(
            process=os.getpid(),
            command=(Path(sys.argv[0]).name, *sys.argv[1:]),
            started=self._started,
            told=self._started,
            state="running",
            seconds_left=None,
            stacks=tuple(StackEntry(**each) for each in self._fixed),
        )

    def _take(self, standing: Standing) -> None:
        stacks = []
        for number, fixed in enumerate(self._fixed):
            state = "over" if standing.over[number] else "running" if standing.running[number] else "waiting"
            failed = {seed: error for (of, seed), error in standing.failed.items() if of == number}
            stacks.append(StackEntry(**fixed, done=standing.done[number], state=state, failed=failed))
        self._entry = self._entry.model_copy(update={"stacks": tuple(stacks), "seconds_left": standing.seconds_left})

    def _write(self) -> None:
        began = time.time()
        entry = self._entry.model_copy(update={"told": began})
        try:
            write_text_atomically(self._path, entry.model_dump_json())
        except SympriorError:
            return  # a sweep goes on where only its journal does not fit the disk
        self._written = time.time()
        self._pause = max(SECONDS_BETWEEN_WRITES, (self._written - began) / MOST_OF_THE_TIME)


def read_journals(records: Path) -> list[SweepEntry]:
    """What the sweeps of a records folder said last, the oldest first; what is damaged is passed over."""
    entries = (_read(path) for path in (records / FOLDER).glob("*.journal"))
    return sorted((entry for entry in entries if entry is not None), key=lambda entry: entry.started)


def _read(path: Path) -> SweepEntry | None:
    """What a sweep said last; None where that is damaged."""
    try:
        return SweepEntry.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _fixed(stack: Stack) -> Json:
    job = stack.job
    return {
        "suite": job.suite_id,
        "task": job.task,
        "agent": contestants.find(job.agent).id,
        "seeds": stack.seeds,
        "budget": job.budget,
    }


def _forget_the_dead(folder: Path) -> None:
    """Remove what earlier sweeps said: a new one tells what is left to do."""
    for path in folder.glob("*.journal"):
        entry = _read(path)
        if entry is None or not entry.is_alive:
            path.unlink(missing_ok=True)
