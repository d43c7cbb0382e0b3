"""Score 1 from a trained plain agent: measured on seeds of its own, and not lowered by one that never learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import trim_mean

from symprior.benchmark.commands.tuning.references import _provisional
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.sweep import Sweep
from symprior.benchmark.tuning.learned_references import LONGEST, long_enough, train
from symprior.leaderboard.records.record import read_record
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task


def test_score_one_is_the_interquartile_mean_of_the_seeds_final_returns(tmp_path: Path) -> None:
    task, sweep = get_task("cartpole-v1"), Sweep(RecordStore(tmp_path), LocalEngine(1))

    def measured() -> dict[str, object]:
        name, found = train(task, "ppo", 2_000, sweep, seeds="30000-30004")
        assert name == "ppo after 2,000 steps"
        return found

    found = measured()
    finals = [np.mean(read_record(path).curve[-1].returns) for path in sorted(tmp_path.rglob("seed-*.json"))]
    assert len(finals) == 5
    assert found["value"] == pytest.approx(trim_mean(finals, 0.25))
    assert 0 < float(str(found["standard_error"])) < np.std(finals)
    assert measured() == found, "finished runs are not run again"


def test_ten_budgets_are_long_enough_and_so_are_three_million_steps() -> None:
    assert [long_enough(budget) for budget in (50_000, 300_000, 1_000_000)] == [500_000, LONGEST, LONGEST]


def test_too_few_seeds_are_refused_before_anything_runs(tmp_path: Path) -> None:
    sweep = Sweep(RecordStore(tmp_path), LocalEngine(1))
    with pytest.raises(SympriorError, match="takes 5 seeds of a plain agent or more, not 4"):
        train(get_task("cartpole-v1"), "ppo", 2_000, sweep, seeds="30000-30003")


@pytest.mark.parametrize(("budget", "is_provisional"), [(300_000, False), (1_000_000, False), (None, True)])
def test_a_training_that_is_long_enough_is_not_provisional(budget: int | None, is_provisional: bool) -> None:
    task = get_task("cartpole-v1")
    steps = LONGEST if budget else long_enough(task.budget) - 1
    data = {"provisional": "", **({"budget": budget} if budget else {})}
    said = _provisional(task, data, None, (f"ppo after {steps:,} steps", {}))
    assert ("under ten budgets and under 3,000,000 steps" in said) is is_provisional
