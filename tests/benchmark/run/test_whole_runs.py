"""Whole runs as a suite has them, from the first step to the last evaluation: a seed is a seed in a stack of any size."""

import pytest

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.tasks import get_task

TASK = "grid-catch-vector-v1"


def _record(agent, seeds, order=1):
    runs = Job("own", "1", TASK, agent, tuple(seeds), get_task(TASK).budget, "batched").runs
    records = Execution(Stack(tuple(runs[::order]))).run()
    (found,) = [record for record in records if record.seed == 7]
    return found.status, found.curve, found.other_mode, found.effort.gradient_steps


@pytest.mark.slow
@pytest.mark.parametrize("agent", ["ppo", "ppo+nullspace", "a2c+homomorphic", "dqn+homomorphic"])
def test_a_whole_run_is_the_same_alone_and_among_2_25_and_100(agent):
    alone = _record(agent, [7])
    assert alone[0] == "finished"
    assert len({tuple(point.returns) for point in alone[1]}) > 3, "the curve moves"
    for seeds, order in (((7, 9), 1), (range(25), -1), (range(100), 1)):
        assert _record(agent, seeds, order) == alone
