"""Missing is failed, and strangers change nothing: no row moves, or the page says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from symprior.leaderboard.board.board import AgentRow, Board, build
from symprior.leaderboard.board.sentences import apart, headline
from symprior.leaderboard.pages.pages import to_html, to_markdown
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks.task import Task

Make = Callable[..., RunRecord]
Runs = Callable[..., list[RunRecord]]

CARTPOLE, CATCH, THIRD = "cartpole-v1", "grid-catch-vector-v1", "third-v1"
SEEDS = range(10)


@pytest.fixture
def with_third(tasks: dict[str, Task], make_task: Callable[..., Task]) -> dict[str, Task]:
    return tasks | {THIRD: make_task(THIRD, "third")}


@pytest.fixture
def board_of(with_third: dict[str, Task]) -> Callable[..., Board]:
    """The board of a suite that lists both tasks and ten seeds."""

    def of(records: list[RunRecord]) -> Board:
        return build(records, tasks=with_third, suite_tasks=[CARTPOLE, CATCH], seeds=SEEDS)

    return of


def row_of(board: Board, agent: str) -> AgentRow:
    return next(row for row in board.rows if row.agent == agent)


def without(records: list[RunRecord], agent: str, seeds: range, *tasks: str) -> list[RunRecord]:
    return [r for r in records if not (r.agent.id == agent and r.seed in seeds and r.task in (tasks or (r.task,)))]


def failing(records: list[RunRecord], agent: str, seeds: range, task: str, make_failure: Make) -> list[RunRecord]:
    kept = without(records, agent, seeds, task)
    return kept + [make_failure(agent=agent, seed=seed, task=task) for seed in seeds]


def test_a_missing_seed_counts_as_one_that_failed(
    board_of: Callable[..., Board], suite_runs: Runs, make_failure: Make
) -> None:
    records, seeds = suite_runs(), range(4)
    missing = row_of(board_of(without(records, "ppo+homomorphic", seeds, CARTPOLE)), "ppo+homomorphic")
    failed = row_of(board_of(failing(records, "ppo+homomorphic", seeds, CARTPOLE, make_failure)), "ppo+homomorphic")
    assert (missing.headline, missing.gain, missing.failures) == (failed.headline, failed.gain, failed.failures)
    assert missing.failures.count >= 4
    assert not missing.complete and missing.rank is None


def test_what_is_missing_is_the_worst_that_can_be(board_of: Callable[..., Board], suite_runs: Runs) -> None:
    records = suite_runs()
    row = row_of(board_of(without(records, "ppo+homomorphic", range(4), CARTPOLE)), "ppo+homomorphic")
    whole = row_of(board_of(records), "ppo+homomorphic")
    assert row.headline is not None and whole.headline is not None
    assert (row.headline.bound, row.headline.interval) == ("≥", None)
    assert row.headline.note == "4 failed or missing runs counted as the worst"
    assert row.headline.value < whole.headline.value - 0.3
    assert row.gain is not None and row.gain.estimate is not None
    assert (row.gain.estimate.bound, row.gain.estimate.interval) == ("≥", None)
    assert whole.gain is not None
    assert row.gain.shares[0] > whole.gain.shares[0] + 0.9 * 0.4 / 2  # four of ten runs of one of two tasks lose it all
    assert set(row.aggregates.values()) == {None} and row.improvement is None


def test_seeds_left_out_on_all_tasks_are_missing_too(board_of: Callable[..., Board], suite_runs: Runs) -> None:
    row = row_of(board_of(without(suite_runs(), "ppo+augment", range(6, 10))), "ppo+augment")
    assert not row.complete
    assert row.shortfalls == tuple(f"ppo+augment on {task}: seeds 6, 7, 8, 9 missing" for task in (CARTPOLE, CATCH))


def test_a_task_left_out_is_missing_altogether(board_of: Callable[..., Board], suite_runs: Runs) -> None:
    row = row_of(board_of(without(suite_runs(), "ppo+augment", SEEDS, CARTPOLE)), "ppo+augment")
    assert row.headline is not None
    assert row.headline.bound == "≥"
    assert row.failures.runs == 20 and row.failures.count >= 10
    assert "seeds 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 missing" in row.shortfalls[0]


def test_no_gain_against_a_plain_arm_with_missing_runs(board_of: Callable[..., Board], suite_runs: Runs) -> None:
    board = board_of(without(suite_runs(), "ppo", range(1), CARTPOLE))
    row = row_of(board, "ppo+homomorphic")
    assert row.gain is not None and row.gain.estimate is None
    assert row.gain.why_none == "runs of ppo failed or are missing, which would flatter"
    assert "no gain of ppo+homomorphic over ppo is given: runs of ppo failed or are missing" in headline(board)


def test_nobody_else_moves_where_runs_are_missing(
    board_of: Callable[..., Board], suite_runs: Runs, make_failure: Make
) -> None:
    records = suite_runs()
    whole = board_of(records)
    for fewer in (
        without(records, "ppo+augment", range(4)),
        without(records, "ppo+augment", SEEDS, CATCH),
        failing(records, "ppo+augment", range(2), CARTPOLE, make_failure),
    ):
        board = board_of(fewer)
        for agent in ("ppo", "ppo+homomorphic", "ppo+wide"):
            ours, theirs = row_of(board, agent), row_of(whole, agent)
            assert (ours.headline, ours.gain, ours.aggregates) == (theirs.headline, theirs.gain, theirs.aggregates)


def test_other_seeds_than_the_suites_do_not_count(
    board_of: Callable[..., Board], suite_runs: Runs, make_run: Make
) -> None:
    records = suite_runs()
    lucky = [make_run(agent="ppo", seed=99, scores=[1, 1, 1])]
    board = board_of(records + lucky)
    assert "seed 99 not of the suite, left out" in row_of(board, "ppo").shortfalls[0]
    assert row_of(board, "ppo").headline == row_of(board_of(records), "ppo").headline
    assert board.sources.finished == len(records)
    exchanged = board_of(without(records, "ppo", range(1), CARTPOLE) + lucky)
    assert "seed 0 missing; seed 99 not of the suite, left out" in row_of(exchanged, "ppo").shortfalls[0]
    assert not row_of(exchanged, "ppo").complete


def test_a_record_of_a_task_outside_the_suite_moves_nothing_and_is_named(
    board_of: Callable[..., Board], suite_runs: Runs, make_run: Make
) -> None:
    records = suite_runs()
    board = board_of([*records, make_run(agent="ppo", task=THIRD, seed=0)])
    whole = board_of(records)
    assert (board.rows, board.tasks, board.claims) == (whole.rows, whole.tasks, whole.claims)
    assert board.sources == whole.sources  # no number rests on it, so that it is no source
    assert board.strangers == ("1 record on third-v1, which is no task of the suite: left out",)
    for text in (to_markdown(board), to_html(board)):
        assert "third-v1, which is no task of the suite" in text
    with pytest.raises(SympriorError, match="None of the records is on a task of the suite"):
        board_of([make_run(agent="ppo", task=THIRD, seed=0)])


def test_an_entrant_on_one_task_moves_nothing_in_a_free_comparison(
    with_third: dict[str, Task], suite_runs: Runs, make_run: Make
) -> None:
    records = suite_runs()
    entrant = [make_run(agent="ppo+fold", seed=seed, task=CATCH, speed=50) for seed in range(10)]
    board, whole = build(records + entrant, tasks=with_third), build(records, tasks=with_third)
    assert [row for row in board.rows if row.agent != "ppo+fold"] == list(whole.rows)
    row = row_of(board, "ppo+fold")
    assert (row.tasks, row.rank is not None, row.complete) == ((CATCH,), True, True)
    assert board.rows[-1] is row
    assert apart(board) == (f"ppo+fold (stable-baselines3) is over {CATCH} alone, and is not ranked with the others.",)
    assert headline(board).startswith(f"Over {CARTPOLE} and {CATCH}, ")
    assert f"is over {CATCH} alone" in to_markdown(board)


def test_one_stray_record_of_another_headline_task_moves_nobody_else(
    with_third: dict[str, Task], suite_runs: Runs, make_run: Make
) -> None:
    records = suite_runs()
    board = build([*records, make_run(agent="ppo+wide", task=THIRD, seed=0)], tasks=with_third)
    whole = build(records, tasks=with_third)
    for agent in ("ppo", "ppo+homomorphic", "ppo+augment"):
        assert row_of(board, agent).headline == row_of(whole, agent).headline
    assert not row_of(board, "ppo+wide").complete
    assert any("ppo+wide" in sentence for sentence in apart(board))


def test_of_single_runs_nothing_is_missing(tasks: dict[str, Task], make_run: Make) -> None:
    records = [make_run(agent="mine", learner="custom", seed=seed, suite="custom") for seed in range(5)]
    records += [make_run(agent="ppo", seed=seed, suite="custom") for seed in range(7)]
    records += [make_run(agent="ppo+x", seed=seed, suite="custom", task=CATCH) for seed in range(6)]
    board = build(records, tasks=tasks)
    assert all(row.complete and not row.shortfalls for row in board.rows)
    assert {row.agent: row.tasks for row in board.rows} == {"mine": (CARTPOLE,), "ppo": (CARTPOLE,), "ppo+x": (CATCH,)}
    assert len(apart(board)) == 1
