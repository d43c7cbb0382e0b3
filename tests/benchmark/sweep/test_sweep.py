"""Sweeps: parallel, resumable, and nothing finished is ever lost."""

import importlib.util
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.sweep.engines.local import PRELOADED, LocalEngine
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.sweep import Sweep
from symprior.leaderboard.records.record import read_record, read_records
from symprior.tasks import SympriorError

COMMAND = [
    str(Path(sys.executable).parent / "symprior"),
    "run",
    "--task",
    "cartpole-v1",
    "--agent",
    "a2c",
    "--workers",
    "2",
]

SUICIDE = """
import os, signal
import numpy as np

class Dies:
    def __init__(self, problem, seed): pass
    def learn(self, env, budget): os.kill(os.getpid(), signal.SIGKILL)
    def act(self, observations): return np.zeros(len(observations), dtype=int)
"""

SAYS = """
import os
from pathlib import Path
import numpy as np

class Says:
    def __init__(self, problem, seed): pass
    def learn(self, env, budget):
        Path(__file__).with_name("environment").write_text("\\n".join(f"{k}={v}" for k, v in os.environ.items()))
    def act(self, observations): return np.zeros(len(observations), dtype=int)
"""


def _curves(folder):
    return {record.key: record.curve for record in read_records(folder)}


def _children(process):
    return [child.pid for child in psutil.Process(process).children(recursive=True)]


