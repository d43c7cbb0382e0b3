"""A user's agent that means harm reaches nothing that counts: not its budget, its returns, other runs or the records."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from symprior.benchmark.jobs.isolation.agent_process import Confines
from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError

BUDGET = 64
HOSTILE = """
import os, signal, socket, subprocess, sys, time
import numpy as np

class Honest:
    num_envs = 4
    def __init__(self, problem, seed): pass
    def learn(self, env, budget):
        env.reset()
        while True: env.step(np.zeros(env.num_envs, dtype=int))
    def act(self, observations): return np.zeros(len(observations), dtype=int)

class LeavesAtOnce(Honest):
    def learn(self, env, budget): os._exit(0)

class KillsItself(Honest):
    def act(self, observations): os.kill(os.getpid(), signal.SIGKILL)

class Patches(Honest):
    def learn(self, env, budget):
        import symprior.benchmark.run.evaluation as evaluation, symprior.benchmark.run.execution as execution
        evaluation.evaluate = execution.evaluate = lambda agent, task, seeds, *rest: [[500.0] * 20 for _ in seeds]
        evaluation._play = lambda environments, seeds, act: np.full(len(seeds), 500.0)
        super().learn(env, budget)

class Wanders(Honest):
    def learn(self, env, budget):
        os.chdir("/")
        super().learn(env, budget)

class Counts(Honest):
    def learn(self, env, budget):
        env.reset()
        env._budget = 10**9
        while True:
            env.used = 0
            env.step(np.zeros(env.num_envs, dtype=int))

class ReachesBehind(Honest):
    def learn(self, env, budget): env._env.step(np.zeros(env.num_envs, dtype=int))

class Rewrites(Honest):
    def act(self, observations):
        frame = sys._getframe()
        while frame is not None:
            if "returns" in frame.f_locals: frame.f_locals["returns"][:] = 500
            frame = frame.f_back
        return super().act(observations)

class Chooses(Honest):
    def learn(self, env, budget):
        while True:
            for _ in range(998): env.reset()
            env.step(np.zeros(env.num_envs, dtype=int))

class StepsInAct(Honest):
    def learn(self, env, budget):
        self.env = env
        super().learn(env, budget)
    def act(self, observations):
        if hasattr(self, "env"): self.env.step(np.zeros(self.num_envs, dtype=int))
        return super().act(observations)

class Wordy(Honest):
    def learn(self, env, budget): raise RuntimeError("\x1b[31m" + "no " * 7_000_000)

class Talks(Honest):
    def learn(self, env, budget):
        print("learning", flush=True)
        print("warning", file=sys.stderr, flush=True)
        assert sys.stdin.read() == ""
        for _ in range(64): print("x" * 65536)
        super().learn(env, budget)

class LeavesAChild(Honest):
    def learn(self, env, budget):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", "MARK"])
            os._exit(0)
        super().learn(env, budget)

class Calls(Honest):
    def learn(self, env, budget):
        socket.create_connection(("127.0.0.1", PORT), timeout=5)

class Overwrites(Honest):
    def learn(self, env, budget): open("RECORDS/forged.json", "w")

class Kills(Honest):
    def learn(self, env, budget): os.kill(RUNNER, 0)

class Speaks(Honest):
    def learn(self, env, budget):
        import gc
        from symprior.benchmark.jobs.isolation.channel import Channel
        next(each for each in gc.get_objects() if isinstance(each, Channel)).send(cos="nonsense")
        super().learn(env, budget)
