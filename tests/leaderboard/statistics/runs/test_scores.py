"""A run reduced to numbers, by hand-made curves whose numbers are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symprior.leaderboard.records.record import Checkpoint, RunRecord
from symprior.leaderboard.statistics.runs.scores import area_over_budget, score_run, time_to_threshold
from symprior.symmetry.errors import SympriorError
from symprior.tasks.task import Task

Make = Callable[..., RunRecord]

BUDGET = 20_000
STEPS = np.array([0.0, 100, 200, 300, 400])


def test_area_of_a_straight_line_is_a_half() -> None:
    assert area_over_budget(STEPS, STEPS / 400, 400) == pytest.approx(0.5)


def test_after_the_last_evaluation_the_curve_stays_where_it_was() -> None:
    assert area_over_budget(STEPS, np.array([0.0, 0, 0, 0, 1]), 800) == pytest.approx(0.5 + 0.5 / 8)


def test_threshold_needs_two_evaluations_in_a_row() -> None:
    assert time_to_threshold(STEPS, np.array([0.0, 10, 0, 5, 10]), 9) is None
    assert time_to_threshold(STEPS, np.array([0.0, 10, 0, 10, 10]), 5) == pytest.approx(250)
    assert time_to_threshold(STEPS, np.array([0.0, 0, 0, 0, 10]), 9) is None


def test_exactly_at_the_threshold_counts() -> None:
    assert time_to_threshold(STEPS, np.array([0.0, 9, 9, 0, 0]), 9) == pytest.approx(100)


def test_at_the_threshold_from_the_start_takes_no_step() -> None:
    assert time_to_threshold(STEPS, np.array([9.0, 9, 0, 0, 0]), 9) == 0


def test_scores_of_a_run(tasks: dict[str, Task], make_run: Make) -> None:
    score = score_run(make_run(scores=[0, 0.5, 1, 1, 1]), tasks["cartpole-v1"].references)
    assert score.efficiency == pytest.approx(0.75)
    assert score.final == pytest.approx(1)
    threshold = (475 - 22) / (500 - 22)
    assert score.time == pytest.approx(BUDGET * (0.25 + 0.25 * (threshold - 0.5) / 0.5))
    assert not score.censored


def test_a_run_that_never_gets_there_is_censored_at_the_budget(tasks: dict[str, Task], make_run: Make) -> None:
    score = score_run(make_run(scores=[0, 0.1, 0.2, 0.3]), tasks["cartpole-v1"].references)
    assert score.censored
    assert score.time == BUDGET


def test_clipping_comes_after_the_reduction(tasks: dict[str, Task], make_run: Make) -> None:
    score = score_run(make_run(scores=[0, -4, -4, -4, 5]), tasks["cartpole-v1"].references)
    assert score.efficiency == pytest.approx((-2 - 4 - 4 + 0.5) / 4)
    assert score.efficiency_clipped == -1
    assert score.final == pytest.approx(5)
    assert score.final_clipped == 1.1


def test_a_curve_must_begin_before_training(tasks: dict[str, Task], make_run: Make) -> None:
    run = make_run()
    late = RunRecord(
        **(dict(run) | {"curve": [Checkpoint(step=10, returns=[1.0]), Checkpoint(step=run.budget, returns=[1.0])]})
    )
    with pytest.raises(SympriorError, match="must begin at step 0"):
        score_run(late, tasks["cartpole-v1"].references)
