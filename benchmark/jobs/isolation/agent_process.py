"""The process of a user's agent, seen by its run: started clean, listened to, and ended with all that it started."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from symprior.benchmark.artifacts.output import keep_output
from symprior.benchmark.jobs.isolation.channel import Channel, Gone
from symprior.benchmark.jobs.isolation.errors import ProcessDied, death_in_words
from symprior.benchmark.jobs.isolation.said import Ready, S, read
from symprior.benchmark.jobs.isolation.shared_arrays import MemoryFiles
from symprior.symmetry.errors import SympriorError

SECONDS_TO_DIE = 5.0
"""For a process that has closed its end."""

OWN_FOLDERS = (Path(__file__).resolve().parents[3], Path(sys.prefix))
"""Where this package and those that it stands on lie: what is written there would run in the next command."""


@dataclass(frozen=True)
class Confines:
    """What surrounds a user's agent.

    Attributes:
        read_only: folders that it may read and not write, where the system can do that.
        output: the file behind whose end goes what it prints; None: nothing is kept.
    """

    read_only: tuple[Path, ...] = ()
    output: Path | None = None


UNBOUND = Confines()


class AgentProcess:
    """A process that has read a user's file.

    Args:
        name: `path/to/file.py:Name`, with the whole path.
        confines: what surrounds it.

    Attributes:
        files: the memory that it shares.
        unconfined: why it is not in namespaces of its own; empty where it is.
    """

    def __init__(self, name: str, confines: Confines) -> None:
        self.files = MemoryFiles.made()
        self._channel, theirs = Channel.pair()
        folder, shared = tempfile.mkdtemp(prefix="symprior-agent-"), (theirs.fileno(), *self.files.descriptors)
        told = {
            "agent": name,
            "socket": shared[0],
            "memory": shared[1:],
            "read_only": [str(each) for each in (*confines.read_only, *OWN_FOLDERS)],
        }
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-X",
                "faulthandler",
                "-m",
                "symprior.benchmark.jobs.isolation.inside",
                json.dumps(told),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            pass_fds=shared,
            start_new_session=True,
        )
        theirs.close()
        assert self._process.stdout is not None
        listener = threading.Thread(target=_keep, args=(self._process.stdout, confines.output), daemon=True)
        listener.start()
        self.close = weakref.finalize(self, _end, self._process, self._channel, self.files, folder, listener)
        self.unconfined = self.hear(Ready).unconfined

    def say(self, word: bytes) -> None:
        """Send a word of the training."""
        with suppress(Gone):  # its death is told where an answer is due
            self._channel.say(word)

    def send(self, do: str, **message: object) -> None:
        """Send what is to be done."""
        with suppress(Gone):
            self._channel.send(do=do, **message)

    def next(self, seconds: float | None = None) -> bytes:
        """The next packet, whatever it is.

        Raises:
            ProcessDied: the process ended.
            SympriorError: nothing came within these seconds.
        """
        try:
            return self._channel.hear(seconds)
        except Gone:
            raise ProcessDied(f"The agent's process died ({self._cause()}).") from None
        except TimeoutError:
            raise SympriorError(f"The agent's process gave no answer within {seconds:.0f} s.") from None

    def hear(self, kind: type[S], seconds: float | None = None) -> S:
        """The answer that is due.

        Raises:
            SympriorError: as `next`; or the agent raised something, or sent something else.
        """
        return read(self.next(seconds), kind)

    def _cause(self) -> str:
        try:
            return death_in_words(self._process.wait(SECONDS_TO_DIE))
        except subprocess.TimeoutExpired:
            return "it closed its connection"


def started_by(process: int) -> list[psutil.Process]:
    """All that a process has started and that still runs, what those started too; nothing where it is gone."""
    try:
        return psutil.Process(process).children(recursive=True)
    except psutil.Error:
        return []


def kill(processes: Iterable[psutil.Process]) -> None:
    """End these, as far as they still run."""
    for each in processes:
        with suppress(psutil.Error):
            each.kill()


def _keep(printed: IO[bytes], output: Path | None) -> None:
    with printed:
        keep_output(printed.fileno(), output)


def _end(
    process: subprocess.Popen[bytes], channel: Channel, files: MemoryFiles, folder: str, listener: threading.Thread
) -> None:
    """End a process with all that it started, and give back what it shared."""
    below = started_by(process.pid)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    kill(below)
    process.wait()
    listener.join(SECONDS_TO_DIE)
    channel.close()
    for descriptor in files.descriptors:
        os.close(descriptor)
    shutil.rmtree(folder, ignore_errors=True)
