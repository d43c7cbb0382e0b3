"""A process that carries out one stack, seen by its parent: how it ended, what it holds, ending it with all it started."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext

import psutil

from symprior.benchmark.jobs.job import Stack
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

SECONDS_TO_LEAVE = 10.0
"""For a process that has given its answer."""

Errors = tuple[str | None, ...]
"""For each run of a stack the last line of its error; None where it finished."""
Carry = Callable[[Stack], Errors]
"""Carries a stack out."""


class Worker:
    """One process for one stack.

    Args:
        context: starts processes.
        stack: what it carries out.
        carry: does it, in the process.
        tasks: files of users whose tasks are known here.

    Attributes:
        stack: as given.
        ended_for: why it was ended from here; empty: it was not.
    """

    def __init__(self, context: ForkServerContext, stack: Stack, carry: Carry, tasks: Sequence[str]) -> None:
        self.stack, self.ended_for, self._started = stack, "", time.monotonic()
        self._answer, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_in_worker, args=(theirs, stack, carry, tuple(tasks)))
        self._process.start()
        theirs.close()
        self._seen, self._below = _seen(self._process.pid), set[psutil.Process]()

    @property
    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self._started

    @property
    def signs(self) -> list[Connection | int]:
        """What `multiprocessing.connection.wait` can wait for: its answer, or its end."""
        return [self._answer, self._process.sentinel]

    def ended(self) -> Errors | str:
        """The error of each run or None; or why there is no such answer, in words. It is gone behind that."""
        said: Errors | str | None = self.ended_for or None
        with suppress(EOFError, OSError):
            if said is None and self._answer.poll():
                given = json.loads(self._answer.recv_bytes())
                said = given if isinstance(given, str) else tuple(given)
        self._process.join(0 if self.ended_for else SECONDS_TO_LEAVE)
        self.end()
        return self._cause_of_death() if said is None else said

    def _cause_of_death(self) -> str:
        code = self._process.exitcode
        return f"its worker process died ({_named(-code) if code and code < 0 else f'exit code {code}'})"

    def memory(self) -> int:
        """Bytes that it and all that it started hold; those are remembered, so that `end` finds them."""
        self._remember_what_it_started()
        return sum(_held(process) for process in self._below.union(self._seen))

    def end(self, cause: str = "") -> None:
        """End it, with all that it started."""
        self.ended_for = self.ended_for or cause
        self._remember_what_it_started()
        self._process.kill()
        self._process.join()
        for process in self._below:
            with suppress(psutil.Error):
                process.kill()

    def _remember_what_it_started(self) -> None:
        with suppress(psutil.Error):
            self._below.update(*(process.children(recursive=True) for process in self._seen))


def _seen(number: int | None) -> list[psutil.Process]:
    """A process by its number, which may be gone already."""
    try:
        return [psutil.Process(number)]
    except psutil.Error:
        return []


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _named(number: int) -> str:
    hint = ", as a system ends what takes too much memory" if number == signal.SIGKILL else ""
    return f"{signal.Signals(number).name}{hint}"


def _in_worker(answer: Connection, stack: Stack, carry: Carry, tasks: Sequence[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_die_with_parent, args=(os.getppid(),), daemon=True).start()
    import torch

    torch.set_num_threads(1)
    for name in tasks:  # a task of the user's is known to a worker once it has read its file
        get_task(name)
    try:
        answer.send_bytes(json.dumps(carry(stack)).encode())
    except SympriorError as error:
        answer.send_bytes(json.dumps(str(error)).encode())
    except Exception as error:
        answer.send_bytes(json.dumps(f"{type(error).__name__}: {error}").encode())


def _die_with_parent(parent: int) -> None:
    """End a worker whose parent was killed; it could only go on for nobody."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
