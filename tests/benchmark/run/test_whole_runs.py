"""Whole runs as a suite has them, from the first step to the last evaluation: a seed is a seed in a stack of any size."""

from functools import cache

import pytest

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.tasks import get_task

TASK = "grid-catch-vector-v1"


@cache
def _alone(agent):
    return _record(agent, [7])


def _record(agent, seeds, order=1):
    runs = Job("custom", "1", TASK, agent, tuple(seeds), get_task(TASK).budget, "batched").runs
    records = Execution(Stack(tuple(runs[::order]))).run()
    (found,) = [record for record in records if record.seed == 7]
    return found.status, found.curve, found.other_mode, found.effort.gradient_steps


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seeds", "order"),
    [
        pytest.param((7, 9), 1, id="2"),
        pytest.param(range(25), -1, id="25"),
        pytest.param(range(100), 1, id="100", marks=pytest.mark.exhaustive),
    ],
)
@pytest.mark.parametrize("agent", ["ppo", "ppo+nullspace", "a2c+homomorphic", "dqn+homomorphic"])
@pytest.mark.cells(test=0, ci=1)
def test_a_whole_run_is_the_same_alone_and_in_a_stack(agent, seeds, order):
    alone = _alone(agent)
    assert alone[0] == "finished"
    assert len({tuple(point.returns) for point in alone[1]}) > 3, "the curve moves"
    assert _record(agent, seeds, order) == alone
