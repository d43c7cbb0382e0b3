"""Ranks are ranges: how wide is decided by tests that hold their level."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.leaderboard.statistics.ranks import Contender, RankRange, holm, p_value, rank_ranges
from symprior.leaderboard.statistics.resampling import resample_indices


def contender(name: str, runs: np.ndarray, resamples: int = 2_000) -> Contender:
    drawn = runs[resample_indices((name,), len(runs), resamples)]
    return Contender(float(runs.mean()), drawn.mean(axis=1), len(runs))


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_clearly_different_agents_have_single_ranks_and_equal_ones_share() -> None:
    noise = np.random.default_rng(0).normal(0, 0.02, (4, 10))
    means = {"best": 0.9, "middle-1": 0.6, "middle-2": 0.605, "worst": 0.2}
    ranges = rank_ranges({name: contender(name, mean + noise[i]) for i, (name, mean) in enumerate(means.items())})
    assert ranges["best"] == RankRange(1, 1)
    assert ranges["middle-1"] == ranges["middle-2"] == RankRange(2, 3)
    assert ranges["worst"] == RankRange(4, 4)
    assert [str(ranges["best"]), str(ranges["middle-1"])] == ["1", "2–3"]


def test_one_contender_is_first() -> None:
    assert rank_ranges({"a": contender("a", np.array([0.1, 0.2, 0.3, 0.4, 0.5]))}) == {"a": RankRange(1, 1)}


def test_agents_without_any_spread_are_told_apart_by_their_value() -> None:
    same = np.full(5, 0.5)
    assert p_value(contender("a", same), contender("b", same)) == 1
    assert p_value(contender("a", same), contender("b", same + 0.1)) == 0


@pytest.mark.parametrize("runs", [5, 10])
def test_equal_agents_are_found_different_in_at_most_five_percent(runs: int) -> None:
    generator = np.random.default_rng(runs)
    trials = 600
    found = sum(
        p_value(
            contender(f"a{trial}", generator.normal(size=runs), 300),
            contender(f"b{trial}", generator.normal(size=runs), 300),
        )
        < 0.05
        for trial in range(trials)
    )
    assert found / trials < 0.07
