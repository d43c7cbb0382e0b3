"""Every death is a record: a run that ends by itself, is killed, loops or takes too much fails, and says why."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from symprior.benchmark.jobs.job import Job, Stack, stacks
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.limits import Limits
from symprior.benchmark.sweep.store import RecordStore
from symprior.leaderboard.records.record import read_records
from symprior.tasks import get_task

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

class Breeds(Loops):
    def learn(self, env, budget):
        for _ in range(40): subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "MARK"])
        while True: pass

class Leaves(Loops):
    def learn(self, env, budget): os._exit(0)
"""


def workers() -> list[psutil.Process]:
    """Those that were forked for this process."""
    return [worker for child in psutil.Process().children() for worker in child.children()]


@pytest.mark.parametrize(
    ("limits", "cause"),
    [
        (Limits(seconds=2), "longer than its limit of 2 s; --time-limit"),
        (Limits(memory=1 << 20), "more than its limit of 0.000977 GiB of memory; --memory-limit"),
    ],
)
def test_a_run_that_takes_too_much_is_ended_and_recorded(tmp_path: Path, limits: Limits, cause: str) -> None:
    (ended,) = LocalEngine(1, limits).carry_out(stacks(ENDLESS.runs, 1), RecordStore(tmp_path), lambda done: None)
    (record,) = read_records(tmp_path)
    assert record.status == "failed" and cause in str(record.error) and cause in str(ended.errors[0])
    assert record.effort.training_seconds > 0


def test_a_worker_that_is_killed_costs_its_stack_alone(tmp_path: Path) -> None:
    job = Job("custom", "1", "cartpole-v1", "random", (0, 1, 2), 60_000)
    killed, each_alone = list[psutil.Process](), [Stack((run,)) for run in job.runs]

    def kill_the_first(done: Sequence[int]) -> None:
        if any(done) and (below := workers()) and not killed:  # a worker, and not who waits for what all of them import
            below[0].kill()
            killed.append(below[0])

    store = RecordStore(tmp_path)
    every = [each.errors for each in LocalEngine(1).carry_out(each_alone, store, kill_the_first)]
    assert killed and sum(errors != (None,) for errors in every) == 1
    assert sorted(record.status for record in read_records(tmp_path)) == ["failed", "finished", "finished"]


@pytest.mark.parametrize("learner", ["stable-baselines3", "batched"])
def test_the_record_of_a_run_that_is_ended_keeps_its_curve(tmp_path: Path, learner: str) -> None:
    seeds = (0, 1) if learner == "batched" else (0,)
    job = Job("custom", "1", "cartpole-v1", "ppo", seeds, 10_000_000, learner, evaluate_every=256)
    reached = 0

    def kill_behind_some_evaluations(done: Sequence[int]) -> None:
        nonlocal reached
        reached = done[0] // len(seeds)
        if reached > 1024:
            for worker in workers():
                worker.kill()

    list(LocalEngine(1).carry_out(stacks(job.runs, 1), RecordStore(tmp_path), kill_behind_some_evaluations))
    records = read_records(tmp_path)
    assert len(records) == len(seeds)
    for record in records:
        assert record.status == "failed" and "died (SIGKILL" in str(record.error)
        assert record.steps_used >= reached > 1024
        assert [point.step for point in record.curve][:5] == [0, 256, 512, 768, 1024]


PRINTS = """
import os
import gymnasium
import numpy as np
from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import signs
from symprior.tasks import Symmetry, custom_task

@custom_task(symmetry=lambda: Symmetry(signs(cyclic(2), [[1], [-1]]), signs(cyclic(2), [[1], [-1]]), discrete=False),
             group_in_words="none", description="Prints.", time_limit=4, threshold=1.0)
class Prints(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)
    action_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(1, np.float32), {}

    def step(self, action):
        print("a step is taken")
        END
        return np.zeros(1, np.float32), 0.0, False, False, {}
"""


@pytest.mark.parametrize(("end", "said"), [("", ["a step is taken"]), ("os.write(2, b'dying'); os.abort()", ["dying"])])
def test_what_is_printed_in_a_run_of_a_shipped_agent_lies_beside_its_record(
    end: str, said: list[str], tmp_path: Path, agent_file: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    task = get_task(f"{agent_file(PRINTS.replace('END', end), 'printing.py')}:Prints")
    job, store = Job("custom", "1", task.id, "random", (0,), 16), RecordStore(tmp_path / "records")
    list(LocalEngine(1).carry_out(stacks(job.runs, 1), store, lambda done: None))
    (record,) = read_records(store.folder)
    assert record.status == ("failed" if end else "finished"), record.error
    printed = store.path(job.runs[0]).with_suffix(".log").read_text()
    assert all(each in printed for each in said)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "limits", "cause"),
    [
        ("Loops", Limits(seconds=5), "longer than its limit of 5 s"),
        ("Eats", Limits(memory=2 << 30), "emory"),  # a MemoryError, or whoever looks is faster
        ("Breeds", Limits(processes=20), "more processes than its limit of 20"),
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
