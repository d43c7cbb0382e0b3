"""Score 1 from a trained plain agent: measured on seeds of its own, and not lowered by one that never learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import trim_mean

from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.sweep import Sweep
from symprior.benchmark.tuning.learned_references import train
from symprior.leaderboard.records.record import read_record
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
