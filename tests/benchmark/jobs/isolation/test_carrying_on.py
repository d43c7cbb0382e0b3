"""A user's agent that offers `save` and `load` goes on where it was killed; what it saved is for its own process alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symprior.benchmark.jobs.isolation.agent_process import Confines
from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.run.snapshots import FOLDER, Snapshots
from symprior.leaderboard import RunRecord, read_records

BUDGET = 512
AGENTS = """
import os, pickle, random, time
import numpy as np

class Draws:
    num_envs = 4

    def __init__(self, problem, seed):
        self.rng, self.weights, self.gradient_steps = np.random.default_rng(seed), np.zeros(4), 0

    def learn(self, env, budget):
        print("begins at", self.gradient_steps, flush=True)
        seen, _ = env.reset()
        while True:
            env.may_rest()
            self.draw()
            for _ in range(8): seen, *_ = env.step(self.act(seen))
            self.gradient_steps += 1

    def draw(self):
        self.weights = self.weights + self.rng.normal(size=4)

    def act(self, observations):
        return (observations @ self.weights > 0).astype(int)

    def policy_arrays(self, run): return {"weights": self.weights}
    def take_policy(self, arrays): self.weights = arrays["weights"]

    def save(self): return pickle.dumps((self.rng, self.weights, self.gradient_steps))
    def load(self, saved): self.rng, self.weights, self.gradient_steps = pickle.loads(saved)

class DrawsFromAll(Draws):
    def draw(self):
        import torch
        self.weights = self.weights + np.random.normal(size=4) + random.random() + torch.rand(4).numpy()

    def save(self):
        random.random(), np.random.normal()  # nobody shall notice
        return super().save()

class Slow(Draws):
    def draw(self):
        time.sleep(0.05)
        super().draw()

class SavesNothing(Draws):
    def save(self): return None

class SavesNoBytes(Draws):
    def save(self): return {"weights": self.weights}

class FailsToSave(Draws):
    def save(self): raise RuntimeError("no room")

class FailsToLoad(Draws):
    def load(self, saved): raise RuntimeError("not mine")

class Steps(Draws):
    def learn(self, env, budget):
        self.env = env
        super().learn(env, budget)
    def save(self): self.env.step(np.zeros(4, dtype=int))

class Bomb:
    def __reduce__(self): return os._exit, (9,)

class SavesABomb(Draws):
    def save(self): return pickle.dumps(Bomb()) + pickle.dumps((self.rng, self.weights, self.gradient_steps))
    def load(self, saved): super().load(saved[len(pickle.dumps(Bomb())):])
"""


class Killed(BaseException):
    """Ends a run as a signal would."""


class Deadly(Snapshots):
    """Kills its run two places behind a snapshot."""

    places = 0

    @property
    def is_due(self) -> bool:
        self.places += 1
        if self.places > 6:
            raise Killed
        return self.places == 4


@pytest.fixture(scope="module")
def stack_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stack]:
    file = tmp_path_factory.mktemp("agents") / "mine.py"
    file.write_text(AGENTS)

    def made(name: str) -> Stack:
        return Stack(tuple(Job("custom", "1", "cartpole-v1", f"{file}:{name}", (0,), BUDGET, evaluate_every=128).runs))

    return made


@pytest.fixture(scope="module")
def undisturbed(stack_of: Callable[[str], Stack], tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    """What all agents leave that draw as the first does."""
    return carried_out(stack_of("Draws"), tmp_path_factory.mktemp("undisturbed") / "output", None)[0]


def carried_out(stack: Stack, output: Path, snapshots: Snapshots | None) -> tuple[RunRecord, Any]:
    execution = Execution(stack, confines=Confines(output=output), snapshots=snapshots)
    try:
        (record,) = execution.run()
        return record, execution.policy(0)
    finally:
        execution.close()


def killed(stack: Stack, output: Path, records: Path) -> None:
    execution = Execution(stack, confines=Confines(output=output), snapshots=Deadly(records, stack))
    with pytest.raises(Killed):
        execution.run()
    execution.close()


def facts(record: RunRecord) -> object:
    """What was learned."""
    return record.status, record.error, record.curve, record.steps_used, record.effort.gradient_steps


def starts(output: Path) -> list[int]:
    return [int(line.split()[-1]) for line in output.read_text().splitlines() if line.startswith("begins at")]


def test_a_killed_run_goes_on_with_the_same_bits(stack_of: Callable[[str], Stack], tmp_path: Path) -> None:
    stack, output = stack_of("DrawsFromAll"), tmp_path / "output"
    undisturbed, policy = carried_out(stack, tmp_path / "other", None)
    killed(stack, output, tmp_path)
    record, found = carried_out(stack, output, Snapshots(tmp_path, stack))
    assert starts(output) == [0, 3], "it went on from the snapshot, and its output is kept"
    assert facts(record) == facts(undisturbed) and record.status == "finished"
    np.testing.assert_array_equal(found["weights"], policy["weights"])


def test_what_was_saved_is_not_unpickled_by_anybody_else(
    stack_of: Callable[[str], Stack], undisturbed: RunRecord, tmp_path: Path
) -> None:
    stack, output = stack_of("SavesABomb"), tmp_path / "output"
    killed(stack, output, tmp_path)
    record, _ = carried_out(stack, output, Snapshots(tmp_path, stack))
    assert starts(output) == [0, 3] and facts(record) == facts(undisturbed)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SavesNothing", ""),
        ("SavesNoBytes", "TypeError: `save` gave dict; it gives bytes"),
        ("FailsToSave", "RuntimeError: no room"),
        ("FailsToLoad", "RuntimeError: not mine"),
        ("Steps", "used the training's environment outside of `learn`"),
    ],
)
def test_what_cannot_be_saved_or_loaded_starts_over_and_its_output_says_why(
    name: str, said: str, stack_of: Callable[[str], Stack], undisturbed: RunRecord, tmp_path: Path
) -> None:
    stack, output = stack_of(name), tmp_path / "output"
    killed(stack, output, tmp_path)
    record, _ = carried_out(stack, output, Snapshots(tmp_path, stack))
    assert starts(output) == [0, 0] and said in output.read_text()
    assert facts(record) == facts(undisturbed)


def test_a_command_that_was_killed_carries_on(
    stack_of: Callable[[str], Stack], undisturbed: RunRecord, tmp_path: Path
) -> None:
    (run,) = stack_of("Slow").runs
    command = [str(Path(sys.executable).parent / "symprior"), "run", "--task", "cartpole-v1", "--agent", run.job.agent]
    command += ["--seeds", "0", "--budget", str(BUDGET), "--evaluate-every", "128", "--snapshot-every", "0", "--quiet"]
    process, deadline = subprocess.Popen(command, cwd=tmp_path, start_new_session=True), time.monotonic() + 120
    while not any((tmp_path / "runs" / FOLDER).glob("*.npz")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not list((tmp_path / "runs").rglob("*.json"))
    subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
    (record,) = read_records(tmp_path / "runs")
    assert facts(record) == facts(undisturbed)
    (output,) = (tmp_path / "runs").rglob("*.log")
    first, second = starts(output)
    assert first == 0 < second
