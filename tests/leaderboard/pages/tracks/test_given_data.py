"""What agents make of given transitions, from records to the page: scores, gain in data, steps to the goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symprior.leaderboard.board.board import build
from symprior.leaderboard.board.tables.given_data import GivenTables, given_tables, has_given_data
from symprior.leaderboard.comparison.cells import collect
from symprior.leaderboard.comparison.data_gains import log_areas
from symprior.leaderboard.pages import pages as board_page
from symprior.leaderboard.pages.published_pages import write_published_pages
from symprior.leaderboard.pages.tracks.given_data_pages import to_markdown, write_given_data_page
from symprior.leaderboard.records.record import Checkpoint, RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

ROOM = get_task("plan-room-v1")
POINTS = (0, *ROOM.portions)
OPTIMUM, RANDOM = (ROOM.references.policies[name].value for name in ("optimal", "random"))
Make = Callable[..., RunRecord]


def run_of(make_run: Make, agent: str, seed: int, half: float, **changes: Any) -> RunRecord:
    """A run whose score is n / (n + half) at n transitions, by a luck of its own."""
    luck = np.random.default_rng([seed, len(agent)]).normal(0, 0.2)
    scores = [n / (n + half * np.exp(luck)) for n in POINTS]
    curve = [
        Checkpoint(step=n, returns=[RANDOM + s * (OPTIMUM - RANDOM)] * 40, lengths=[*[7] * 20, *[5] * 20])
        for n, s in zip(POINTS, scores, strict=True)
    ]
    fields = {"budget": POINTS[-1], "steps_used": POINTS[-1], "evaluate_every": None, "curve": curve}
    return make_run(agent=agent, seed=seed, task=ROOM.id, **(fields | changes))


@pytest.fixture
def runs(make_run: Make) -> list[RunRecord]:
    return [
        run_of(make_run, agent, seed, half)
        for agent, half in {"dqn": 3000.0, "dqn+homomorphic": 1000.0}.items()
        for seed in range(12)
    ]


def row_of(tables: GivenTables, agent: str) -> Any:
    [table] = tables.tables
    return next(row for row in table.rows if row.agent == agent)


def test_three_times_fewer_data_are_a_gain_of_about_three(runs: list[RunRecord]) -> None:
    """A little less: the levels that neither reaches within the data count as equal."""
    row = row_of(given_tables(runs), "dqn+homomorphic")
    assert 2.0 < row.gain.value < 3.0 and row.plain == "dqn"
    assert row.gain.interval is not None and row.gain.interval.low > 1.5
    assert row_of(given_tables(runs), "dqn").gain is None


def test_equals_have_no_gain_beyond_their_interval(make_run: Make) -> None:
    equal = [run_of(make_run, agent, seed, 2000.0) for agent in ("dqn", "dqn+homomorphic") for seed in range(12)]
    gain = row_of(given_tables(equal), "dqn+homomorphic").gain
    assert gain.interval.low < 1 < gain.interval.high


def test_the_gain_is_of_the_areas_of_the_runs(runs: list[RunRecord]) -> None:
    cells = collect(runs).of_entries
    areas = {agent: log_areas(of[ROOM.id]).mean() for (_, agent), of in cells.items()}
    gain = row_of(given_tables(runs), "dqn+homomorphic").gain.value
    assert log(gain) == pytest.approx(areas["dqn+homomorphic"] - areas["dqn"])


def test_a_lost_run_makes_a_bound_of_the_gain_and_one_of_the_plain_arm_takes_it(
    runs: list[RunRecord], make_failure: Make
) -> None:
    failed = {"task": ROOM.id, "seed": 11, "budget": POINTS[-1], "evaluate_every": None}
    of_prior = [run for run in runs if (run.agent.id, run.seed) != ("dqn+homomorphic", 11)]
    bound = row_of(given_tables([*of_prior, make_failure(agent="dqn+homomorphic", **failed)]), "dqn+homomorphic").gain
    whole = row_of(given_tables(runs), "dqn+homomorphic").gain
    assert (bound.bound, bound.interval) == ("≥", None) and bound.value < whole.value
    of_plain = [run for run in runs if (run.agent.id, run.seed) != ("dqn", 11)]
    tables = given_tables([*of_plain, make_failure(agent="dqn", **failed)])
    assert np.isnan(row_of(tables, "dqn+homomorphic").gain.value)
    assert "which would flatter" in to_markdown(tables, "x.svg")


def test_steps_to_the_goal_stand_beside_the_optimum_by_set_of_goals(runs: list[RunRecord]) -> None:
    row = row_of(given_tables(runs), "dqn")
    assert row.of_goals["seen"].lengths == (7.0,) * 6 and row.of_goals["unseen"].lengths == (5.0,) * 6
    page = to_markdown(given_tables(runs), "x.svg")
    best = ROOM.references.of_goal_sets
    assert f"Steps to seen goals, {best['seen'].optimal_steps:.2f} at the optimum" in page
    assert "| dqn+homomorphic | 12 |" in page and "× [" in page


def test_the_page_is_published_where_transitions_are_given_and_is_the_same_again(
    runs: list[RunRecord], tmp_path: Path
) -> None:
    written = list(write_published_pages(runs, tmp_path))
    assert [path.name for path in written] == ["core-v1.md", "core-v1-data.md", "core-v1-data.svg"]
    before = [path.read_bytes() for path in written]
    assert [path.read_bytes() for path in write_published_pages(runs[::-1], tmp_path)] == before


def test_records_without_given_data_have_no_such_page(make_run: Make, tmp_path: Path) -> None:
    runs = [make_run(scores=[0.0, 0.5, 0.9])]
    assert not has_given_data(runs)
    with pytest.raises(SympriorError, match=r"are on no task that gives transitions, such as plan-room-v1"):
        write_given_data_page(given_tables(runs), tmp_path)


def test_a_record_on_goals_says_the_steps_of_every_episode(make_run: Make) -> None:
    run = run_of(make_run, "dqn", 0, 1000.0)
    for lengths in (None, [7] * 39, [51] * 40):
        broken = run.model_copy(
            update={"curve": [point.model_copy(update={"lengths": lengths}) for point in run.curve]}
        )
        with pytest.raises(SympriorError, match="does not have the steps of each of its 40 episodes, from 1 to 50"):
            collect([broken])
    assert "lengths" not in make_run().curve[0].model_dump()
    assert replace(ROOM, goal_sets=()).by_goal_set(run.curve[0].returns) == {}


def test_a_board_counts_transitions_where_these_are_given_and_steps_elsewhere(
    runs: list[RunRecord], make_run: Make, tmp_path: Path
) -> None:
    assert "Budget 20,000 transitions." in board_page.to_markdown(build(runs))
    assert "environment steps. Score 0" in board_page.to_markdown(build([make_run(scores=[0.0, 0.5, 0.9])]))
