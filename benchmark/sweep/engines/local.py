"""The engine of one machine: worker processes with one torch thread each; a dead worker costs its stack alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pebble import ProcessExpired, ProcessPool

from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.sweep.engines.engine import Ended, Engine, Report
from symprior.benchmark.sweep.engines.work import work
from symprior.benchmark.sweep.store import RecordStore
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.lookup import custom_files

POLL_SECONDS = 0.2

WORKERS_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    "THP_MEM_ALLOC_ENABLE": "1",
}
"""One thread for each numeric library, and huge pages for torch's large tensors.

A batch of images is new memory at each step; in pages of four kilobytes to touch it first takes longer than to compute it.
"""

PRELOADED = ["torch._dynamo", "stable_baselines3", "symprior.benchmark.run.execution", "symprior.benchmark.cli"]
"""What the process that workers fork from imports, once in a command: each import takes seconds.

Optimizers import `torch._dynamo` at their first step, and a worker of the command line imports its main module again.
"""

Errors = tuple[str | None, ...]


@dataclass
class LocalEngine(Engine):
    """Processes side by side on this machine."""

    workers: int = 2
    name = "local"

    def carry_out(self, stacks: Sequence[Stack], store: RecordStore, report: Report) -> Iterator[Ended]:
        """Each stack as it ends."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        steps = context.RawArray(
            "q", len(stacks)
        )  # each worker writes its own number: no lock that a killed one could keep
        with (
            _environment_of_workers(),
            ProcessPool(self.workers, context=context, initializer=_prepare, initargs=(steps, custom_files())) as pool,
        ):
            futures: dict[Future[Errors], Stack] = {
                pool.schedule(_work, args=(number, stack, store)): stack for number, stack in enumerate(stacks)
            }
            try:
                for future in _as_completed(set(futures), steps, report):
                    yield Ended(futures[future], _errors(futures[future], future))
            except BaseException:
                pool.stop()
                raise


def _as_completed(waiting: set[Future[Errors]], steps: Any, report: Report) -> Iterator[Future[Errors]]:
    while waiting:
        done, _ = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        report(list(steps))
        yield from done
        waiting = waiting - done


def _errors(stack: Stack, future: Future[Errors]) -> Errors:
    """The error of each run, or None; also where the worker itself failed and left no record."""
    try:
        return future.result()
    except ProcessExpired as death:
        said = f"its worker process died (exit code {death.exitcode})"
    except SympriorError as error:
        said = str(error)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    return (said,) * len(stack.runs)


_steps: Any = None


def _work(number: int, stack: Stack, store: RecordStore) -> Errors:
    """In a worker."""

    def report(more: int) -> None:
        _steps[number] += more

    return work(stack, store, report)


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
