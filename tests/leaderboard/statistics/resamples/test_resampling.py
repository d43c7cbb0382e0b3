"""A cell's resamples depend on its names alone, and stay the same for ever."""

from __future__ import annotations

import numpy as np

from symprior.leaderboard.statistics.resamples.resampling import resample_indices


def test_the_stream_is_frozen() -> None:
    # These may never change: every published interval hangs on them.
    assert resample_indices(("core-v1", "sb3", "ppo", "cartpole-v1"), 10, 2).tolist() == [
        [3, 1, 7, 0, 1, 4, 3, 3, 0, 6],
        [3, 7, 4, 0, 4, 8, 0, 0, 6, 4],
    ]


def test_one_key_one_stream() -> None:
    first = resample_indices(("a", "b"), 10, 100)
    assert np.array_equal(first, resample_indices(("a", "b"), 10, 100))
    assert not np.array_equal(first, resample_indices(("a", "c"), 10, 100))
    assert not np.array_equal(first, resample_indices(("ab",), 10, 100))


def test_a_longer_table_begins_with_the_shorter() -> None:
    assert np.array_equal(resample_indices(("a",), 7, 50), resample_indices(("a",), 7, 500)[:50])


def test_draws_are_uniform_and_independent_of_numpys_global_state() -> None:
    np.random.seed(1)
    before = np.random.get_state(legacy=False)["state"]["key"].tolist()
    drawn = resample_indices(("uniform",), 5, 20_000)
    shares = np.bincount(drawn.ravel(), minlength=5) / drawn.size
    assert drawn.min() == 0
    assert drawn.max() == 4
    assert np.abs(shares - 0.2).max() < 0.005
    assert np.random.get_state(legacy=False)["state"]["key"].tolist() == before
