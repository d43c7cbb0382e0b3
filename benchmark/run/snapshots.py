"""Runs that are put down on their way: one file for each stack, written now and then, from which the same bits go on.

When it is written depends on the clock, what is in it on the run alone; it is taken between two rounds of learning, and
nobody draws a random number for it.
"""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from symprior.benchmark.jobs.job import Run, Stack
from symprior.leaderboard.records.record import Provenance
from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import halves_of
from symprior.tasks.files.json_files import Json
from symprior.tasks.files.states import State, peek_at_state, read_state, write_state

FOLDER = ".snapshots"
EVERY = 120.0
"""Seconds between two snapshots of a stack."""
MOST_OF_THE_TIME = 0.05
"""That writing may take: a large replay buffer is written less often."""

DAMAGED = (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile)
"""What reading a file raises that is none of ours, or none any more."""


class Snapshots:
    """The file of one stack.

    Args:
        records: the folder of its records.
        stack: the runs.
        every: seconds between two snapshots; 0: at every place.
    """

    def __init__(self, records: Path, stack: Stack, every: float = EVERY) -> None:
        self._asked = [_asked(run) for run in stack.runs]
        name = hashlib.sha256("".join(self._asked).encode()).hexdigest()[:24]
        self._path = records / FOLDER / f"{name}.npz"
        self._every = self._pause = every
        self._written = time.monotonic()

    @property
    def is_there(self) -> bool:
        """Whether there is one."""
        return self._path.is_file()

    @property
    def is_due(self) -> bool:
        """Whether it is time for another one."""
        return time.monotonic() - self._written >= self._pause

    def write(self, state: State, settings: Sequence[Json], origin: Provenance) -> None:
        """Keep the state in the place of the last one. A disk that is full costs the snapshot, not the run.

        Args:
            state: what is kept.
            settings: what each run resolved to.
            origin: the code and the machine.
        """
        began = time.monotonic()
        with suppress(SympriorError):
            write_state(self._path, {"of": self._question(settings, origin), "state": state})
        self._written = time.monotonic()
        self._pause = max(self._every, (self._written - began) / MOST_OF_THE_TIME) if self._every else 0.0

    def read(self, settings: Sequence[Json], origin: Provenance) -> State | None:
        """The state that was kept last.

        None where there is none, where it is damaged, or where it belongs to other code, settings or another kind of
        machine: the bits would not be the same, and the run starts over.
        """
        try:
            found = read_state(self._path)
            state: State = found["state"]
            return state if found["of"] == self._question(settings, origin) else None
        except DAMAGED:
            return None

    def forget(self) -> None:
        """Remove it, and what writing it left where that was cut short: its runs have their records."""
        for path in (self._path, *halves_of(self._path)):
            path.unlink(missing_ok=True)
        with suppress(OSError):
            self._path.parent.rmdir()

    def _question(self, settings: Sequence[Json], origin: Provenance) -> Json:
        """What the state belongs to, as a file can hold it."""
        return {
            "runs": self._asked,
            "settings": json.loads(json.dumps(settings)),
            "origin": origin.model_dump(mode="json", exclude={"started"}),
        }


def put_down(records: Path, runs: Iterable[Run]) -> list[Stack]:
    """The stacks of these runs that have a snapshot, as they were when it was taken."""
    paths, found = sorted((records / FOLDER).glob("*.npz")), list[Stack]()
    waiting = {_asked(run): run for run in runs} if paths else {}
    for path in paths:
        try:
            asked = peek_at_state(path)["of"]["runs"]
        except DAMAGED:
            continue
        if all(each in waiting for each in asked):
            found.append(Stack(tuple(waiting.pop(each) for each in asked)))
    return found


def _asked(run: Run) -> str:
    """A run, in a line."""
    return json.dumps({**asdict(run.job), "seeds": run.seed}, sort_keys=True)
