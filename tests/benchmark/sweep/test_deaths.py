"""Every death is a record: a run that ends by itself, is killed, loops or takes too much fails, and says why."""

from __future__ import annotations

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
