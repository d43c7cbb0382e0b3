"""Running many jobs in worker processes: one torch thread each, a dead worker costs one job, finished runs are skipped."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from symprior.benchmark.job import Job, Run, Stack, stacks
from symprior.benchmark.store import RecordStore
from symprior.tasks import get_task
from symprior.tasks.errors import SympriorError
from symprior.tasks.lookup import own_files
from symprior.tasks.source_files import is_read

POLL_SECONDS = 0.2
LONGEST_SUMMARY = 300
PLACE = re.compile(r'^  File "(.+)", line (\d+)', re.MULTILINE)
"""Of a frame in a traceback."""

WORKERS_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    "THP_MEM_ALLOC_ENABLE": "1",
}
"""One thread for each numeric library, and huge pages for torch's large tensors.

A batch of images is new memory at each step; in pages of four kilobytes to touch it first takes longer than to compute it.
"""

PRELOADED = ["torch._dynamo", "stable_baselines3", "symprior.benchmark.execution", "symprior.benchmark.cli"]
"""What the process that workers fork from imports, once in a command: each import takes seconds.

Optimizers import `torch._dynamo` at their first step, and a worker of the command line imports its main module again.
"""

Report = Callable[[Sequence[int]], None]
"""Takes the environment steps that each stack has done so far, in the order of the stacks."""
Progress = Callable[[list[Stack]], AbstractContextManager[Report]]
"""Shows the stacks while they run."""


@dataclass
class Outcome:
    """What became of a sweep.

    Attributes:
        finished: runs that finished now.
        failed: (run, the last line of its error) for each that did not.
    """

    finished: int = 0
    failed: list[tuple[Run, str]] = field(default_factory=list)


def pending(jobs: list[Job], store: RecordStore) -> list[Run]:
    """The runs of the jobs that are not finished yet.

    Raises:
        SympriorError: a record is there that cannot be read, or that answers another question.
    """
    for job in jobs:
        store.check_other_seeds(job)
    return [run for job in jobs for run in job.runs if not store.is_finished(run)]


def run(runs: list[Run], store: RecordStore, workers: int, progress: Progress) -> Outcome:
    """Carry out the runs and write a record for every one.

    Args:
        runs: what to run.
        store: where records go.
        workers: processes side by side.
        progress: shows what runs, in this process.
    """
    store.check_writable()
    outcome, units = Outcome(), stacks(runs, workers)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    steps = context.RawArray("q", len(units))  # each worker writes its own cell: no lock that a killed one could keep
    with (
        progress(units) as report,
        _environment_of_workers(),
        ProcessPool(workers, context=context, initializer=_prepare, initargs=(steps, own_files())) as pool,
    ):
        futures: dict[Future[Any], Stack] = {
            pool.schedule(_work, args=(number, stack, str(store.folder))): stack for number, stack in enumerate(units)
        }
        try:
            for future in _as_completed(set(futures), steps, report):
                _collect(outcome, futures[future], future)
        except BaseException:
            pool.stop()
            raise
    return outcome


def _as_completed(waiting: set[Future[Any]], steps: Any, report: Report) -> Iterator[Future[Any]]:
    while waiting:
        done, _ = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        report(list(steps))
        yield from done
        waiting = waiting - done


def _collect(outcome: Outcome, stack: Stack, future: Future[Any]) -> None:
    for each, error in zip(stack.runs, _errors(stack, future), strict=True):
        if error is None:
            outcome.finished += 1
        else:
            outcome.failed.append((each, error))


def _errors(stack: Stack, future: Future[Any]) -> list[str | None]:
    """The error of each run, or None; also where the worker itself failed and left no record."""
    try:
        return list(future.result())
    except ProcessExpired as death:
        error = f"its worker process died (exit code {death.exitcode})"
    except SympriorError as problem:
        error = str(problem)
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    return [error] * len(stack.runs)


def _work(number: int, stack: Stack, folder: str) -> list[str | None]:
    """In a worker: carry the runs out and write their records; the last line of each run's error, or None."""
    from symprior.benchmark.execution import Execution

    def report(more: int) -> None:
        _steps[number] += more

    store = RecordStore(Path(folder))
    errors: list[str | None] = []
    for record in Execution(stack, report).run():
        store.write(record)
        errors.append(_summary(record.error) if record.error else None)
    return errors


def _summary(error: str) -> str:
    """One line of an error: of a traceback the exception, its message's first line, and where in a user's file it was."""
    lines = [line for line in error.strip().splitlines() if line]
    raised = [line for line in lines if line[0] not in " \t" and not line.startswith("Traceback")]
    text = raised[0] if raised else lines[-1]
    short = text if len(text) <= LONGEST_SUMMARY else f"{text[:LONGEST_SUMMARY]} …"
    places = [f" ({Path(path).name}, line {line})" for path, line in PLACE.findall(error) if is_read(path)]
    return short + (places[-1] if places else "")


_steps: Any = None


def _prepare(steps: Any, tasks: list[str]) -> None:
    global _steps  # noqa: PLW0603  (how a worker tells its parent the environment steps of each stack)
    _steps = steps
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_die_with_parent, args=(os.getppid(),), daemon=True).start()
    import torch

    torch.set_num_threads(1)
    for name in tasks:  # a task of the user's is known to a worker once it has read its file
        get_task(name)


def _die_with_parent(parent: int) -> None:
    """End a worker whose parent was killed; it could only go on for nobody."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


@contextmanager
def _environment_of_workers() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in WORKERS_ENVIRONMENT}
    os.environ.update(WORKERS_ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
