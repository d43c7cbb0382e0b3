"""The engine of one machine: a process of its own for each stack, with one torch thread, ended where it takes too much."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, NamedTuple

from symprior.benchmark.jobs.isolation.described import known
from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.run.portable import KERNELS, check_processor
from symprior.benchmark.run.snapshots import Snapshots
from symprior.benchmark.sweep.devices import NOTHING_DECLARED, GpuNeed, Gpus, memory_of_gpus, see_only
from symprior.benchmark.sweep.engines.engine import Ended, Engine, Errors, Report
from symprior.benchmark.sweep.engines.reached import CurvesOnTheWay
from symprior.benchmark.sweep.engines.uninterrupted import uninterrupted
from symprior.benchmark.sweep.engines.work import give_up, work
from symprior.benchmark.sweep.engines.worker import Files, Worker
from symprior.benchmark.sweep.estimate import Estimate, duration
from symprior.benchmark.sweep.limits import Limits
from symprior.benchmark.sweep.store import RecordStore
from symprior.tasks.lookup import custom_files

POLL_SECONDS = 0.2
SECONDS_BETWEEN_LOOKS = 1.0
"""At what the workers hold: to find all their processes takes some milliseconds."""

WORKERS_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    "THP_MEM_ALLOC_ENABLE": "1",
}
"""Of every worker: one thread for each numeric library, and huge pages for torch's large tensors.

A batch of images is new memory at each step; in pages of four kilobytes to touch it first takes longer than to compute it.
"""

PRELOADED = [
    "torch._dynamo",
    "stable_baselines3",
    "symprior.benchmark.run.execution",
    "symprior.benchmark.command_line.app",
    "symprior.benchmark.sweep.engines.registered",
    "array_api_compat.numpy",
    "array_api_compat.torch",
]
"""What the process that workers fork from imports, once in a command: each import takes seconds, all of them together for
each worker half as long as a short run.

