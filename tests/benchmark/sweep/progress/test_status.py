"""`symprior status`: what another shell is told of a folder, while sweeps run there and when they have died."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from symprior.benchmark.jobs.job import Job
from symprior.benchmark.sweep.progress import journal as journals
from symprior.benchmark.sweep.progress.journal import Journal, read_journals
from symprior.benchmark.sweep.store import RecordStore

Answer = Callable[..., subprocess.CompletedProcess[str]]

MIXED = """
import time
import numpy as np

class Mixed:
    '''Ends well, raises or takes long, by its seed.'''
    def __init__(self, problem, seed): self.seed = seed
    def learn(self, env, budget):
        if self.seed == 1: raise RuntimeError("out of luck")
        if self.seed == 2:
            env.reset()
            for _ in range(budget // 2): env.step(np.zeros(1, dtype=int))
            time.sleep(600)
    def act(self, observations): return np.zeros(len(observations), dtype=int)
"""


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)


@pytest.fixture
def sweep(tmp_path: Path, agent_file: Callable[[str], Path]) -> Iterator[subprocess.Popen[bytes]]:
    """A sweep that has finished one run, failed one, and is in the middle of the third."""
    agent_file(MIXED)
    command = [
        str(Path(sys.executable).parent / "symprior"),
        "run",
        "--task",
        "cartpole-v1",
        "--agent",
        "mine.py:Mixed",
    ]
    command += ["--seeds", "0-3", "--budget", "1000", "--workers", "1"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    wait_until(lambda: any(one.stacks[2].done == 500 for one in read_journals(tmp_path / "runs")))
    yield process
    process.kill()
    process.wait()


def told(answer: Answer) -> dict[str, Any]:
    result = answer("status", "--json")
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_another_shell_is_told_what_is_done_running_and_failed_and_why(
    answer: Answer, sweep: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = told(answer)["cells"][0]
    assert (cell["task"], cell["agent"]) == ("cartpole-v1", "Mixed")
    assert (cell["finished"], cell["running"], cell["waiting"]) == ([0], [2], [3])
    assert list(cell["failed"]) == ["1"] and "RuntimeError: out of luck" in cell["failed"]["1"]
    words = answer("status").stdout
    assert "Failed: Mixed on cartpole-v1, seed 1: RuntimeError: out of luck" in words
    assert "Running: Mixed on cartpole-v1, seed 2: 500 of 1,000 environment steps" in words
    assert f"Process {sweep.pid} has worked for" in words and "environment steps a second" in words

    os.kill(sweep.pid, signal.SIGKILL)
    sweep.wait()
    monkeypatch.setattr(journals, "SECONDS_OF_SILENCE", 0.0)
    cell = told(answer)["cells"][0]
    assert (cell["finished"], cell["running"], cell["waiting"]) == ([0], [], [2, 3])
    words = answer("status").stdout
    assert "died" in words and "--agent mine.py:Mixed --seeds 0-3" in words and "Nothing runs here now." in words


def test_a_folder_without_sweeps_is_told_by_its_records(answer: Answer) -> None:
    assert (
        answer("run", "--task", "cartpole-v1", "--agent", "random", "--seeds", "0-1", "--budget", "64").returncode == 0
    )
    assert told(answer)["cells"][0]["finished"] == [0, 1]
    result = answer("status", "elsewhere")
    assert result.returncode == 2 and "There is no records folder elsewhere" in result.stderr


def test_a_new_sweep_forgets_the_dead_and_no_other(tmp_path: Path, small_job: Callable[..., Job]) -> None:
    from symprior.benchmark.jobs.job import Stack

    stack = Stack(tuple(small_job().runs))
    with Journal(tmp_path, [stack]):
        with Journal(tmp_path, [stack]):
            assert [one.state for one in read_journals(tmp_path)] == ["running", "running"]
        with pytest.raises(KeyboardInterrupt), Journal(tmp_path, [stack]):
            raise KeyboardInterrupt
        assert [one.state for one in read_journals(tmp_path)] == ["running", "stopped"]
    (tmp_path / journals.FOLDER / "damaged.journal").write_text("{")
    with Journal(tmp_path, [stack]):
        assert len(read_journals(tmp_path)) == 1
    assert RecordStore(tmp_path).is_finished(stack.runs[0]) is False
