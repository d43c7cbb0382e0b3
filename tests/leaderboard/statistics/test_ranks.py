"""Ranks are ranges: how wide is decided by tests that hold their level."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.leaderboard.statistics.closed_forms.weighted_means import Total, of_mean, total
from symprior.leaderboard.statistics.ranks import RankRange, holm, holm_levels, p_value, standings


def contender(runs: np.ndarray) -> Total:
    return total([of_mean(runs)])


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_holms_levels_are_those_of_its_steps() -> None:
    assert holm_levels([0.001, 0.04, 0.02, 0.9]) == pytest.approx([0.025 / 4, 0.025 / 3, 0.025 / 3, 0.025 / 3])
    assert holm_levels([0.001, 0.01]) == pytest.approx([0.025 / 2, 0.025])
    # What is rejected is rejected at the level of its own step, what is not is not at that of the step where it ended.
    p_values = [0.0001, 0.03, 0.004, 0.0079, 0.5]
    rejected = [p < 0.025 for p in holm(p_values)]
    assert [p < level for p, level in zip(p_values, holm_levels(p_values), strict=True)] == rejected


def test_clearly_different_agents_have_single_ranks_and_equal_ones_share() -> None:
    noise = np.random.default_rng(0).normal(0, 0.02, (4, 10))
    means = {"best": 0.9, "middle-1": 0.6, "middle-2": 0.605, "worst": 0.2}
    found = standings({name: contender(mean + noise[i]) for i, (name, mean) in enumerate(means.items())})
    ranges = {name: standing.rank for name, standing in found.items()}
    assert found["middle-1"].told_apart == ("best", "worst")
    assert found["best"].told_apart == ("middle-1", "middle-2", "worst")
    assert ranges["best"] == RankRange(1, 1)
    assert ranges["middle-1"] == ranges["middle-2"] == RankRange(2, 3)
    assert ranges["worst"] == RankRange(4, 4)
    assert [str(ranges["best"]), str(ranges["middle-1"])] == ["1", "2–3"]


def test_one_contender_is_first() -> None:
    alone = standings({"a": contender(np.array([0.1, 0.2, 0.3, 0.4, 0.5]))})["a"]
    assert (alone.rank, alone.told_apart) == (RankRange(1, 1), ())


def test_agents_without_any_spread_are_told_apart_by_their_value() -> None:
    same = np.full(5, 0.5)
    assert p_value(contender(same), contender(same)) == 1
    assert p_value(contender(same), contender(same + 0.1)) == 0


@pytest.mark.parametrize("runs", [5, 10])
def test_equal_agents_are_found_different_in_at_most_five_percent(runs: int) -> None:
    generator = np.random.default_rng(runs)
    trials = 600
    found = sum(
        p_value(contender(generator.normal(size=runs)), contender(generator.normal(size=runs))) < 0.05
        for _ in range(trials)
    )
    assert found / trials < 0.07
