"""Ctrl-C at any moment ends a sweep in seconds, with a sentence, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

COMMAND = [str(Path(sys.executable).parent / "symprior"), "run", "--task", "cartpole-v1", "--agent", "ppo"]
COMMAND += ["--seeds", "0-3", "--budget", "3000000"]


def while_it_imports(process: psutil.Process) -> bool:
    return process.cpu_times().user > 0.3


def while_workers_start(process: psutil.Process) -> bool:
    return bool(process.children())


def in_the_middle(process: psutil.Process) -> bool:
    return sum(child.cpu_times().user > 1 for child in process.children(recursive=True)) >= 3


def runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("moment", [while_it_imports, while_workers_start, in_the_middle])
@pytest.mark.cells(test=2)
def test_ctrl_c_is_answered_in_a_sentence_and_nothing_is_left(
    moment: Callable[[psutil.Process], bool], tmp_path: Path
) -> None:
    process = subprocess.Popen(
        COMMAND, cwd=tmp_path, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watched, deadline = psutil.Process(process.pid), time.monotonic() + 120
    while not moment(watched):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    started = [process.pid, *(child.pid for child in watched.children(recursive=True))]
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the whole group
    _, said = process.communicate(timeout=60)  # which ends when nobody holds the pipes any more
    assert process.returncode == 130
    assert said == "Stopped. What was finished is kept; the same command carries on.\n"
    while any(map(runs, started)):
        assert time.monotonic() < deadline, "something outlives the command"
        time.sleep(0.1)
