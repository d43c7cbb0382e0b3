"""What a page says its seeds can find, and what a record says of a task's spread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symprior.benchmark.commands.results.calibrate import BEGIN, END, _put, power
from symprior.leaderboard import PUBLISHED_RESULTS, read_published
from symprior.leaderboard.board.board import build
from symprior.leaderboard.board.sentences import resolutions
from symprior.leaderboard.comparison.resolution import spreads_on_record, variation
from symprior.leaderboard.pages.pages import to_markdown
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.power import Spread, detectable_gain
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.task import Task

Runs = Callable[..., list[RunRecord]]


def test_the_typical_prior_is_the_median_and_no_control(tasks: dict[str, Task], suite_runs: Runs) -> None:
    speeds = {"ppo": 5, "ppo+a": 6, "ppo+b": 7, "ppo+c": 8, "ppo+nullspace": 30}
    board = build(suite_runs(seeds=20, speeds=speeds), tasks=tasks)
    table = board.tasks[0]
    found = table.resolutions["stable-baselines3"]
    lost = {run.agent: run.lost for run in table.rows}
    assert found.runs == 20 and set(lost) == set(speeds)
    assert found.gain == pytest.approx(detectable_gain([Spread(*found.spread)], 20))
    over = board.resolutions["stable-baselines3"]
    assert over.gain < found.gain


def test_too_few_seeds_find_nothing_that_is_stated(tasks: dict[str, Task], suite_runs: Runs) -> None:
    assert build(suite_runs(seeds=4), tasks=tasks).resolutions == {}
    board = build(suite_runs(seeds=6), tasks=tasks)
    assert board.resolutions and not board.tasks[0].resolutions  # one task needs ten
    assert resolutions(build(suite_runs(seeds=4), tasks=tasks)) == (
        "Over cartpole-v1 and grid-catch-vector-v1, no gain can be found: too few seeds for an interval (n = 4).",
    )


def test_where_no_gain_can_be_found_the_page_says_why_before_any_result(
    tasks: dict[str, Task], make_run: Callable[..., RunRecord]
) -> None:
    easy = [make_run(agent=agent, seed=seed, scores=[0.98, 1, 1]) for agent in ("ppo", "ppo+x") for seed in range(10)]
    board = build(easy, tasks=tasks)
    assert resolutions(board) == ("On cartpole-v1, no gain can be found: the threshold is met before any training.",)
    page = to_markdown(board)
    assert 0 < page.index(resolutions(board)[0]) < page.index("## Learner")


def test_a_task_that_is_too_easy_does_not_count_in_what_can_be_found(
    tasks: dict[str, Task], suite_runs: Runs, make_run: Callable[..., RunRecord]
) -> None:
    hard = [run for run in suite_runs(speeds={"ppo": 5, "ppo+x": 9}) if run.task == "cartpole-v1"]
    easy = [
        make_run(agent=agent, seed=seed, task="grid-catch-vector-v1", scores=[1, 1, 1])
        for agent in ("ppo", "ppo+x")
        for seed in range(10)
    ]
    both, alone = (build(records, tasks=tasks).resolutions["stable-baselines3"] for records in (hard + easy, hard))
    assert both == alone


def test_the_spread_on_record_is_that_of_lost_data() -> None:
    records = [record for record in read_published(PUBLISHED_RESULTS, "quick") if record.task == "cartpole-v1"]
    [found] = spreads_on_record(records, get_task("cartpole-v1"))
    assert (found.where, found.plain) == ("quick-2, batched", "ppo")
    assert found.spread.plain == pytest.approx(0.28, abs=0.03)
    assert variation(np.array([1.0, 3.0])) == pytest.approx(2**0.5 / 2)
    assert variation(np.zeros(3)) == 0


def test_a_task_without_records_is_named() -> None:
    with pytest.raises(SympriorError, match="no complete runs of a plain agent on hopper-v1"):
        power("hopper-v1", gain=1.2, records=None)


def test_tables_are_put_between_their_lines(tmp_path) -> None:  # type: ignore[no-untyped-def]
    page = tmp_path / "page.md"
    assert _put("new", page) == f"{BEGIN}\n\nnew\n{END}\n"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert _put("new", page) == f"before\n{BEGIN}\n\nnew\n{END}\nafter\n"
    page.write_text("nothing")
    with pytest.raises(SympriorError, match="has no lines"):
        _put("new", page)