def test_workers_of_a_killed_command_end_at_once_however_long_their_runs_are(tmp_path):
    arguments = ["--seeds", "0-1", "--budget", "100000000", "--learner", "batched"]
    process = subprocess.Popen([*COMMAND, *arguments], cwd=tmp_path, start_new_session=True, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    watched = psutil.Process(process.pid)
    while not any(child.cpu_times().user > 1 and child.children() for child in watched.children()):
        assert process.poll() is None and time.monotonic() < deadline, "what workers fork from, and a worker"
        time.sleep(0.05)
    workers = _children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    left = time.monotonic() + 30
    while any(map(psutil.pid_exists, workers)) and time.monotonic() < left:
        time.sleep(0.05)
    assert not any(map(psutil.pid_exists, workers))


@pytest.mark.parametrize(("learner", "seeds", "budget"), [("stable-baselines3", 5, 2_000), ("batched", 12, 4_000)])
@pytest.mark.cells(test=1, ci=1)
def test_a_killed_sweep_loses_nothing_and_the_same_command_carries_on(tmp_path, answer, learner, seeds, budget):
    arguments = ["--seeds", f"0-{seeds - 1}", "--budget", str(budget), "--learner", learner]
    arguments += ["--evaluate-every", str(budget // 4)]
    arguments += ["--agent", "ppo"] if learner == "batched" else []  # a worker carries out half a cell at once
    process = subprocess.Popen([*COMMAND, *arguments], cwd=tmp_path, start_new_session=True, stdout=subprocess.DEVNULL)
    folder = tmp_path / "runs" / "custom-1" / learner / "cartpole-v1"
    deadline = time.monotonic() + 120
    while len(list(folder.glob("*/seed-*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    workers = _children(process.pid)
    os.kill(process.pid, signal.SIGKILL)  # the parent alone: its workers must notice
    process.wait()
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers), "workers outlive their parent"
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("*/seed-*.json")}
    runs = seeds * (1 + (learner == "batched"))
    assert 2 <= len(kept) < runs
    for path in kept:
        assert read_record(path).status == "finished"

    finished = answer(*COMMAND[1:], *arguments)
    assert finished.returncode == 0, finished.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == kept, "finished runs were not run again"
    assert len(list(folder.glob("*/seed-*.json"))) == runs

    uninterrupted = answer(*COMMAND[1:], *arguments, "--records", "other", "--workers", "1")
    assert uninterrupted.returncode == 0
    assert _curves(tmp_path / "runs") == _curves(tmp_path / "other"), "whatever runs beside it, the same curves"


def test_an_agent_that_dies_costs_its_own_runs_and_the_exit_code_says_so(tmp_path, answer, agent_file):
    agent_file(SUICIDE)
    result = answer(
        "run",
        "--task",
        "cartpole-v1",
        "--agent",
        "random",
        "--agent",
        "mine.py:Dies",
        "--seeds",
        "0-2",
        "--budget",
        "500",
    )
    assert result.returncode == 1
    assert result.stdout.count("process died (SIGKILL") == 3
    assert "3 runs finished" in result.stdout
    statuses = [(record.agent.id, record.status) for record in read_records(tmp_path / "runs")]
    assert statuses == [("Dies", "failed")] * 3 + [("random", "finished")] * 3


def test_workers_have_one_thread_and_huge_pages_and_this_process_keeps_what_it_had(tmp_path, agent_file, monkeypatch):
    path = agent_file(SAYS)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("THP_MEM_ALLOC_ENABLE", raising=False)
    job = Job("custom", "1", "cartpole-v1", f"{path}:Says", (0,), 64)
    outcome = Sweep(RecordStore(tmp_path / "records"), LocalEngine(1)).run(job.runs)
    assert not outcome.failed
    said = dict(line.split("=", 1) for line in path.with_name("environment").read_text().splitlines() if "=" in line)
    assert (said["OMP_NUM_THREADS"], said["MKL_NUM_THREADS"], said["THP_MEM_ALLOC_ENABLE"]) == ("1", "1", "1")
    assert os.environ["OMP_NUM_THREADS"] == "7" and "THP_MEM_ALLOC_ENABLE" not in os.environ


@pytest.mark.parametrize("name", PRELOADED)
def test_what_workers_find_loaded_exists(name):
    assert importlib.util.find_spec(name) is not None, "a wrong name would be passed over, and workers start slowly"


def _imports_of_a_run(answer, job):
    before = set(sys.modules)
    Execution(Stack(tuple(job.runs))).run()
    answer.send(sorted(set(sys.modules) - before))


def test_a_worker_finds_what_every_run_needs(small_job):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    answer, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_imports_of_a_run, args=(theirs, small_job(budget=64, evaluate_every=64)))
    process.start()
    imported = answer.recv()
    process.join()
    assert "symprior.agents.learners.stable_baselines3.algorithms.ppo" in imported, "what this algorithm alone needs"
    of_all = ("scipy", "torch", "array_api_compat", "symprior.tasks", "symprior.agents.priors", "symprior.benchmark")
    assert not [name for name in imported if name.startswith(of_all)]


def test_a_failed_run_is_recorded_and_tried_again(tmp_path, answer, agent_file):
    body = "class Bad:\n    def __init__(self, problem, seed): pass\n    def learn(self, env, budget): 1 / 0\n"
    agent_file(body + "    def act(self, observations): return [0] * len(observations)\n")
    arguments = ("run", "--task", "cartpole-v1", "--agent", "mine.py:Bad", "--seeds", "0", "--budget", "500")
    result = answer(*arguments)
    assert result.returncode == 1
    assert "ZeroDivisionError" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr
    record = read_records(tmp_path / "runs")[0]
    assert record.status == "failed"
    assert "Traceback" in record.error
    agent_file(body.replace("1 / 0", "pass") + "    def act(self, observations): return [0] * len(observations)\n")
    assert answer(*arguments).returncode == 0
    assert read_records(tmp_path / "runs")[0].status == "finished"


def test_a_finished_run_with_another_question_is_not_taken_for_the_answer(answer):
    arguments = ("run", "--task", "cartpole-v1", "--agent", "random", "--seeds", "0")
    assert answer(*arguments, "--budget", "500").returncode == 0
    result = answer(*arguments, "--budget", "600")
    assert result.returncode == 2
    assert "a budget of 500, but 600 is asked for" in result.stderr


def test_other_seeds_beside_finished_runs_have_their_budget(answer):
    arguments = ("run", "--task", "cartpole-v1", "--agent", "random")
    assert answer(*arguments, "--seeds", "0", "--budget", "500").returncode == 0
    result = answer(*arguments, "--seeds", "1", "--budget", "600")
    assert result.returncode == 2
    assert "seed-0000.json is a finished run with a budget of 500, but 600 is asked for" in result.stderr
    assert answer(*arguments, "--seeds", "1", "--budget", "500").returncode == 0


def test_what_another_command_has_finished_meanwhile_is_kept(tmp_path, execute):
    store, first = RecordStore(tmp_path), execute(agent="random", budget=300)
    path = store.write(first)
    assert store.write(first) == path, "the same again is no harm"
    with pytest.raises(SympriorError, match=r"another command has meanwhile finished .* with other settings"):
        store.write(execute(agent="random", budget=400))
    assert read_record(path) == first


def test_a_record_from_before_a_setting_existed_had_its_default(tmp_path, execute):
    job = Job("custom", "1", "cartpole-v1", "a2c", (0,), 160)
    store, record = RecordStore(tmp_path), execute(agent="a2c", budget=160, evaluate_every=None)
    earlier = {name: value for name, value in record.hyperparameters.items() if name != "normalise_observations"}
    store.write(record.model_copy(update={"hyperparameters": earlier}))
    assert store.is_finished(job.runs[0])
    changed = Job("custom", "1", "cartpole-v1", "a2c", (0,), 160, settings=(("normalise_observations", True),))
    with pytest.raises(SympriorError, match="settings"):
        store.is_finished(changed.runs[0])


def test_dry_run_runs_nothing(tmp_path, answer):
    result = answer("run", "--suite", "quick", "--dry-run")
    assert result.returncode == 0, result.stderr
    assert "runs to do" in result.stdout
    assert not (tmp_path / "runs").exists()


def test_the_estimate_learns_from_earlier_runs(answer):
    arguments = ("run", "--task", "cartpole-v1", "--agent", "random", "--budget", "5000")
    assert answer(*arguments, "--seeds", "0").returncode == 0
    result = answer(*arguments, "--seeds", "0-3", "--dry-run")
    assert "judging by earlier runs" in result.stdout
    assert "3 of 4 runs to do" in result.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; a full disk is tested instead")
def test_a_read_only_folder_is_refused_before_training(tmp_path, answer):
    (tmp_path / "locked").mkdir(mode=0o500)
    result = answer("run", "--task", "cartpole-v1", "--agent", "random", "--records", "locked/runs")
    assert result.returncode == 2
    assert "Cannot write records" in result.stderr


def test_a_full_disk_is_refused_before_training(answer):
    """/dev/full answers every write with "no space left", and a folder below it cannot be made."""
    result = answer("run", "--task", "cartpole-v1", "--agent", "random", "--records", "/dev/full/runs")
    assert result.returncode == 2
    assert "Cannot write records" in result.stderr
    assert "--records" in result.stderr


def test_pending_runs_are_those_without_a_record(tmp_path):
    job = Job("custom", "1", "cartpole-v1", "random", (0, 1, 2), 500)
    assert [run.seed for run in Sweep(RecordStore(tmp_path), LocalEngine(1)).pending([job])] == [0, 1, 2]


def test_a_record_of_another_schema_version_is_refused(tmp_path):
    store = RecordStore(tmp_path)
    job = Job("custom", "1", "cartpole-v1", "random", (0,), 500)
    run = job.runs[0]
    path = store.path(run)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"schema_version": 99}))
    with pytest.raises(SympriorError, match="schema version"):
        store.is_finished(run)