Optimizers import `torch._dynamo` at their first step, and a worker of the command line imports its main module again.
"""


@dataclass
class LocalEngine(Engine):
    """Processes side by side on this machine."""

    workers: int = 2
    limits: Limits = field(default_factory=Limits)
    gpus: GpuNeed = NOTHING_DECLARED
    name = "local"

    def carry_out(self, stacks: Sequence[Stack], store: RecordStore, report: Report) -> Iterator[Ended]:
        """Each stack as it ends; those with portable kernels come last, as they fork from another process.

        Raises:
            SympriorError: this processor has no portable kernels.
        """
        kinds = sorted({stack.job.portable for stack in stacks})
        if True in kinds:
            check_processor()
        context = multiprocessing.get_context("forkserver")
        steps = context.RawArray("q", len(stacks))
        for portable in kinds:
            alike = {number: stack for number, stack in enumerate(stacks) if stack.job.portable == portable}
            with _environment_of_workers(portable) as variables:
                _start_what_workers_fork_from(context, variables)
                shift = _Shift(context, alike, steps, store, self.limits, self.gpus)
                yield from self._carried_out(shift, report)

    def _carried_out(self, shift: _Shift, report: Report) -> Iterator[Ended]:
        try:
            while shift.has_work:
                with uninterrupted():  # a worker that is half started could not be ended
                    shift.fill(self.workers)
                for worker in shift.over():
                    yield Ended(worker.stack, shift.errors(worker))
                report(list(shift.steps))
        finally:
            with uninterrupted():
                shift.end()


class _Shift:
    """The stacks of one call: those that wait, and those that workers carry out now.

    Args:
        context: starts processes.
        stacks: all of them, by their numbers.
        steps: environment steps of each stack; each worker writes its own number, so that there is no lock to keep.
        store: where records go.
        limits: of each.
        need: what each takes of a GPU.

    Attributes:
        steps: as given.
    """

    def __init__(
        self,
        context: ForkServerContext,
        stacks: Mapping[int, Stack],
        steps: Any,
        store: RecordStore,
        limits: Limits,
        need: GpuNeed,
    ) -> None:
        self._context, self.steps = context, steps
        self._store, self._limits, self._estimate = store, limits, Estimate(store)
        self._waiting, self._working = dict(stacks), list[Worker]()
        self._places: dict[Worker, _Place] = {}
        self._gpus = Gpus(need, memory_of_gpus()) if need.is_declared else None
        self._looked = time.monotonic()
        self._folder = tempfile.TemporaryDirectory(prefix="symprior-", ignore_cleanup_errors=True)

    @property
    def has_work(self) -> bool:
        """Whether anything waits or runs."""
        return bool(self._waiting or self._working)

    def fill(self, workers: int) -> None:
        """Start what waits, as far as there are workers."""
        while len(self._working) < workers and (place := self._free_place()):
            stack = self._waiting.pop(place.number)
            carry = partial(_carry, place, self._store, self.steps, self._folder.name)
            files = Files(self._output(stack), custom_files(), known())
            worker = Worker(self._context, stack, carry, self._limits.memory, files)
            self._working.append(worker)
            self._places[worker] = place

    def _free_place(self) -> _Place | None:
        """For the first stack that finds room on a GPU; None where none does."""
        for number, stack in self._waiting.items():
            gpu = self._gpus.take(stack.job.device) if self._gpus else None
            if gpu is not None or self._gpus is None:
                return _Place(number, gpu)
        return None

    def _output(self, stack: Stack) -> Path:
        """Where the output of a stack goes; what an earlier attempt printed stays where it carries on."""
        output = self._store.output_of(stack)
        if not Snapshots(self._store.folder, stack).is_there:
            with suppress(OSError):
                output.unlink()
        return output

    def over(self) -> list[Worker]:
        """Wait a little; whose answer or end has come, or who took too much and was ended for it."""
        ready = wait([sign for worker in self._working for sign in worker.signs], POLL_SECONDS)
        self._look()
        done = [worker for worker in self._working if worker.ended_for or any(sign in ready for sign in worker.signs)]
        self._working = [worker for worker in self._working if worker not in done]
        return done

    def errors(self, worker: Worker) -> Errors:
        """The errors of the runs of a worker that is over; where it left no answer, its runs have failed records."""
        said, place = worker.ended(), self._places.pop(worker)
        if self._gpus and place.gpu is not None:
            self._gpus.give_back(place.gpu)
        if not isinstance(said, str):
            return said
        runs = len(worker.stack.runs)
        reached = _curves(self._folder.name, place, runs).read(self.steps[place.number] // runs)
        return give_up(worker.stack, self._store, said, worker.seconds, reached)

    def end(self) -> None:
        """End all that still runs."""
        for worker in self._working:
            worker.end("it was stopped")
        self._folder.cleanup()  # also of what killed workers left there

    def _look(self) -> None:
        """End who takes too much."""
        if time.monotonic() - self._looked < SECONDS_BETWEEN_LOOKS:
            return
        self._looked = time.monotonic()
        for worker in self._working:
            if cause := self._breach(worker):
                worker.end(cause)

    def _breach(self, worker: Worker) -> str:
        """Which limit a worker is over, in words; empty where it keeps them."""
        holds, limits = worker.holds(), self._limits
        if holds.memory > limits.memory:
            return (
                f"it took more than its limit of {limits.memory / 2**30:.3g} GiB of memory; --memory-limit sets another"
            )
        if holds.processes > limits.processes:
            return f"it started more processes than its limit of {limits.processes}"
        if worker.seconds <= limits.least_seconds:  # earlier runs need not be looked at
            return ""
        seconds = limits.seconds_of(worker.stack, self._estimate)
        if worker.seconds > seconds:
            return f"it took longer than its limit of {duration(seconds)}; --time-limit sets another"
        return ""


class _Place(NamedTuple):
    """Where a stack stands: its number in the list, and the GPU that it shares; None: nobody counts that."""

    number: int
    gpu: int | None


def _carry(place: _Place, store: RecordStore, steps: Any, folder: str, stack: Stack) -> Errors:
    """Carry a stack out, in a worker; temporary files lie in `folder`, which outlives it."""
    tempfile.tempdir = folder
    if place.gpu is not None and ":" not in stack.job.device:
        see_only(place.gpu)

    def report(more: int) -> None:
        steps[place.number] += more

    return work(stack, store, report, _curves(folder, place, len(stack.runs)).keep)


def _curves(folder: str, place: _Place, runs: int) -> CurvesOnTheWay:
    """The curves of a stack, also for whoever has to give it up."""
    return CurvesOnTheWay(Path(folder) / f"curves-{place.number}.jsonl", runs)


_forked_with: dict[str, str] = {}
"""What is in the environment of the process that workers fork from, as far as it is ours."""


def _start_what_workers_fork_from(context: ForkServerContext, variables: dict[str, str]) -> None:
    """Wait for its imports, which Ctrl-C may cut short: in it the signal stays blocked, as the parent alone answers.

    One that has imported under other variables makes room for it.
    """
    context.set_forkserver_preload(PRELOADED)
    if variables != _forked_with:
        _end_what_workers_fork_from()
    _forked_with.clear()
    _forked_with.update(variables)
    resource_tracker.ensure_running()  # which lets signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    try:
        first = context.Process(target=_nothing)
        first.start()
        first.join()
    except BaseException:  # else it would import to the end, for nobody
        _end_what_workers_fork_from()
        raise


def _end_what_workers_fork_from() -> None:
    """`multiprocessing` finds it dead when it wants to fork again, and starts another one."""
    server: Any = forkserver
    process = server._forkserver._forkserver_pid
    if process is not None:
        os.kill(process, signal.SIGKILL)
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)


def _nothing() -> None:
    """What the first process does."""


@contextmanager
def _environment_of_workers(portable: bool) -> Iterator[dict[str, str]]:
    variables = WORKERS_ENVIRONMENT | (KERNELS if portable else {})
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield variables
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
