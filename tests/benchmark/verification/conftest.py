"""Honest runs, trained once: small ones of two agents on two tasks, whose records forgers start from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.leaderboard.records.record import RunRecord

COMMIT = "0123456789abcdef0123456789abcdef01234567"
BUDGET = 512

Train = Callable[..., list[RunRecord]]


def trained(agent: str, task: str, seeds: range, **changes: object) -> list[RunRecord]:
    """The records of some seeds, as if they were made by one commit in a clean checkout."""
    fields: dict[str, object] = {"budget": BUDGET, "learner": "batched", "evaluate_every": BUDGET // 4, **changes}
    job = Job("custom", "1", task, agent, tuple(seeds), **fields)  # type: ignore[arg-type]
    return [as_of_one_commit(record) for record in Execution(Stack(tuple(job.runs))).run()]


def as_of_one_commit(record: RunRecord) -> RunRecord:
    """What a checkout that is being worked on cannot give: the same commit for record and replay, unchanged."""
    origin = record.provenance.model_copy(update={"commit": COMMIT, "dirty": False})
    return record.model_copy(update={"provenance": origin})


@pytest.fixture(scope="session")
def train() -> Train:
    return trained


@pytest.fixture(scope="session")
def honest() -> list[RunRecord]:
    """10 seeds of two agents on two tasks."""
    tasks, agents = ("cartpole-v1", "grid-catch-vector-v1"), ("ppo", "ppo+homomorphic")
    return [record for task in tasks for agent in agents for record in trained(agent, task, range(10))]
