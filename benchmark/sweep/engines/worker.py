"""A process that carries out one stack, seen by its parent: how it ended, what it holds, ending it with all it started."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import NamedTuple

import psutil

from symprior.benchmark.artifacts.output import keep_output
from symprior.benchmark.jobs.isolation.agent_process import kill, started_by
from symprior.benchmark.jobs.isolation.described import Known, remember
from symprior.benchmark.jobs.isolation.errors import death_in_words
from symprior.benchmark.jobs.isolation.namespaces import adopt_orphans
from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.sweep.engines.engine import Errors
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.custom.source_files import names_a_file

SECONDS_TO_LEAVE = 10.0
"""For a process that has given its answer."""

Carry = Callable[[Stack], Errors]
"""Carries a stack out."""


@dataclass(frozen=True)
class Files:
    """What a worker writes to and reads beside records.

    Attributes:
        output: gets what it prints.
        tasks: files of users whose tasks are known here.
        agents: what is known here of classes in users' files.
    """

    output: Path
    tasks: Sequence[str]
    agents: Known


class Holds(NamedTuple):
    """What a worker holds: bytes of memory, and how many processes beside its own."""

    memory: int
    processes: int


class Worker:
    """One process for one stack.

    Args:
        context: starts processes.
        stack: what it carries out.
        carry: does it, in the process.
        memory: bytes that a process of a user's agent may allocate.
        files: where its output goes, and files of users that it has to know.

    Attributes:
        stack: as given.
        ended_for: why it was ended from here; empty: it was not.
    """

    def __init__(self, context: ForkServerContext, stack: Stack, carry: Carry, memory: int, files: Files) -> None:
        self.stack, self.ended_for, self._started = stack, "", time.monotonic()
        self._answer, theirs = context.Pipe(duplex=False)
        printed, to_print = context.Pipe(duplex=False)
        told = (theirs, to_print, stack, carry, memory, tuple(files.tasks), files.agents)
        self._process = context.Process(target=_in_worker, args=told)
        self._process.start()
        theirs.close()
        to_print.close()
        self._listener = threading.Thread(target=_listen, args=(printed, files.output), daemon=True)
        self._listener.start()
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
        cause = f"its worker process died ({death_in_words(self._process.exitcode)})"
        return cause if said is None else said

    def holds(self) -> Holds:
        """What it holds now with all that it started; that is remembered, so that `end` finds it."""
        running = self._remember_what_it_started()
        return Holds(sum(_memory(process) for process in self._below.union(self._seen)), running)

    def end(self, cause: str = "") -> None:
        """End it, with all that it started."""
        self.ended_for = self.ended_for or cause
        self._remember_what_it_started()
        self._process.kill()
        self._process.join()
        kill(self._below)
        self._listener.join(SECONDS_TO_LEAVE)

    def _remember_what_it_started(self) -> int:
        """How many processes that is."""
        below = set[psutil.Process]()
        with suppress(psutil.Error):
            below.update(*(process.children(recursive=True) for process in self._seen))
        self._below |= below
        return len(below)


def _seen(number: int | None) -> list[psutil.Process]:
    """A process by its number, which may be gone already."""
    try:
        return [psutil.Process(number)]
    except psutil.Error:
        return []


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _listen(printed: Connection, output: Path) -> None:
    with printed:
        keep_output(printed.fileno(), output)


def _print_to(pipe: Connection) -> None:
    """Let all that this process prints, crashes included, go into a pipe, line by line."""
    for descriptor in (1, 2):
        os.dup2(pipe.fileno(), descriptor)
    pipe.close()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)


def _in_worker(
    answer: Connection,
    to_print: Connection,
    stack: Stack,
    carry: Carry,
    memory: int,
    tasks: Sequence[str],
    agents: Known,
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _print_to(to_print)
    adopt_orphans()
    if names_a_file(stack.job.agent):  # what allocates faster than its parent looks would take the machine with it
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    threading.Thread(target=_die_with_command, daemon=True).start()
    import torch

    torch.set_num_threads(1)
    for name in tasks:  # a task of the user's is known to a worker once it has read its file
        get_task(name)
    remember(agents)
    said: Errors | str
    try:
        said = carry(stack)
    except SympriorError as error:
        said = str(error)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    kill(started_by(os.getpid()))  # whatever was started in a run ends with it, also where its parent is gone
    answer.send_bytes(json.dumps(said).encode())


def _die_with_command() -> None:
    """End a worker whose command was killed; it could only go on for nobody.

    The process that it was forked from is no sign of that: it lives as long as one of its workers.
    """
    command = multiprocessing.parent_process()
    assert command is not None
    command.join()
    kill(started_by(os.getpid()))
    os._exit(1)
