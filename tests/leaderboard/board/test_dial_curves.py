"""Dial curves: means as in the board, what a prior adds with its interval, the same bytes twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symprior.leaderboard.board.board import build
from symprior.leaderboard.board.dial_curves import dial_curves
from symprior.leaderboard.pages.tracks.dial_pages import to_markdown, to_svg, write_dial_page
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks import DIALS

DIAL = DIALS["grid-catch-drift-v1"]
GAIN = {"ppo": 0.0, "ppo+homomorphic": 0.2}


@pytest.fixture
def records(make_run: Callable[..., RunRecord]) -> list[RunRecord]:
    """The homomorphic agent is better where the symmetry holds, and ever worse where it does not."""
    found = []
    for value in DIAL.values:
        references = DIAL.task(value).references
        for agent, gain in GAIN.items():
            for seed in range(10):
                level = 0.5 + gain - 0.8 * value * (gain > 0) + 0.02 * (seed % 3)
                zero, one = (references.policies[name].value for name in (references.zero, references.one))
                run = make_run(agent=agent, seed=seed, task=DIAL.name(value), scores=[level] * 5)
                points = [
                    point.model_copy(update={"returns": [zero + level * (one - zero)] * 20}) for point in run.curve
                ]
                found.append(run.model_copy(update={"curve": points}))
    return found


def test_points_are_the_boards_numbers_in_the_order_of_the_dial(records: list[RunRecord]) -> None:
    [curves] = dial_curves(records[::-1])
    assert (curves.dial.id, curves.agents, curves.runs) == (DIAL.id, ("ppo", "ppo+homomorphic"), (10, 10))
    assert [point.value for point in curves.points] == list(DIAL.values)
    tables = {table.task: table for table in build(records).tasks}
    for point in curves.points:
        for row in tables[point.task.id].rows:
            assert point.scores["efficiency_clipped"][row.agent] == row.efficiency
            assert point.scores["final_clipped"][row.agent] == row.final


def test_what_a_prior_adds_falls_from_a_gain_to_a_loss(records: list[RunRecord]) -> None:
    [curves] = dial_curves(records)
    added = [point.added["ppo+homomorphic"] for point in curves.points]
    assert [set(point.added) for point in curves.points] == [{"ppo+homomorphic"}] * 5
    expected = [0.2 - 0.8 * value for value in DIAL.values]
    assert [each.value for each in added] == pytest.approx(expected)
    assert added[0].interval is not None and added[0].interval.low > 0
    assert added[-1].interval is not None and added[-1].interval.high < 0
    assert np.all([each.interval.low < each.value < each.interval.high for each in added if each.interval])


def test_gains_are_the_boards_own(records: list[RunRecord]) -> None:
    [curves] = dial_curves(records)
    tables = {table.task: table for table in build(records).tasks}
    for point in curves.points:
        [row] = [row for row in tables[point.task.id].rows if row.agent == "ppo+homomorphic"]
        assert point.gains == {"ppo+homomorphic": row.gain}
        assert point.failures["ppo+homomorphic"] == row.failures
    assert "## Symmetry gain" in to_markdown(curves)


def test_the_page_stands_beside_the_price_of_symmetry_and_the_certificate(records: list[RunRecord]) -> None:
    [curves] = dial_curves(records)
    page = to_markdown(curves)
    least, most = curves.points[-1].price or (0.0, 0.0)
    assert 0 < least <= most < 1
    for part in (f"{least:.3f} – {most:.3f}", "ε_P, dynamics", "| 0.75 |", "10 seeds for each", "of 10; ", "†"):
        assert part in page
    assert "\n\n|" in page and "|\n\n| ---" not in page


def test_the_page_says_first_what_its_seeds_can_find(records: list[RunRecord]) -> None:
    [curves] = dial_curves(records)
    tables = {table.task: table for table in build(records).tasks}
    for point in curves.points:
        assert point.resolution == tables[point.task.id].resolutions.get(curves.learner)
    page = to_markdown(curves)
    said = (
        page.index("With 80 % power its seeds find")
        if any(p.resolution for p in curves.points)
        else page.index("No gain")
    )
    assert said < page.index("## ")


def test_two_pages_of_one_dial_are_equal(records: list[RunRecord], tmp_path: object) -> None:
    [curves], [again] = dial_curves(records), dial_curves(records[::-1])
    assert to_markdown(curves) == to_markdown(again)
    assert to_svg(curves) == to_svg(again)


def test_both_files_are_written(records: list[RunRecord], tmp_path) -> None:  # type: ignore[no-untyped-def]
    [curves] = dial_curves(records)
    paths = write_dial_page(curves, tmp_path)
    assert [path.name for path in paths] == [f"core-v1-{DIAL.id}-stable-baselines3{end}" for end in (".md", ".svg")]
    assert f"({paths[1].name})" in paths[0].read_text()


def test_records_of_no_dial_are_refused(make_run: Callable[..., RunRecord]) -> None:
    with pytest.raises(SympriorError, match="no task of a dial"):
        dial_curves([make_run(task="grid-catch-vector-v1", scores=[0, 0.5, 1])])
