"""Which kernel computed a run stands in its record where it is not torch, and nowhere else."""

from __future__ import annotations

import pytest

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError

SETTINGS = (("num_envs", 4), ("steps", 8))


def record_of(kernel: str, agent: str = "ppo", task: str = "cartpole-v1") -> RunRecord:
    job = Job("custom", "1", task, agent, (1, 2), 200, "batched", SETTINGS, evaluate_every=200, kernel=kernel)
    record = Execution(Stack(tuple(job.runs))).run()[0]
    assert record.status == "finished", record.error
    return record


def test_a_record_names_the_fused_kernel() -> None:
    record = record_of("fused")
    assert record.provenance.kernel == "fused"
    assert RunRecord.model_validate_json(record.model_dump_json()) == record


def test_a_record_of_torch_is_as_before_there_was_a_choice() -> None:
    record = record_of("torch")
    assert '"kernel"' not in record.model_dump_json()
    assert RunRecord.model_validate_json(record.model_dump_json()) == record


def test_what_the_kernel_does_not_take_is_recorded_as_torch() -> None:
    assert record_of("fused", task="grid-catch-v1").provenance.kernel is None


def test_a_job_knows_its_kernels() -> None:
    with pytest.raises(SympriorError, match="fused"):
        Job("custom", "1", "cartpole-v1", "ppo", (1,), 200, "batched", kernel="fuse")