def test_results_of_an_edited_agent_are_not_taken_for_its_own(answer, agent_file):
    body = "import numpy as np\nclass Still:\n    def __init__(self, problem, seed): pass\n"
    body += "    def learn(self, env, budget): pass\n    def act(self, x): return np.zeros(len(x), dtype=int)\n"
    agent_file(body)
    arguments = ("run", "--task", "cartpole-v1", "--agent", "mine.py:Still", "--seeds", "0", "--budget", "500")
    assert answer(*arguments).returncode == 0
    agent_file(body.replace("zeros", "ones"))
    result = answer(*arguments)
    assert result.returncode == 2
    assert "source" in result.stderr


def test_what_a_killed_command_left_half_written_is_removed_by_the_next_one(tmp_path, answer):
    arguments = ("run", "--task", "cartpole-v1", "--agent", "random", "--budget", "100", "--seeds")
    assert answer(*arguments, "0").returncode == 0
    (record,) = (tmp_path / "runs").rglob("seed-*.json")
    left = [record.with_name(".seed-0001.json.x.partial"), tmp_path / "runs" / ".snapshots" / ".abc.npz.x.partial"]
    for half in left:
        half.parent.mkdir(exist_ok=True)
        half.write_text("{")
        os.utime(half, (0, 0))
    assert answer(*arguments, "0-1").returncode == 0
    assert not any(half.exists() for half in left)
