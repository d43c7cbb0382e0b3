"""The symmetry gain, its marks and its plain arm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symprior.leaderboard.board.board import build
from symprior.leaderboard.board.cells import Cell, collect
from symprior.leaderboard.board.gains import gain_on_task, gain_over_tasks, plain_arm
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.scores import score_run
from symprior.symmetry.errors import SympriorError
from symprior.tasks.task import Task

Make = Callable[..., RunRecord]
Runs = Callable[..., list[RunRecord]]
Cells = Callable[..., Cell]

NEVER = [0.0, 0.1, 0.2, 0.3, 0.3]


def reaching(share: float) -> list[float]:
    """Scores at 21 points that jump to 1 at that share of the budget."""
    return [float(point / 20 >= share) for point in range(21)]


@pytest.fixture
def cell(tasks: dict[str, Task], make_run: Make) -> Callable[..., Cell]:
    """A cell of an agent whose runs have the given scores."""

    def of(agent: str, curves: list[list[float]], task: str = "cartpole-v1") -> Cell:
        records = [make_run(agent=agent, seed=seed, task=task, scores=curve) for seed, curve in enumerate(curves)]
        cells = collect(records, tasks=tasks)
        return cells.of_entries[(records[0].agent.learner, agent)][task]

    return of


def test_the_gain_is_the_ratio_of_restricted_mean_times(cell: Cells, tasks: dict[str, Task]) -> None:
    prior = cell("ppo+x", [reaching(0.1)] * 6 + [reaching(0.2)] * 6)
    plain = cell("ppo", [reaching(0.6)] * 12)
    references = tasks["cartpole-v1"].references
    times = [score_run(run, references).time for run in prior.runs]
    gain = gain_on_task(prior, plain)
    assert gain.estimate.value == pytest.approx(score_run(plain.runs[0], references).time / np.mean(times))
    assert gain.mark == ""
    assert gain.plain == "ppo"
    assert gain.estimate.interval is not None
    assert gain.estimate.interval.low < gain.estimate.value < gain.estimate.interval.high


def test_several_tasks_count_by_their_geometric_mean(cell: Cells, tasks: dict[str, Task]) -> None:
    pairs = []
    for name, share in (("cartpole-v1", 0.1), ("grid-catch-vector-v1", 0.4)):
        pairs.append(
            (
                cell("ppo+x", [reaching(share)] * 5, name),
                cell("ppo", [reaching(0.8)] * 5, name),
            )
        )
    singles = [gain_on_task(*pair).estimate.value for pair in pairs]
    assert gain_over_tasks(pairs).estimate.value == pytest.approx(np.sqrt(singles[0] * singles[1]))


@pytest.mark.parametrize(
    ("prior_never", "plain_never", "mark"),
    [
        (0, 0, ""),
        (0, 1, "≥"),
        (0, 5, "≥"),
        (0, 6, "unresolved"),
        (1, 0, "≤"),
        (5, 0, "≤"),
        (6, 0, "unresolved"),
        (1, 1, "unresolved"),
    ],
)
def test_censoring_is_marked(cell: Cells, prior_never: int, plain_never: int, mark: str) -> None:
    prior = cell("ppo+x", [NEVER] * prior_never + [reaching(0.2)] * (10 - prior_never))
    plain = cell("ppo", [NEVER] * plain_never + [reaching(0.6)] * (10 - plain_never))
    gain = gain_on_task(prior, plain)
    assert gain.mark == mark
    assert gain.censored == (prior_never, plain_never)


def test_bounds_in_opposite_directions_are_unresolved(cell: Cells, tasks: dict[str, Task]) -> None:
    names = ("cartpole-v1", "grid-catch-vector-v1")
    at_least = (
        cell("ppo+x", [reaching(0.2)] * 10, names[0]),
        cell("ppo", [NEVER] + [reaching(0.6)] * 9, names[0]),
    )
    at_most = (
        cell("ppo+x", [NEVER] + [reaching(0.2)] * 9, names[1]),
        cell("ppo", [reaching(0.6)] * 10, names[1]),
    )
    assert gain_over_tasks([at_least, at_most]).mark == "unresolved"
    assert gain_over_tasks([at_least]).mark == "≥"


def test_arms_with_equal_seeds_are_not_paired(cell: Cells, tasks: dict[str, Task]) -> None:
    curves = [reaching(0.1 + 0.08 * k) for k in range(10)]
    gain = gain_on_task(cell("ppo+x", curves), cell("ppo", curves))
    assert gain.estimate.value == pytest.approx(1)
    interval = gain.estimate.interval
    assert interval is not None
    assert (interval.low < 0.8, interval.high > 1.25) == (True, True)  # pairs would have given 1 … 1


def test_the_plain_arm_is_of_the_same_algorithm_and_learner(tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs(speeds={"ppo": 5, "ppo+homomorphic": 9, "a2c": 4, "a2c+homomorphic": 7})
    records += suite_runs(speeds={"ppo+homomorphic": 9}, learner="batched")
    cells = collect(records, tasks=tasks)

    def arm(learner: str, agent: str) -> object:
        return plain_arm(cells, (learner, agent), "cartpole", {})

    assert arm("stable-baselines3", "ppo+homomorphic") == ("stable-baselines3", "ppo")
    assert arm("stable-baselines3", "a2c+homomorphic") == ("stable-baselines3", "a2c")
    assert arm("batched", "ppo+homomorphic") is None
    assert arm("stable-baselines3", "ppo") is None


def test_the_better_plain_arm_on_tuning_seeds_is_the_baseline(tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs()

    def plain_of(baseline: dict[str, str]) -> list[str]:
        rows = build(records, tasks=tasks, baseline=baseline).rows
        return [row.gain.plain for row in rows if row.agent == "ppo+homomorphic" and row.gain]

    assert plain_of({}) == ["ppo"]
    assert plain_of({"ppo": "wide"}) == ["ppo+wide"]
    better = "the better plain arm (ppo on grid-catch-vector-v1, ppo+wide on cartpole-v1)"
    assert plain_of({"ppo/cartpole": "wide"}) == [better]
    board = build(records, tasks=tasks, baseline={"ppo": "wide"})
    assert {row.agent: row.gain is None for row in board.rows}["ppo+wide"]


def test_two_claims_to_be_the_plain_arm_need_a_decision(
    tasks: dict[str, Task], suite_runs: Runs, make_run: Make
) -> None:
    records = suite_runs(speeds={"ppo+homomorphic": 9}) + [
        make_run(agent=agent, seed=seed, prior="plain") for agent in ("ppo", "ppo+tuned") for seed in range(5)
    ]
    with pytest.raises(SympriorError, match=r"ppo and ppo\+tuned are both plain arms"):
        build(records, tasks=tasks)
    assert build(records, tasks=tasks, baseline={"ppo": "ppo+tuned"}).rows
