"""Every death is a record: a run that ends by itself, is killed, loops or takes too much fails, and says why."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from symprior.benchmark.jobs.job import Job, stacks
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.limits import Limits
from symprior.benchmark.sweep.store import RecordStore
from symprior.leaderboard.records.record import read_records

ENDLESS = Job("custom", "1", "cartpole-v1", "ppo", (0,), 10_000_000)
"""Long before its end everything here is over."""

TAKES = """
import os, subprocess, sys
import numpy as np

class Loops:
    def __init__(self, problem, seed): pass
    def learn(self, env, budget):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "MARK"])
        while True: pass
    def act(self, observations): return np.zeros(len(observations), dtype=int)

class Eats(Loops):
    def learn(self, env, budget): self.eaten = [np.ones(1 << 24) for _ in range(1000)]

class Leaves(Loops):
    def learn(self, env, budget): os._exit(0)
"""


@pytest.mark.parametrize(
    ("limits", "cause"),
    [
        (Limits(seconds=3), "longer than its limit of 3 s; --time-limit"),
        (Limits(memory=1 << 20), "more than its limit of 0.000977 GiB of memory; --memory-limit"),
    ],
)
def test_a_run_that_takes_too_much_is_ended_and_recorded(tmp_path: Path, limits: Limits, cause: str) -> None:
    (ended,) = LocalEngine(1, limits).carry_out(stacks(ENDLESS.runs, 1), RecordStore(tmp_path), lambda done: None)
    (record,) = read_records(tmp_path)
    assert record.status == "failed" and cause in str(record.error) and cause in str(ended.errors[0])
    assert record.effort.training_seconds > 0


def test_a_worker_killed_while_it_starts_costs_its_stack_alone(tmp_path: Path) -> None:
    job = Job("custom", "1", "cartpole-v1", "random", (0, 1, 2), 64)
    killed: list[psutil.Process] = []

    def kill_the_first(done: object) -> None:
        below = [worker for child in psutil.Process().children() for worker in child.children()]
        if below and not killed:
            below[0].kill()
            killed.append(below[0])

    store = RecordStore(tmp_path)
    every = [each.errors for each in LocalEngine(1).carry_out(stacks(job.runs, 1), store, kill_the_first)]
    assert killed and sum(errors != (None,) for errors in every) == 1
    assert sorted(record.status for record in read_records(tmp_path)) == ["failed", "finished", "finished"]


@pytest.mark.parametrize(
    ("name", "limits", "cause"),
    [
        ("Loops", Limits(seconds=8), "longer than its limit of 8 s"),
        ("Eats", Limits(memory=2 << 30), "emory"),  # a MemoryError, or whoever looks is faster
        ("Leaves", Limits(), "The agent's process died (exit code 0)"),
    ],
)
def test_what_a_users_agent_does_to_itself_is_recorded_and_costs_nobody_else(
    tmp_path: Path, agent_file: Callable[..., Path], name: str, limits: Limits, cause: str
) -> None:
    mark, before = f"left-{os.getpid()}-{name}", set(Path(tempfile.gettempdir()).glob("symprior-agent-*"))
    own = f"{agent_file(TAKES.replace('MARK', mark))}:{name}"
    jobs = [Job("custom", "1", "cartpole-v1", agent, (0,), 64) for agent in (own, "random")]
    units = stacks([run for job in jobs for run in job.runs], 1)
    store = RecordStore(tmp_path / "records")
    errors = [ended.errors for ended in LocalEngine(1, limits).carry_out(units, store, lambda done: None)]
    assert cause in str(errors[0]) and errors[1] == (None,)
    assert [record.status for record in read_records(tmp_path / "records")] == ["failed", "finished"]
    left = set(Path(tempfile.gettempdir()).glob("symprior-agent-*")) - before
    assert not left
    assert not [each for each in psutil.process_iter(["cmdline"]) if mark in (each.info["cmdline"] or [])]
