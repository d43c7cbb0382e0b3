"""What every engine keeps: each stack ends once, with a record or a cause; whoever stops it stops its work."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from symprior.benchmark.jobs.job import Job, stacks
from symprior.benchmark.sweep.engines.engine import Engine
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.engines.ray import RayEngine
from symprior.benchmark.sweep.store import RecordStore
from symprior.tasks.environments.extras import is_installed

NEEDS_RAY = pytest.mark.skipif(not is_installed("ray"), reason="Ray is not installed: pip install 'symprior[ray]'")
ENGINES: dict[str, Callable[[], Engine]] = {"local": lambda: LocalEngine(2), "ray": lambda: RayEngine(2)}

MIXED = """
import os
import numpy as np

class Mixed:
    '''Ends well, raises, or takes its process with it, by its seed.'''
    def __init__(self, problem, seed): self.seed = seed
    def learn(self, env, budget):
        if self.seed == 1: raise RuntimeError("out of luck")
        if self.seed == 2: os._exit(7)
    def act(self, observations): return np.zeros(len(observations), dtype=int)
"""


@pytest.fixture(params=["local", pytest.param("ray", marks=[NEEDS_RAY, pytest.mark.exhaustive])])
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]()


def test_each_stack_ends_once_with_a_record_or_a_cause(
    engine: Engine, tmp_path: Path, agent_file: Callable[[str], Path]
) -> None:
    job = Job("custom", "1", "cartpole-v1", f"{agent_file(MIXED)}:Mixed", (0, 1, 2, 3), 64)
    store, units = RecordStore(tmp_path / "records"), stacks(job.runs, engine.workers)
    said: dict[int, str | None] = {}
    for ended in engine.carry_out(units, store, lambda done: None):
        for run, error in zip(ended.stack.runs, ended.errors, strict=True):
            assert run.seed not in said
            said[run.seed] = error
    assert said[0] is None and said[3] is None
    assert "out of luck" in str(said[1]) and "died" in str(said[2])
    assert [store.is_finished(run) for run in job.runs] == [True, False, False, True]
    assert store.path(job.runs[1]).exists(), "an agent's own failure is recorded"


def test_whoever_stops_iterating_stops_what_runs(engine: Engine, tmp_path: Path) -> None:
    before = set(psutil.Process().children(recursive=True))
    jobs = [
        Job("custom", "1", "cartpole-v1", "random", (0,), 64),
        Job("custom", "1", "cartpole-v1", "ppo", (0,), 10_000_000),
    ]
    units = stacks([run for job in jobs for run in job.runs], engine.workers)
    ended = engine.carry_out(units, RecordStore(tmp_path), lambda done: None)
    assert next(ended).errors == (None,)
    ended.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(_works(child) for child in _children() - before):
        time.sleep(0.2)
    assert not any(_works(child) for child in _children() - before)


def _children() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def _works(process: psutil.Process) -> bool:
    """Whether it still computes; helpers that wait for the next command do not."""
    try:
        return process.is_running() and process.cpu_percent(interval=0.3) > 1
    except psutil.Error:
        return False
