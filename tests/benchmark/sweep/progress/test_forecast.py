"""What is said of a sweep's length: by stacks, as runs are carried out, and nothing before enough was seen to tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from symprior.benchmark.jobs.job import Job, Stack, stacks
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.sweep.estimate import Estimate
from symprior.benchmark.sweep.progress.forecast import Forecast
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.suite import get_suite


class Clock:
    """Seconds that a test lets pass."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def alone(small_job: Callable[..., Job], count: int) -> list[Stack]:
    """Stacks of one run of 100 steps each."""
    return [Stack((run,)) for run in small_job(budget=100, seeds=range(count)).runs]


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
    assert "for 1 of 2 runs" in estimate.sentence([job.runs[0], small_job(agent="a2c").runs[0]], workers=2)


def test_stacks_of_a_published_suite_are_known_from_what_is_published(tmp_path: Path) -> None:
    units = stacks([run for job in get_suite("quick").jobs() for run in job.runs], 2)
    estimate = Estimate(RecordStore(tmp_path))
    assert all(estimate.seconds(unit) for unit in units)


def test_nothing_is_told_before_enough_was_seen_to_tell(small_job: Callable[..., Job], clock: Clock) -> None:
    forecast = Forecast(alone(small_job, 2), [None, None], 1, clock)
    told = []
    for seconds, done in ((10.0, 1), (12.0, 3), (14.0, 7), (20.0, 11), (110.0, 51)):
        clock.now = seconds
        forecast.reach([done, 0])
        told.append(forecast.seconds_left)
    assert told[:3] == [None, None, None]
    assert told[3:] == [pytest.approx(89 + 100), pytest.approx(49 * 2 + 200)]


@pytest.mark.parametrize(("workers", "left"), [(1, 600 + 7 * 100), (2, 700), (8, 600)])
def test_what_not_all_workers_share_counts_whole(
    small_job: Callable[..., Job], clock: Clock, workers: int, left: float
) -> None:
    expected = [100.0] * 7 + [600.0]
    assert Forecast(alone(small_job, 8), expected, workers, clock).seconds_left == pytest.approx(
        left if workers != 2 else 300 + 600
    )


def passed(forecast: Forecast, clock: Clock, until: Sequence[tuple[float, Sequence[int]]]) -> None:
    """Let time pass until each moment, with the steps that were done by then."""
    for seconds, done in until:
        clock.now = seconds
        forecast.reach(done)
        for number, steps in enumerate(done):
            if steps == 100 and forecast.is_running(number):
                forecast.end(number)


def test_a_straggler_is_never_the_last_per_cents(small_job: Callable[..., Job], clock: Clock) -> None:
    """Of 32 runs 31 are over in a minute; the last takes twelve more: most of the time is still to come."""
    forecast = Forecast(alone(small_job, 32), [None] * 32, 2, clock)
    done = [0] * 32
    for second in range(2, 64, 4):
        for number in range(31):
            done[number] = min(100, max(0, 25 * (second - 2 * number)))
        passed(forecast, clock, [(float(second), done)])
    done[:31] = [100] * 31
    passed(forecast, clock, [(64.0, done)])
    for second, steps in ((66.0, 1), (80.0, 3), (111.0, 7)):
        done[31] = steps
        passed(forecast, clock, [(second, done)])
    assert forecast.seconds_left == pytest.approx(45 / 0.06 * 0.93)
    assert forecast.part == pytest.approx(111 / (111 + 45 / 0.06 * 0.93)) and forecast.part < 0.15


def test_a_stack_that_carries_on_is_not_taken_for_a_fast_one(small_job: Callable[..., Job], clock: Clock) -> None:
    forecast = Forecast(alone(small_job, 1), [None], 1, clock)
    for seconds, steps in ((1.0, 50), (11.0, 60)):
        clock.now = seconds
        forecast.reach([steps])
    assert forecast.seconds_left == pytest.approx(40)


def test_slow_stacks_correct_what_is_expected_of_the_others(small_job: Callable[..., Job], clock: Clock) -> None:
    forecast = Forecast(alone(small_job, 2), [100.0, 50.0], 1, clock)
    forecast.reach([1, 0])
    clock.now = 100.0
    forecast.reach([51, 0])
    assert forecast.seconds_left == pytest.approx(98 + 100)
