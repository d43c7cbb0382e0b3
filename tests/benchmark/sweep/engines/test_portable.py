"""Portable kernels: libraries are held to what every processor with AVX2 has, and records say so."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from symprior.benchmark.jobs.job import CPU, Job, stacks
from symprior.benchmark.jobs.recorded import job_of
from symprior.benchmark.run import portable, provenance
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.run.portable import KERNELS
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.suite import get_suite
from symprior.benchmark.verification.comparable import why_not
from symprior.leaderboard.records.record import read_record
from symprior.symmetry.errors import SympriorError

SAYS = """
import numpy as np
import torch
from numba.core.registry import cpu_target

class Says:
    '''Prints what its libraries chose.'''
    def __init__(self, problem, seed): pass
    def learn(self, env, budget):
        print("torch", torch.backends.cpu.get_cpu_capability(), flush=True)
        print("numba", cpu_target.target_context.codegen().magic_tuple()[1], flush=True)
        print("numpy", np.exp(np.linspace(-3, 3, 1001)).tobytes().hex(), flush=True)
        print("torch", torch.linspace(-3, 3, 64 * 33).view(64, 33).softmax(-1).numpy().tobytes().hex(), flush=True)
    def act(self, observations): return np.zeros(len(observations), dtype=int)
"""


def carried_out(jobs: list[Job], store: RecordStore) -> None:
    units = stacks([run for job in jobs for run in job.runs], 2)
    done: list[int] = []
    ended = list(LocalEngine(2).carry_out(units, store, lambda steps: done.__setitem__(slice(None), steps)))
    assert [error for each in ended for error in each.errors if error] == []
    assert sorted(map(str, (each.stack for each in ended))) == sorted(map(str, units))
    assert done == [stack.steps for stack in units], "each stack's steps stand in its own place"


def test_workers_of_a_portable_run_alone_are_held_to_portable_kernels(
    tmp_path: Path, agent_file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MKL_CBWR", raising=False)
    ordinary = Job("custom", "1", "cartpole-v1", f"{agent_file(SAYS)}:Says", (0,), 64)
    held = replace(ordinary, seeds=(1,), portable=True)
    before, said = dict(os.environ), {}
    store = RecordStore(tmp_path / "records")
    carried_out([held, ordinary, replace(ordinary, seeds=(2,))], store)
    assert dict(os.environ) == before
    for job, seed in ((ordinary, 0), (held, 1), (ordinary, 2)):
        (run,) = replace(job, seeds=(seed,)).runs
        said[seed] = store.output_of(stacks([run], 1)[0]).read_text().splitlines()
        assert read_record(store.path(run)).provenance.portable is (True if job is held else None)
    assert said[1][:2] == ["torch AVX2", "numba haswell"]
    assert said[0] == said[2], "what ran in between left nothing behind"
    if "avx512f" in provenance.processor_flags():
        assert said[0][0] == "torch AVX512" and said[0][1] != "numba haswell"
        assert said[0][2] != said[1][2] and said[0][3] != said[1][3], "other bits, so that something was pinned"


def test_a_record_says_that_it_is_portable_and_is_run_again_so(tmp_path: Path) -> None:
    job = Job("custom", "1", "cartpole-v1", "ppo", (0,), 256, learner="batched", portable=True)
    store = RecordStore(tmp_path)
    carried_out([job], store)
    record = read_record(store.path(job.runs[0]))
    assert record.provenance.portable and job_of(record).portable
    assert not job_of(
        record.model_copy(update={"provenance": record.provenance.model_copy(update={"portable": None})})
    ).portable
    with pytest.raises(SympriorError, match="kernels that are portable, but not portable is asked for"):
        store.is_finished(replace(job, portable=False).runs[0])


def test_another_processor_explains_other_bits_unless_kernels_are_portable(execute: Callable[..., object]) -> None:
    made = execute(agent="random", budget=64).provenance.model_copy(update={"dirty": False, "commit": "0" * 40})  # type: ignore[attr-defined]
    elsewhere = made.model_copy(update={"processor": "Another make (AVX2), 4 cores"})
    assert "Another make" in why_not(made, elsewhere)
    pinned = {"portable": True}
    assert why_not(made.model_copy(update=pinned), elsewhere.model_copy(update=pinned)) == ""
    assert "portable kernels" in why_not(made.model_copy(update=pinned), elsewhere)


def test_the_command_line_takes_it_for_tasks_and_leaves_it_to_suites(
    answer: Callable[..., object], tmp_path: Path
) -> None:
    arguments = ("run", "--task", "cartpole-v1", "--agent", "random", "--seeds", "0", "--budget", "64")
    assert answer(*arguments, "--portable").returncode == 0  # type: ignore[attr-defined]
    (path,) = (tmp_path / "runs").rglob("seed-*.json")
    assert read_record(path).provenance.portable
    assert "a finished run with kernels that are portable" in answer(*arguments).stderr  # type: ignore[attr-defined]
    assert "A suite fixes" in answer("run", "--suite", "quick", "--portable").stderr  # type: ignore[attr-defined]
    assert "not of cuda" in answer(*arguments, "--portable", "--device", "cuda").stderr  # type: ignore[attr-defined]


def test_a_suite_says_whether_its_runs_are_portable() -> None:
    suite = get_suite("quick")
    assert not any(job.portable for job in suite.jobs()), "published ones are not"
    assert all(job.portable and job.device == CPU for job in suite.model_copy(update={"portable": True}).jobs())


def test_a_processor_without_avx2_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "processor_flags", lambda: frozenset({"sse2", "fma"}))
    with pytest.raises(SympriorError, match=r"names no AVX2 here\. Leave --portable out"):
        portable.check_processor()


def test_no_pin_is_left_to_the_shell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, agent_file: Callable[[str], Path]
) -> None:
    """Whatever the user's shell says of the same variables, a portable run has the portable ones."""
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "default")
    job = Job("custom", "1", "cartpole-v1", f"{agent_file(SAYS)}:Says", (0,), 64, portable=True)
    store = RecordStore(tmp_path / "records")
    carried_out([job], store)
    assert store.output_of(stacks(job.runs, 1)[0]).read_text().startswith("torch AVX2")
    assert os.environ["ATEN_CPU_CAPABILITY"] == "default" and KERNELS["ATEN_CPU_CAPABILITY"] == "avx2"


@pytest.mark.parametrize("agent", ["ppo", "sac"])
def test_adam_of_a_portable_run_takes_no_roots_of_mkl(agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those begin with an estimate that each make of processor has others of; nor is a step less counted."""
    task, budget = ("cartpole-v1", 512) if agent == "ppo" else ("pendulum-v1", 200)
    made: list[object] = []
    ordinary = torch.optim.Adam.__init__

    def init(self: torch.optim.Adam, parameters: object, **settings: object) -> None:
        made.append(settings.get("fused"))
        ordinary(self, parameters, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(torch.optim.Adam, "__init__", init)
    steps = []
    for is_portable in (False, True):
        job = Job("custom", "1", task, agent, (0,), budget, learner="stable-baselines3", portable=is_portable)
        (record,) = Execution(stacks(job.runs, 1)[0]).run()
        assert record.error is None
        steps.append(record.effort.gradient_steps)
    assert steps[0] == steps[1] and steps[0]
    half = len(made) // 2
    assert True not in made[:half] and made[half:].count(True) >= (3 if agent == "sac" else 1), (
        "SAC's temperature as well"
    )
