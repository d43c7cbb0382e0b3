"""A watcher of stacks that tells displays how they stand, and sweeps that are watched so."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.sweep.engines.engine import Ended, Engine
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.estimate import Estimate
from symprior.benchmark.sweep.progress.forecast import Forecast
from symprior.benchmark.sweep.progress.journal import Journal
from symprior.benchmark.sweep.progress.standing import Standing
from symprior.benchmark.sweep.progress.telling.telling import Display, Telling
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.sweep import Sweep, Watcher

SECONDS_BETWEEN_LOOKS = 1.0


def sweep_on(telling: Telling, records: Path, workers: int) -> Sweep:
    """A sweep on this machine that says how it goes.

    Args:
        telling: to whom, and how.
        records: the folder of its records.
        workers: processes side by side.
    """
    return watched(telling, RecordStore(records), LocalEngine(workers))


def watched(telling: Telling, store: RecordStore, engine: Engine, estimate: Estimate | None = None) -> Sweep:
    """A sweep that shows its stacks while they run, here and to `symprior status`.

    Args:
        telling: whose display is shown them.
        store: where records go, and where the sweep keeps its journal.
        engine: what carries them out.
        estimate: of their times, where somebody has read it already; None: it is read as each sweep begins.
    """

    @contextmanager
    def over(stacks: Sequence[Stack]) -> Iterator[Watcher]:
        known = estimate or Estimate(store)
        forecast = Forecast(stacks, [known.seconds(stack) for stack in stacks], engine.workers)
        with telling.display(stacks) as display, Journal(store.folder, stacks) as journal:
            yield Watch(stacks, forecast, [display, journal])

    return Sweep(store, engine, over)


class Watch(Watcher):
    """Tells displays how the stacks stand, about once a second.

    Args:
        stacks: in the order in which they are carried out.
        forecast: of how long they take.
        displays: who is told.
    """

    def __init__(self, stacks: Sequence[Stack], forecast: Forecast, displays: Sequence[Display]) -> None:
        self._stacks, self._forecast, self._displays = stacks, forecast, displays
        self._done, self._over = [0] * len(stacks), [False] * len(stacks)
        self._failed: dict[tuple[int, int], str] = {}
        self._numbers = {stack: number for number, stack in enumerate(stacks)}
        self._begun = time.monotonic()
        self._looked = -SECONDS_BETWEEN_LOOKS

    def reach(self, done: Sequence[int]) -> None:
        """So many environment steps of each stack are done."""
        self._done, now = list(done), time.monotonic()
        self._forecast.reach(done)
        if now - self._looked >= SECONDS_BETWEEN_LOOKS:
            self._looked = now
            self._show()

    def end(self, ended: Ended) -> None:
        """A stack is over."""
        number = self._numbers[ended.stack]
        self._over[number] = True
        self._forecast.end(number)
        for run, error in zip(ended.stack.runs, ended.errors, strict=True):
            if error is not None:
                self._failed[number, run.seed] = error
        for display in self._displays:
            display.end(ended)
        if all(self._over):
            self._show()

    def _show(self) -> None:
        standing = self._standing()
        for display in self._displays:
            display.show(standing)

    def _standing(self) -> Standing:
        forecast = self._forecast
        return Standing(
            stacks=self._stacks,
            done=self._done,
            running=[forecast.is_running(number) for number in range(len(self._stacks))],
            over=list(self._over),
            failed=dict(self._failed),
            seconds=time.monotonic() - self._begun,
            seconds_left=forecast.seconds_left,
            part=forecast.part,
        )