"""
Run = Callable[..., RunRecord]


@pytest.fixture
def run(tmp_path: Path, agent_file: Callable[[str], Path]) -> Run:
    """Runs a class of the file above, or a shipped agent, and gives the record; what it prints lies in `output`."""
    records = tmp_path / "records"
    records.mkdir()

    def carry_out(name: str, **put_in: object) -> RunRecord:
        text = HOSTILE.replace("RECORDS", str(records))
        for word, value in put_in.items():
            text = text.replace(word, str(value))
        agent = f"{agent_file(text)}:{name}" if name[0].isupper() else name
        job = Job("custom", "1", "cartpole-v1", agent, (0,), BUDGET, evaluate_every=BUDGET)
        execution = Execution(Stack(tuple(job.runs)), confines=Confines((records,), tmp_path / "output"))
        try:
            return execution.run()[0]
        finally:
            execution.close()

    return carry_out


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("LeavesAtOnce", "process died (exit code 0)"),
        ("KillsItself", "process died (SIGKILL"),
        ("ReachesBehind", "has no attribute '_env'"),
        ("Chooses", "reset the environments more than 10 times without a step"),
        ("StepsInAct", "used the training's environment outside of `learn`"),
        ("Speaks", "sent something else than is due"),
    ],
)
def test_what_breaks_a_run_is_a_failed_record_with_its_cause(run: Run, name: str, cause: str) -> None:
    record = run(name)
    assert record.status == "failed" and cause in str(record.error)


def test_what_resets_too_often_keeps_the_curve_until_then(run: Run) -> None:
    assert [point.step for point in run("Chooses").curve] == [0]


def test_nothing_that_it_changes_in_its_process_counts(run: Run) -> None:
    honest, folder = run("Honest"), os.getcwd()
    assert honest.status == "finished", honest.error
    assert (honest.steps_used, honest.curve[-1].step) == (BUDGET, BUDGET)
    for name in ("Patches", "Wanders", "Counts", "Rewrites"):
        record = run(name)
        assert (record.status, record.steps_used, record.curve) == ("finished", BUDGET, honest.curve), (
            name,
            record.error,
        )
    assert os.getcwd() == folder


def test_the_next_agent_is_as_if_nothing_had_been_before_it(run: Run) -> None:
    before = run("random")
    run("Patches")
    assert run("random").curve == before.curve


def test_a_text_of_any_length_is_kept_in_part(run: Run) -> None:
    error = str(run("Wordy").error)
    assert len(error.encode()) <= 64 * 1024 and "bytes are left out" in error and "RuntimeError" in error
    assert "\x1b" not in error


def test_what_it_prints_lies_beside_the_record_up_to_a_mebibyte(run: Run, tmp_path: Path) -> None:
    record = run("Talks")
    assert record.status == "finished", record.error
    printed = (tmp_path / "output").read_bytes()
    assert printed.startswith(b"learning\nwarning\n") and len(printed) == 1 << 20


def test_a_pipe_in_the_place_of_its_output_is_no_place_to_wait_at(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "output")
    assert run("Talks").status == "finished"


def test_no_process_that_it_started_outlives_the_run(run: Run) -> None:
    if run("Honest").provenance.isolation != "namespaces":
        pytest.skip("without namespaces an engine's worker finds orphans, and no run does")
    mark = f"left-{os.getpid()}-{time.monotonic_ns()}"
    assert run("LeavesAChild", MARK=mark).status == "finished"
    deadline = time.monotonic() + 10
    while (left := _with(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left


def test_where_the_system_can_it_has_no_network_no_other_processes_and_no_writing_to_records(run: Run) -> None:
    if run("Honest").provenance.isolation != "namespaces":
        pytest.skip("this system allows no user namespaces")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert "ConnectionRefusedError" in str(run("Calls", PORT=server.getsockname()[1]).error)
    assert "Read-only file system" in str(run("Overwrites").error)
    assert "ProcessLookupError" in str(run("Kills", RUNNER=os.getpid()).error)


def test_a_file_that_ends_its_process_when_it_is_read_is_refused(agent_file: Callable[[str], Path]) -> None:
    agent = agent_file("import os\nos._exit(0)\nclass X: pass\n")
    with pytest.raises(SympriorError, match=r"mine.py does not import: The agent's process died \(exit code 0\)"):
        Execution(Stack(tuple(Job("custom", "1", "cartpole-v1", f"{agent}:X", (0,), BUDGET).runs)))


def _with(mark: str) -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if mark in (each.info["cmdline"] or [])]
