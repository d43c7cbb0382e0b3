"""Wilson's interval is Wilson's, and says something where no run or every run failed."""

from __future__ import annotations

import pytest
from scipy import stats

from symprior.leaderboard.statistics.closed_forms.proportions import share, wilson


@pytest.mark.parametrize(("count", "runs"), [(0, 10), (1, 20), (7, 9), (10, 10), (70, 9_180)])
def test_wilsons_interval_is_scipys(count: int, runs: int) -> None:
    theirs = stats.binomtest(count, runs).proportion_ci(method="wilson")
    assert wilson(count, runs) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_no_failure_in_ten_runs_is_no_proof_that_there_is_none() -> None:
    interval = share(0, 10).interval
    assert interval is not None
    assert interval[0] == 0
    assert interval[1] == pytest.approx(0.2775, abs=1e-4)
    assert share(0, 0).interval is None
