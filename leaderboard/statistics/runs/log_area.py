"""A run on given transitions as one number: the area under its scores over the logarithm of how many were given."""

from __future__ import annotations

import numpy as np

from symprior.leaderboard.statistics.resamples.resampling import Floats


def area_over_log(steps: Floats, scores: Floats, first: int, last: int) -> Floats:
    """The trapezoid under scores, clipped to [0, 1], over ln(transitions), from `first` to `last`: at most ln(last/first).

    A run that jumps from 0 to 1 at n transitions has ln(last/n), so that the difference of two runs' areas is the logarithm
    of how many times fewer transitions the one needs; else it is the mean of that logarithm over all levels of score.

    Args:
        steps: transitions of the evaluations, increasing, `[points]`; one before any was given counts for nothing.
        scores: normalised, `[runs, points]`.
        first: the smallest number of transitions that is looked at.
        last: the largest.

    Returns:
        The area of each run, `[runs]`.
    """
    given = steps > 0
    places = np.log(np.unique([first, *steps[(steps > first) & (steps < last)], last]).astype(np.float64))
    clipped = np.clip(scores[:, given], 0, 1)
    on_places = np.array([np.interp(places, np.log(steps[given]), of_run) for of_run in clipped], dtype=np.float64)
    return np.asarray(np.trapezoid(on_places, places, axis=1))
