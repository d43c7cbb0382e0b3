"""Scores for rliable: its aggregates of the exported scores are the board's, and the example runs."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from rliable import metrics

from symprior.benchmark.commands.results.export import export
from symprior.leaderboard import PUBLISHED_RESULTS, build, read_published, rliable_scores
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def quick() -> list[RunRecord]:
    return read_published(PUBLISHED_RESULTS, "quick")


def test_rliables_metrics_of_the_export_are_the_boards(quick: list[RunRecord]) -> None:
    scores, board = rliable_scores(quick), build(quick)
    estimators = {
        "iqm": metrics.aggregate_iqm,
        "mean": metrics.aggregate_mean,
        "median": metrics.aggregate_median,
        "optimality_gap": metrics.aggregate_optimality_gap,
    }
    assert set(scores) == {row.agent for row in board.rows}
    for row in board.rows:
        assert scores[row.agent].shape == (20, 2)
        for name, estimator in estimators.items():
            estimate = row.aggregates[name]
            assert estimate is not None
            assert estimate.value == pytest.approx(float(estimator(scores[row.agent])), abs=1e-12)


def test_the_command_writes_what_python_gives(quick: list[RunRecord], tmp_path: Path) -> None:
    out = tmp_path / "scores.json"
    export(out, rliable=True, suite="quick", quantity="lost", learner=None, published=True)
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written == {agent: of.tolist() for agent, of in rliable_scores(quick, quantity="lost").items()}
    with pytest.raises(SympriorError, match="--rliable is the one there is"):
        export(out, rliable=False, suite="quick", published=True)
    with pytest.raises(SympriorError, match="no quantity 'area'"):
        rliable_scores(quick, quantity="area")


def test_incomplete_agents_are_left_out(quick: list[RunRecord]) -> None:
    fewer = [run for run in quick if not (run.agent.id == "ppo" and run.seed == 3 and run.task == "cartpole-v1")]
    assert set(rliable_scores(quick)) - set(rliable_scores(fewer)) == {"ppo"}


def test_agents_of_several_learners_need_a_choice(quick: list[RunRecord]) -> None:
    other = [run.model_copy(update={"agent": run.agent.model_copy(update={"learner": "other"})}) for run in quick]
    with pytest.raises(SympriorError, match="learners batched and other"):
        rliable_scores([*quick, *other])
    assert set(rliable_scores([*quick, *other], learner="other")) == set(rliable_scores(quick))


@pytest.mark.slow
def test_the_example_draws_rliables_plot(tmp_path: Path) -> None:
    picture = tmp_path / "aggregates.svg"
    runpy.run_path(str(ROOT / "examples" / "rliable_plots.py"))["main"]("quick", picture)
    assert "<svg" in picture.read_text(encoding="utf-8")
