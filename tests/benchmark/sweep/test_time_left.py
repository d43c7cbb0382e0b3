"""What is said of a sweep's length: by stacks, as runs are carried out, and nothing before enough was seen to tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.sweep.estimate import Estimate
from symprior.benchmark.sweep.progress import Pace
from symprior.benchmark.sweep.store import RecordStore


def test_a_stack_is_estimated_as_one_and_a_seed_alone_as_more_than_its_share(
    tmp_path: Path, small_job: Callable[..., Job]
) -> None:
    job = small_job(task="grid-catch-vector-v1", budget=256, seeds=range(9), learner="batched")
    store, stack = RecordStore(tmp_path), Stack(tuple(job.runs))
    records = Execution(stack).run()
    for record in records:
        store.write(record)
    took = sum(record.effort.training_seconds + record.effort.evaluation_seconds for record in records)
    estimate = Estimate(store)
    of_all, of_one = estimate.seconds(stack), estimate.seconds(Stack(stack.runs[:1]))
    assert of_all == pytest.approx(took * job.budget / records[0].steps_used)
    assert of_one == pytest.approx(of_all / 3)
    unknown = Stack(tuple(small_job(task="grid-catch-vector-v1", budget=512, agent="a2c", seeds=range(9)).runs))
    assert estimate.shares([Stack(stack.runs[:1]), stack, unknown]) == pytest.approx([1 / 10, 3 / 10, 6 / 10])
    assert "for 1 of 2 runs" in estimate.sentence([job.runs[0], small_job(agent="a2c").runs[0]], workers=2)


def test_no_time_is_told_before_enough_was_seen_to_tell() -> None:
    seconds = iter((50.0, 52.0, 54.0, 60.0, 160.0, 200.0))
    pace = Pace(lambda: next(seconds))
    told = []
    for part in (0.01, 0.02, 0.12, 0.22, 0.22, 0.5, 1.0):
        pace.reach(part)
        told.append(pace.time_left)
    assert told == [None, None, None, "about 37 s left", "about 37 s left", "about 2 min left", "last evaluations"]
