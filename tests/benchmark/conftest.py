"""Small runs for the tests of the benchmark floor."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run import policy_measure
from symprior.benchmark.run.execution import Execution
from symprior.tasks.references.frozen_states import frozen_observations


@pytest.fixture(autouse=True, scope="session")
def _frozen_states_are_collected_once() -> Iterator[None]:
    """Of each task once for all small runs, of which they would be a third; they depend on the task alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy_measure, "frozen_observations", cache(frozen_observations))
        yield


@pytest.fixture
def small_job():
    """Makes a job that takes a second, evaluated at its start, middle and end: evaluations cost more than it learns."""

    def make(agent="ppo", task="cartpole-v1", budget=1024, seeds=(0,), **rest):
        return Job("custom", "1", task, agent, seeds, budget, **{"evaluate_every": -(-budget // 2), **rest})

    return make


@pytest.fixture
def execute(small_job):
    """Runs one small job and gives its only record."""

    def run(**arguments):
        return Execution(Stack(tuple(small_job(**arguments).runs))).run()[0]

    return run


@pytest.fixture
def symprior(tmp_path):
    """Calls the command line as a user does, in an empty folder; gives the finished process. It takes seconds to start."""

    def call(*arguments, timeout=300, cwd=tmp_path):
        environment = {**os.environ, "COLUMNS": "200", "OMP_NUM_THREADS": "1"}
        return subprocess.run(
            [str(Path(sys.executable).parent / "symprior"), *map(str, arguments)],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return call


@pytest.fixture
def agent_file(tmp_path):
    """Writes an own agent's file and gives its path."""

    def write(body, name="mine.py"):
        path = tmp_path / name
        path.write_text(body)
        return path

    return write
