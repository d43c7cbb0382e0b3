"""How long a board takes to build and to write, and how its intervals compare with rliable's own functions."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from rliable import library, metrics

from speed.comparison import Comparison, at_least, at_most
from symprior.leaderboard import RunRecord, build, write_pages
from symprior.leaderboard.comparison.cells import Cell, collect
from symprior.leaderboard.comparison.estimates import aggregates, improvement
from symprior.leaderboard.records.record import AgentCard, Checkpoint, Effort, Provenance
from symprior.leaderboard.statistics.resamples.resampling import RESAMPLES
from symprior.tasks import get_task

TASKS = (
    "acrobot-v1",
    "cartpole-v1",
    "cartpole-positions-v1",
    "collect-v1",
    "colour-world-v1",
    "colour-world-vector-v1",
    "grid-catch-v1",
    "grid-catch-vector-v1",
    "key-room-v1",
    "pendulum-v1",
    "room-v1",
    "room-vector-v1",
    "room-c4-v1",
    "room-transposed-v1",
    "two-agents-v1",
)
PRIORS = ("plain", "wide", "homomorphic", "augment", "average", "fold", "mirror", "relaxed", "subgroup", "dense-basis")
SHARES = (0, 0.01, 0.02, 0.03, 0.05, *(0.05 * k for k in range(2, 21)))
EPISODES = 20
TARGET = 10
FEWER_RESAMPLES = 500
"""For rliable, which takes as long as it has resamples; ours makes twenty times as many in the same comparison."""


def synthetic_runs(agents: int, tasks: Sequence[str], seeds: int) -> list[RunRecord]:
    """Runs as a suite would record them: curves that saturate, with luck over seeds and noise over episodes."""
    names = [f"{algorithm}+{prior}" for algorithm in ("ppo", "a2c") for prior in PRIORS][:agents]
    return [_run(agent, task, seed) for agent in names for task in tasks for seed in range(seeds)]


def _run(agent: str, task: str, seed: int) -> RunRecord:
    algorithm, prior = agent.split("+")
    references, (least, _) = get_task(task).references, get_task(task).return_bounds
    low, high = (references.policies[name].value for name in (references.zero, references.one))
    stream = np.random.default_rng([PRIORS.index(prior), TASKS.index(task), seed, len(algorithm), ord(algorithm[0])])
    speed = (2 + PRIORS.index(prior)) * np.exp(0.3 * stream.standard_normal())
    means = low + (high - low) * (1 - np.exp(-speed * np.array(SHARES)))
    noise = 0.05 * (high - low) * stream.standard_normal((len(SHARES), EPISODES))
    returns = np.clip(means[:, None] + noise, least, high)
    return RunRecord(
        suite="synthetic",
        suite_version="1",
        task=task,
        agent=AgentCard(id=agent, algorithm=algorithm, prior=prior, description="Synthetic.", learner="none"),
        seed=seed,
        status="finished",
        budget=references.budget,
        steps_used=references.budget,
        curve=[
            Checkpoint(step=round(share * references.budget), returns=of_point.tolist())
            for share, of_point in zip(SHARES, returns, strict=True)
        ],
        hyperparameters={},
        effort=Effort(training_seconds=1.0, evaluation_seconds=0.1),
        provenance=Provenance(
            symprior="0",
            commit=None,
            dirty=None,
            python="3",
            packages={},
            platform="",
            processor="",
            threads=1,
            started="",
        ),
    )


def whole_board() -> Comparison:
    """Processor seconds to build a board of 20 agents × 15 tasks × 10 seeds and to write its pages."""
    records = synthetic_runs(20, TASKS, 10)
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        write_pages(build(records), Path(folder))
        seconds = time.process_time() - started
    return at_most("a board of 20 agents × 15 tasks × 10 seeds with its pages, processor seconds", seconds, TARGET)


def aggregates_against_rliable() -> Comparison:
    """Rliable's four aggregates with intervals, 4 agents × 3 tasks × 10 seeds: seconds a resample, rliable's over ours."""
    cells = _cells()
    scores = {
        agent: np.stack([cell.values("efficiency_clipped") for cell in of], axis=1) for agent, of in cells.items()
    }

    def all_of_rliable(of: np.ndarray) -> np.ndarray:
        estimators = (
            metrics.aggregate_iqm,
            metrics.aggregate_mean,
            metrics.aggregate_median,
            metrics.aggregate_optimality_gap,
        )
        return np.array([estimator(of) for estimator in estimators])

    theirs = _seconds(lambda: library.get_interval_estimates(scores, all_of_rliable, reps=FEWER_RESAMPLES))
    ours = _seconds(lambda: [aggregates(of) for of in cells.values()])
    return at_least(
        "aggregates with intervals against rliable, seconds a resample", _each(theirs, ours), TARGET_OF_AGGREGATES
    )


def improvement_against_rliable() -> Comparison:
    """The probability of improvement with its interval on the same board, three pairs."""
    cells = _cells()
    plain, *others = cells.values()
    scores = {
        str(place): [np.stack([cell.values("efficiency_clipped") for cell in arm], axis=1) for arm in (other, plain)]
        for place, other in enumerate(others)
    }

    def of_rliable(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.array([metrics.probability_of_improvement(x, y)])

    theirs = _seconds(lambda: library.get_interval_estimates(scores, of_rliable, reps=FEWER_RESAMPLES))
    ours = _seconds(lambda: [improvement(list(zip(other, plain, strict=True))) for other in others])
    title = "probability of improvement against rliable, seconds a resample"
    return at_least(title, _each(theirs, ours), TARGET_OF_IMPROVEMENT)


TARGET_OF_AGGREGATES, TARGET_OF_IMPROVEMENT = 20, 100


def _each(theirs: float, ours: float) -> float:
    return (theirs / FEWER_RESAMPLES) / (ours / RESAMPLES)


@cache
def _cells() -> dict[str, list[Cell]]:
    found = collect(synthetic_runs(4, TASKS[:3], 10)).of_entries
    return {agent: list(of_tasks.values()) for (_, agent), of_tasks in found.items()}


def _seconds(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    started = time.process_time()
    work()
    return time.process_time() - started
