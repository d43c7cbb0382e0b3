"""The board as a value: numbers from known runs, incomplete rows, entrants that leave others alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symprior.leaderboard.board.board import AgentRow, Board, build
from symprior.leaderboard.pages.pages import to_markdown
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.runs.scores import score_run
from symprior.symmetry.errors import SympriorError
from symprior.tasks.task import Task

Make = Callable[..., RunRecord]
Runs = Callable[..., list[RunRecord]]

CARTPOLE, CATCH = "cartpole-v1", "grid-catch-vector-v1"


def row_of(board: Board, agent: str, learner: str = "stable-baselines3") -> AgentRow:
    return next(row for row in board.rows if (row.agent, row.learner) == (agent, learner))


def test_the_headline_is_the_mean_over_seeds_then_tasks_then_families(
    tasks: dict[str, Task], make_task: Callable[..., Task], make_run: Make
) -> None:
    tasks = tasks | {"second-cartpole-v1": make_task("second-cartpole-v1", "cartpole")}
    means = {CARTPOLE: 0.2, "second-cartpole-v1": 0.4, CATCH: 0.8}
    records = [
        make_run(seed=seed, task=task, scores=[mean + offset] * 5)
        for task, mean in means.items()
        for seed, offset in enumerate((-0.1, -0.05, 0, 0.05, 0.1))
    ]
    row = row_of(build(records, tasks=tasks), "ppo")
    assert row.headline is not None
    assert row.headline.value == pytest.approx(((0.2 + 0.4) / 2 + 0.8) / 2)
    expected = {"mean": (0.2 + 0.4 + 0.8) / 3, "median": 0.4, "optimality_gap": 1 - (0.2 + 0.4 + 0.8) / 3}
    assert {name: row.aggregates[name].value for name in expected} == pytest.approx(expected)  # type: ignore[union-attr]


def test_diagnostic_tasks_stand_beside_the_headline(
    tasks: dict[str, Task], make_task: Callable[..., Task], suite_runs: Runs, make_run: Make
) -> None:
    tasks = tasks | {"dial-v1": make_task("dial-v1", "dial", track="diagnostic")}
    records = suite_runs(seeds=5)
    extra = [make_run(seed=seed, task="dial-v1", scores=[0, 0, 0]) for seed in range(5)]
    with_dial, without = build(records + extra, tasks=tasks), build(records, tasks=tasks)
    assert row_of(with_dial, "ppo").headline == row_of(without, "ppo").headline
    assert [table.track for table in with_dial.tasks] == ["headline", "diagnostic", "headline"]
    assert row_of(with_dial, "ppo+wide").complete


def test_numbers_of_a_row(tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs()
    board = build(records, tasks=tasks)
    row = row_of(board, "ppo+homomorphic")
    scores = [score_run(run, tasks[run.task].references) for run in records if run.agent.id == "ppo+homomorphic"]
    assert (row.failures.count, row.failures.runs) == (sum(score.censored for score in scores), 20)
    assert row.fell_back.count == sum(score.fell_back for score in scores)
    assert row.fell_back.runs == 20 - row.failures.count
    assert row.equivariance is not None
    assert row.equivariance.mean == 0
    assert row.parameters is not None
    assert (row.parameters.low, row.parameters.high) == (8770, 8770)
    assert row.training_seconds == pytest.approx(30 + np.mean(range(10)))
    assert row.seeds.low == 10
    assert row.symmetry_used == ("C2",)
    assert row.improvement is not None
    assert row.improvement.value > 0.9
    assert board.rows[0] is row
    assert row.rank is not None
    assert row.rank.best == 1
    assert board.sources.finished == len(records)
    assert dict(board.sources.commits) == {"0123456789abcdef": len(records)}


def test_another_entrant_changes_nothing_but_ranks(tasks: dict[str, Task], suite_runs: Runs) -> None:
    before = suite_runs()
    entrants = suite_runs(speeds={"a2c": 3, "ppo+aaa": 30, "zzz": 1}, seeds=25)
    old, new = build(before, tasks=tasks), build(entrants + before, tasks=tasks)
    for row in old.rows:
        moved = {"rank": None, "told_apart": ()}
        assert replace(row_of(new, row.agent), **moved) == replace(row, **moved)
    for old_table, new_table in zip(old.tasks, new.tasks, strict=True):
        assert [row for row in new_table.rows if row in old_table.rows] == list(old_table.rows)


def test_the_order_of_records_changes_nothing(tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs(seeds=5)
    assert build(records[::-1], tasks=tasks) == build(records, tasks=tasks)
    assert build(records + records[:7], tasks=tasks).rows == build(records, tasks=tasks).rows


def test_three_seeds_give_no_interval_and_no_rank(tasks: dict[str, Task], suite_runs: Runs) -> None:
    row = row_of(build(suite_runs(seeds=3), tasks=tasks), "ppo+homomorphic")
    assert row.rank is None
    for estimate in (row.headline, *row.aggregates.values(), row.improvement):
        assert estimate is not None
        assert estimate.interval is None
        assert estimate.note == "too few seeds for an interval (n = 3)"
    assert row.gain is not None and row.gain.estimate is not None
    assert row.gain.estimate.interval is None


def test_curves_have_bands_from_ten_runs_on(tasks: dict[str, Task], suite_runs: Runs) -> None:
    few = build(suite_runs(seeds=9), tasks=tasks).tasks[0].rows[0].curve
    assert few.mean_band is None
    assert few.note == "too few seeds for an interval on one task (n = 9)"
    curve = build(suite_runs(seeds=10), tasks=tasks).tasks[0].rows[0].curve
    assert curve.mean_band is not None
    low, high = curve.mean_band
    assert len(curve.steps) == len(curve.mean) == len(curve.iqm) == len(low) == len(high)
    assert all(a <= b <= c for a, b, c in zip(low, curve.mean, high, strict=True))


def test_bands_resample_whole_runs(tasks: dict[str, Task], make_run: Make) -> None:
    # Runs that differ by a constant: the band of every point must be the interval of the area.
    records = [make_run(seed=seed, scores=[0.4 + 0.02 * seed] * 6) for seed in range(20)]
    row = build(records, tasks=tasks).tasks[0].rows[0]
    assert row.curve.mean_band is not None
    assert row.efficiency.interval is not None
    low, high = row.curve.mean_band
    assert low == pytest.approx([row.efficiency.interval.percentile_low] * 6, abs=5e-3)
    assert high == pytest.approx([row.efficiency.interval.percentile_high] * 6, abs=5e-3)


def test_runs_evaluated_at_other_steps_are_interpolated_not_cut(tasks: dict[str, Task], make_run: Make) -> None:
    records = [make_run(seed=0, scores=[0, 0.5, 1]), make_run(seed=1, scores=[0, 0.25, 0.5, 0.75, 1])]
    curve = build(records, tasks=tasks).tasks[0].rows[0].curve
    assert list(curve.steps) == [0, 5_000, 10_000, 15_000, 20_000]
    assert curve.mean == pytest.approx((0, 0.25, 0.5, 0.75, 1))


def test_failed_and_missing_seeds_are_listed_and_cost_the_rank(
    tasks: dict[str, Task], suite_runs: Runs, make_failure: Make
) -> None:
    records = [r for r in suite_runs() if not (r.agent.id == "ppo+wide" and r.seed == 4 and r.task == CARTPOLE)]
    records = [r for r in records if not (r.agent.id == "ppo+augment" and r.seed in (2, 3) and r.task == CATCH)]
    records += [make_failure(agent="ppo+augment", seed=seed, task=CATCH) for seed in (2, 3)]
    board = build(records, tasks=tasks)
    assert row_of(board, "ppo+wide").shortfalls == ("ppo+wide on cartpole-v1: seed 4 missing",)
    assert row_of(board, "ppo+augment").shortfalls == ("ppo+augment on grid-catch-vector-v1: seeds 2, 3 failed",)
    assert [row.complete for row in board.rows] == [True, True, False, False]
    assert row_of(board, "ppo+augment").rank is None
    assert board.sources.failed == 2
    ranks = [row.rank for row in board.rows if row.rank]
    assert max(rank.worst for rank in ranks) == 2


def test_an_agent_whose_every_run_failed_is_a_row(tasks: dict[str, Task], suite_runs: Runs, make_failure: Make) -> None:
    records = suite_runs(seeds=5) + [
        make_failure(agent="ppo+bad", seed=seed, task=task) for seed in range(5) for task in (CARTPOLE, CATCH)
    ]
    row = row_of(build(records, tasks=tasks), "ppo+bad")
    assert row.headline is not None
    assert (row.headline.value, row.headline.bound, row.headline.interval) == (-1, "≥", None)
    assert not row.complete
    assert "ppo+bad on cartpole-v1: seeds 0, 1, 2, 3, 4 failed" in row.shortfalls


def test_learners_are_never_compared(tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs() + suite_runs(speeds={"ppo+homomorphic": 4, "ppo+new": 40}, learner="batched")
    board = build(records, tasks=tasks)
    alone = build(suite_runs(), tasks=tasks)
    assert board.learners == ("stable-baselines3", "batched")
    assert board.rows_of("stable-baselines3") == alone.rows
    new = row_of(board, "ppo+new", "batched")
    assert new.gain is None
    assert new.rank is not None
    assert new.rank.worst <= 2


@pytest.mark.parametrize(
    ("agent", "ledger", "settings", "words"),
    [
        ("ppo+fold", "cartpole/ppo+fold 0123456789ab", {"learning_rate": 0.01}, "own search"),
        ("ppo+fold", "cartpole/ppo 0123456789ab", {"learning_rate": 0.01}, "search of ppo"),
        ("ppo+fold", None, {"learning_rate": 0.01}, "no search"),
        ("mine.py:Agent", None, {"learning_rate": 0.01, "source": "0123456789ab"}, "self-reported"),
        ("random", None, {}, "none"),
    ],
)
def test_a_row_says_whose_search_found_its_settings(
    tasks: dict[str, Task], make_run: Make, agent: str, ledger: str | None, settings: dict[str, Any], words: str
) -> None:
    run = make_run(agent=agent, prior="fold")
    run = run.model_copy(
        update={"hyperparameters": settings, "provenance": run.provenance.model_copy(update={"ledger": ledger})}
    )
    board = build([run], tasks=tasks)
    assert board.tasks[0].rows[0].settings_from == words
    assert f"| {words} |" in to_markdown(board)


def test_runs_on_a_users_task_are_of_its_file_as_it_is(tasks: dict[str, Task], make_run: Make) -> None:
    own = replace(tasks["cartpole-v1"], file="a/task.py:Own", file_digest="now")
    own.__dict__["references"] = tasks["cartpole-v1"].references

    def runs(*sources: str) -> list[RunRecord]:
        made = [make_run(seed=seed) for seed in range(len(sources))]
        origins = [
            run.provenance.model_copy(update={"task_source": each}) for run, each in zip(made, sources, strict=True)
        ]
        return [run.model_copy(update={"provenance": each}) for run, each in zip(made, origins, strict=True)]

    assert build(runs("now", "now"), tasks={own.id: own}).tasks[0].rows
    with pytest.raises(
        SympriorError, match=r"seed-0001\.json is a run on another cartpole-v1 than a/task\.py:Own has now"
    ):
        build(runs("now", "before"), tasks={own.id: own})


def test_a_processor_and_a_gpu_are_not_compared(tasks: dict[str, Task], suite_runs: Runs, make_run: Make) -> None:
    run = make_run(agent="ppo+fold", seed=3)
    on_gpu = run.model_copy(
        update={"provenance": run.provenance.model_copy(update={"device": "cuda:0 (NVIDIA H100 80GB HBM3)"})}
    )
    with pytest.raises(SympriorError, match=r"runs of stable-baselines3 on cpu \(.*\) and cuda \(.*seed-0003\.json\)"):
        build([*suite_runs(), on_gpu], tasks=tasks)
    untrained = on_gpu.model_copy(update={"agent": on_gpu.agent.model_copy(update={"learner": "none"})})
    build([*suite_runs(), untrained], tasks=tasks)


def test_one_suite_at_a_time(tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs(seeds=5) + suite_runs(seeds=5, suite_version="v2") + suite_runs(seeds=5, suite="paper")
    with pytest.raises(SympriorError, match=r"3 suites.*--suite core-v1 or --suite core-v2 or --suite paper\."):
        build(records, tasks=tasks)
    with pytest.raises(SympriorError, match="2 suites"):
        build(records, "core", tasks=tasks)
    with pytest.raises(SympriorError, match="Did you mean 'core-v2'"):
        build(records, "core-v22", tasks=tasks)
    assert build(records, "core-v2", tasks=tasks).version == "v2"
    assert build(records, "paper", tasks=tasks).sources.finished == 40


def test_contradictions_are_refused(tasks: dict[str, Task], suite_runs: Runs, make_run: Make) -> None:
    records = suite_runs(seeds=5)
    with pytest.raises(SympriorError, match=r"no records"):
        build([], tasks=tasks)
    with pytest.raises(
        SympriorError, match=r"two different records of ppo \(stable-baselines3\) on cartpole-v1, seed 0"
    ):
        build([*records, make_run(seed=0, speed=99)], tasks=tasks)
    with pytest.raises(
        SympriorError,
        match=r"20,000 steps \(core-v1.* and 19 more\), 40,000 steps \(core-v1/.*/ppo/seed-0007.json\)",
    ):
        build([*records, make_run(seed=7, budget=40_000)], tasks=tasks)
    with pytest.raises(SympriorError, match="other hyperparameters for seed 7 than for seed 0"):
        build([*records, make_run(seed=7, hyperparameters={"learning_rate": 0.1})], tasks=tasks)
    with pytest.raises(SympriorError, match="ppo with plain in one record and ppo with wide"):
        build([*records, make_run(seed=7, prior="wide")], tasks=tasks)


def test_a_task_that_is_not_known_is_named_with_what_to_do(tasks: dict[str, Task], make_run: Make) -> None:
    record = make_run(task="cartpole-v9")
    for known in (tasks, None):
        with pytest.raises(SympriorError, match=r"'cartpole-v9'.*--task path/to/file.py:Name\. Else a newer version"):
            build([record], tasks=known)


def test_the_median_crosses_a_return_where_half_of_the_runs_are_beyond_it(tasks, make_run):
    curves = ([0, 0.5, 1, 1, 1], [0, 0, 0.5, 1, 1], [0, 0, 0, 0, 0])
    runs = [make_run(seed=seed, scores=scores) for seed, scores in enumerate(curves)]
    board = build(runs, tasks=tasks, crossing=22 + 0.25 * (500 - 22))  # the task's random and optimal returns
    halfway = 7_500  # of 20,000 steps; the medians at 5,000 and 10,000 are 0 and ½
    assert board.tasks[0].rows[0].median_crossing == pytest.approx(halfway)
    assert f"| ppo | {halfway:,} |" in to_markdown(board)
    assert build(runs, tasks=tasks).tasks[0].rows[0].median_crossing is None
