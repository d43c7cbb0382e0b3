"""Curves beside records while runs are trained: the same numbers as in the records, for spreadsheets and for TensorBoard."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

import symprior
from symprior.benchmark.jobs.job import Job, stacks
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.sweep.engines.work import work
from symprior.benchmark.sweep.store import RecordStore
from symprior.symmetry.errors import SympriorError

LOGS = ("csv", "tensorboard")


def _written(folder: Path, seed: int) -> tuple[list[dict[str, str]], dict[str, list[tuple[int, float]]]]:
    """The lines of a run's CSV file, and the scalars of its events by name."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    (table,) = folder.rglob(f"seed-{seed:04d}.csv")
    events = EventAccumulator(str(table.with_suffix("")))
    events.Reload()
    scalars = {name: [(event.step, event.value) for event in events.Scalars(name)] for name in events.Tags()["scalars"]}
    with table.open() as lines:
        return list(csv.DictReader(lines)), scalars


def test_logs_hold_what_the_records_hold(tmp_path: Path) -> None:
    job = Job("custom", "1", "cartpole-v1", "ppo", (0, 1), 256, "batched", evaluate_every=80)
    store = RecordStore(tmp_path, logs=LOGS)
    for _ in range(2):  # the second time as after a kill: nothing is doubled
        for stack in stacks(job.runs, workers=1):
            assert work(stack, store, lambda steps: None) == (None, None)
    frame = symprior.results(records=tmp_path)
    for seed, run in frame.groupby("seed"):
        rows, scalars = _written(tmp_path, int(str(seed)))
        for name in ("step", "episodes", "return", "score", "equivariance_error"):
            np.testing.assert_array_equal([float(row[name] or "nan") for row in rows], run[name])
        assert scalars.keys() == {"return", "score", "equivariance_error"}
        for name, points in scalars.items():
            measured = run[run[name].notna()]
            assert [step for step, _ in points] == measured["step"].tolist()
            assert [value for _, value in points] == pytest.approx(measured[name].tolist(), rel=1e-6)


def test_logs_are_there_while_the_run_goes_on(tmp_path: Path) -> None:
    job = Job("custom", "1", "cartpole-v1", "random", (0,), 128, evaluate_every=64)
    (stack,) = stacks(job.runs, workers=1)
    log, seen = RecordStore(tmp_path, logs=LOGS).logs_of(job.runs[0]), []

    def look(number: int, curve: object) -> None:
        for each in log:
            each.write(curve)  # type: ignore[arg-type]
        seen.append(len(_written(tmp_path, 0)[0]))

    Execution(stack, on_point=look).run()
    assert seen == [1, 2, 3]


def test_a_task_without_references_has_no_score(tmp_path: Path, registered_point_mass: Callable[[str], object]) -> None:
    registered_point_mass("line")
    job = Job("custom", "1", "point-mass-line-v1", "random", (0,), 32, evaluate_every=32)
    assert work(stacks(job.runs, workers=1)[0], RecordStore(tmp_path, logs=LOGS), lambda steps: None) == (None,)
    rows, scalars = _written(tmp_path, 0)
    assert [row["score"] for row in rows] == ["", ""] and "score" not in scalars


def test_what_is_not_installed_is_said_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Callable[..., CompletedProcess[str]]
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(SympriorError, match=r"pip install 'symprior\[tensorboard\]'`, or leave --tensorboard out"):
        RecordStore(tmp_path, logs=("tensorboard",)).check_writable()
    RecordStore(tmp_path, logs=("csv",)).check_writable()
    asked = answer("run", "--task", "cartpole-v1", "--agent", "random", "--seeds", 0, "--budget", 64, "--tensorboard")
    assert asked.returncode == 2 and "leave --tensorboard out" in asked.stderr
