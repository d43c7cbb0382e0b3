"""Evaluation points and seeds."""

import numpy as np

from symprior.benchmark.run.protocol import episode_seeds, evaluation_points


def test_points_are_the_protocols_percentages():
    steps = [point.step for point in evaluation_points(50_000)]
    assert steps[:6] == [0, 500, 1000, 1500, 2500, 5000]
    assert steps[-2:] == [47_500, 50_000]
    assert len(steps) == 24


def test_points_of_a_paper_suite_are_evenly_spaced_and_include_the_end():
    assert [point.step for point in evaluation_points(1000, every=480)] == [0, 480, 960, 1000]


def test_tiny_budgets_have_no_point_twice():
    steps = [point.step for point in evaluation_points(7)]
    assert steps == sorted(set(steps))
    assert steps[0] == 0
    assert steps[-1] == 7


def test_no_two_evaluations_share_an_episode_seed():
    points = evaluation_points(1000)
    seeds = [episode_seeds(task, seed, point, 20) for task in "ab" for seed in range(3) for point in points]
    assert len(np.unique(np.concatenate(seeds))) == 2 * 3 * len(points) * 20
