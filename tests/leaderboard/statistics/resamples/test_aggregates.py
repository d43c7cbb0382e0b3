"""The vectorised estimators are rliable's: the same numbers from the same resamples."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from rliable import library, metrics

from symprior.leaderboard.statistics.intervals import by_percentiles
from symprior.leaderboard.statistics.resamples import aggregates as statistics
from symprior.leaderboard.statistics.resamples.resampling import resample, resample_indices

RESAMPLES = 1_000


def scores(runs: int, tasks: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.7, 0.35, (runs, tasks)).clip(-1, 1.1)


def draws(runs: int, tasks: int, name: str = "a") -> list[np.ndarray]:
    return [resample_indices((name, str(task)), runs, RESAMPLES) for task in range(tasks)]


@pytest.mark.parametrize(("runs", "tasks"), [(10, 1), (10, 8), (7, 3), (5, 2), (25, 12)])
def test_intervals_are_those_of_rliable_from_the_same_resamples(
    monkeypatch: pytest.MonkeyPatch, runs: int, tasks: int
) -> None:
    matrix, drawn = scores(runs, tasks), draws(runs, tasks)
    resamples: Iterator[np.ndarray] = iter(np.stack(drawn, axis=2))
    # Only where rliable takes its random numbers from is replaced; bootstrap, estimators and interval are its
    # own.
    monkeypatch.setattr(
        library.StratifiedBootstrap, "update_indices", lambda self: (next(resamples), *self._strata_indices)
    )

    def all_of_rliable(x: np.ndarray) -> np.ndarray:
        return np.array(
            [
                metrics.aggregate_iqm(x),
                metrics.aggregate_mean(x),
                metrics.aggregate_median(x),
                metrics.aggregate_optimality_gap(x),
            ]
        )

    points, intervals = library.get_interval_estimates({"a": matrix}, all_of_rliable, reps=RESAMPLES)
    columns = list(matrix.T)
    printed = statistics.point_estimates(columns)
    for place, (name, aggregate) in enumerate(statistics.AGGREGATES.items()):
        assert printed[name] == pytest.approx(points["a"][place], abs=1e-12)
        value = aggregate([column[None] for column in columns])[0]
        distribution = aggregate([resample(column, d) for column, d in zip(columns, drawn, strict=True)])
        ours = by_percentiles(float(value), distribution, runs, tasks=max(tasks, 2)).interval
        assert value == pytest.approx(points["a"][place], abs=1e-12)
        assert ours is not None
        assert [ours.low, ours.high] == pytest.approx(intervals["a"][:, place], abs=1e-12)


def test_probability_of_improvement_is_that_of_rliable_from_the_same_resamples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, y = scores(10, 3, seed=1).round(1), scores(8, 3, seed=2).round(1)  # rounded: ties count half
    drawn_x, drawn_y = draws(10, 3, "x"), draws(8, 3, "y")
    rounds = iter(range(RESAMPLES))

    def same_resamples(self: library.StratifiedIndependentBootstrap) -> object:
        r = next(rounds)
        of_x, of_y = np.stack([d[r] for d in drawn_x], 1), np.stack([d[r] for d in drawn_y], 1)
        return [(of_x, *self._args_strata_indices[0]), (of_y, *self._args_strata_indices[1])], {}

    monkeypatch.setattr(library.StratifiedIndependentBootstrap, "update_indices", same_resamples)

    def of_rliable(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.array([metrics.probability_of_improvement(a, b)])

    points, intervals = library.get_interval_estimates({"p": [x, y]}, of_rliable, reps=RESAMPLES)
    pairs = list(zip(x.T, y.T, strict=True))
    ours = statistics.probability_of_improvement(pairs, list(zip(drawn_x, drawn_y, strict=True)))
    plain = [(np.arange(10)[None], np.arange(8)[None])] * 3
    assert statistics.probability_of_improvement(pairs, plain)[0] == pytest.approx(points["p"][0], abs=1e-12)
    assert np.percentile(ours, [2.5, 97.5]) == pytest.approx(intervals["p"][:, 0], abs=1e-12)


def test_rliables_own_random_intervals_are_near() -> None:
    matrix = scores(10, 8)
    state = np.random.get_state()
    np.random.seed(0)
    _, theirs = library.get_interval_estimates(
        {"a": matrix}, lambda x: np.array([metrics.aggregate_mean(x)]), reps=2_000
    )
    np.random.set_state(state)
    columns = list(matrix.T)
    drawn = [resample_indices(("a", str(i)), 10) for i in range(8)]
    ours = statistics.mean([resample(column, d) for column, d in zip(columns, drawn, strict=True)])
    assert np.percentile(ours, [2.5, 97.5]) == pytest.approx(theirs["a"][:, 0], abs=0.01)


def test_ten_thousand_resamples_take_well_under_a_second() -> None:
    columns = list(scores(10, 8).T)
    start = time.perf_counter()
    drawn = [resample_indices(("speed", str(i)), 10) for i in range(8)]
    samples = [resample(column, d) for column, d in zip(columns, drawn, strict=True)]
    for aggregate in statistics.AGGREGATES.values():
        aggregate(samples)
    assert time.perf_counter() - start < 1


def test_families_count_the_same_whatever_their_number_of_tasks() -> None:
    of_tasks = {"a1": 1.0, "a2": 0.0, "a3": 0.5, "b": 0.0}
    weights = statistics.family_weights({"a1": "a", "a2": "a", "a3": "a", "b": "b"})
    assert sum(weights[task] * value for task, value in of_tasks.items()) == pytest.approx(0.25)


def test_tasks_may_have_different_numbers_of_runs() -> None:
    samples = [np.array([[0.0, 1.0]]), np.array([[0.5, 0.5, 0.5, 1.0, 0.0]])]
    assert statistics.mean(samples) == pytest.approx([0.5])
    assert statistics.interquartile_mean(samples) == pytest.approx([0.5])
    assert statistics.optimality_gap(samples) == pytest.approx([0.5])
    printed = statistics.point_estimates([sample[0] for sample in samples])
    assert printed == pytest.approx(dict.fromkeys(statistics.AGGREGATES, 0.5))
