"""The probability of improvement: its interval is Newcombe's, covers near 1 too, and never has the width zero."""

from __future__ import annotations

import numpy as np
import pytest
from rliable import metrics

from symprior.leaderboard.statistics.closed_forms.placements import improvement_interval, probability, score_interval

X, Y = np.random.default_rng(2).normal(0.4, 1, 10), np.random.default_rng(3).normal(0, 2, 14).round(1)


def test_the_probability_is_rliables() -> None:
    theirs = metrics.probability_of_improvement(np.stack([X, X + 1], 1), np.stack([Y, Y], 1))
    assert improvement_interval([(X, Y), (X + 1, Y)])[0] == pytest.approx(theirs)
    assert probability(np.ones(3), np.ones(4)) == 0.5


def test_its_ends_solve_newcombes_equation() -> None:
    n, m, share, z = 10, 14, 0.8, 1.959964
    size = (n + m) / 2 - 1
    for theta in score_interval(share, [(n, m)]):
        spread = theta * (1 - theta) * (1 + size * (1 - theta) / (2 - theta) + size * theta / (1 + theta)) / (n * m)
        assert abs(share - theta) == pytest.approx(z * spread**0.5, rel=1e-6)


def test_complete_separation_is_no_certainty() -> None:
    value, (low, high) = improvement_interval([(X + 100, Y)])
    assert (value, high) == (1, 1)
    assert 0.7 < low < 0.95
    assert improvement_interval([(X - 100, Y)])[1][0] == 0
    many = improvement_interval([(X + 100, Y)] * 8)[1]
    assert low < many[0] < 1


@pytest.mark.parametrize("shift", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("tasks", [1, 3])
def test_it_covers_what_it_says(shift: float, tasks: int) -> None:
    generator, trials, hits = np.random.default_rng(int(shift)), 400, 0
    truth = probability(generator.normal(shift, 1, 3_000), generator.normal(0, 1, 3_000))
    for _ in range(trials):
        pairs = [(generator.normal(shift, 1, 10), generator.normal(0, 1, 10)) for _ in range(tasks)]
        low, high = improvement_interval(pairs)[1]
        hits += low <= truth <= high
    assert hits / trials > 0.92
