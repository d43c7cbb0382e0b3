"""What seeds can find: the promised power is what simulated runs have, and both directions agree."""

from __future__ import annotations

import numpy as np
import pytest

from symprior.leaderboard.statistics.closed_forms.weighted_means import of_log_mean, total
from symprior.leaderboard.statistics.power import Spread, detectable_gain, runs_needed

ONE = [Spread(0.3, 0.4)]
TWO = [Spread(0.3, 0.4, 0.5), Spread(0.3, 0.4, 0.5)]


@pytest.mark.parametrize("runs", [10, 30])
def test_the_promised_gain_is_found_in_eighty_percent(runs: int) -> None:
    gain, generator, trials = detectable_gain(ONE, runs), np.random.default_rng(runs), 2_000

    def lost(mean: float, variation: float) -> np.ndarray:
        return generator.gamma(1 / variation**2, mean * variation**2, runs)

    found = sum(
        total([of_log_mean(lost(gain, 0.3)), of_log_mean(lost(1, 0.4), -1)]).p_value() < 0.05 for _ in range(trials)
    )
    assert 0.76 < found / trials < 0.85


def test_the_fewest_runs_find_the_gain_and_one_fewer_do_not() -> None:
    for gain in (1.1, 1.5, 2.5):
        runs = runs_needed(ONE, gain)
        assert detectable_gain(ONE, runs) <= gain < detectable_gain(ONE, runs - 1)
        assert runs_needed(ONE, 1 / gain) == runs
    assert runs_needed(TWO, 1.2) < runs_needed(ONE, 1.2)


def test_cartpoles_spread_needs_what_the_records_say() -> None:
    """A standard error of about .55 / √n of the log gain: 1.2× needs some 73 seeds an arm, 2× about 6."""
    spread = [Spread(0.55 / np.sqrt(2), 0.55 / np.sqrt(2))]
    assert runs_needed(spread, 1.2) == pytest.approx(73, abs=2)
    assert runs_needed(spread, 2) == pytest.approx(6, abs=1)


@pytest.mark.parametrize("gain", [1, 0, -2, 1.0000001])
def test_what_cannot_be_found_is_refused(gain: float) -> None:
    with pytest.raises(ValueError, match="gain"):
        runs_needed(ONE, gain)
