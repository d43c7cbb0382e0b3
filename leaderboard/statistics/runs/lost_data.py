"""Lost data: how many environment steps of the budget were spent under the levels from score 0 to the threshold.

Both numbers are means over levels ℓ in (0, θ), θ the threshold's normalised score, and lie between 0 and the budget. *Lost
data* counts the time under a level whenever it is spent, so a run that falls back pays for it. *Lost in reaching* counts the
time until a level is first reached for good, which is the speed alone.
"""

from __future__ import annotations

import numpy as np

from symprior.leaderboard.statistics.resamples.resampling import Floats

LEAST_LOST = 1.0
"""Environment steps: a run at the threshold before any training loses none, and one keeps a ratio finite."""

FLAT = 1e-9
"""A rise of the score smaller than this is no rise; the quotient of two such differences would be round-off."""


def lost_data(steps: Floats, scores: Floats, threshold: float, budget: int) -> Floats:
    """∫ (θ − clip(score, 0, θ)) dt / θ over the budget, on the linearly interpolated curve, `[...]`.

    After the last evaluation the curve stays where it was.

    Args:
        steps: from 0 on, increasing, `[points]`.
        scores: normalised, at these steps, `[..., points]`.
        threshold: θ, normalised; at or below 0 nothing is lost.
        budget: environment steps.
    """
    if threshold <= 0:
        return np.zeros(scores.shape[:-1])
    lengths = np.diff(np.append(steps, budget))
    ends = np.concatenate([scores[..., 1:], scores[..., -1:]], axis=-1)
    held = _mean_clipped(scores, ends, threshold)
    return np.asarray(((1 - held / threshold) * lengths).sum(axis=-1))


def _mean_clipped(first: Floats, last: Floats, threshold: float) -> Floats:
    """The mean of clip(x, 0, θ) on straight lines from `first` to `last`: a difference quotient of its antiderivative."""
    rise = last - first
    flat = np.abs(rise) < FLAT
    quotient = (_antiderivative(last, threshold) - _antiderivative(first, threshold)) / np.where(flat, 1.0, rise)
    return np.where(flat, np.clip((first + last) / 2, 0, threshold), quotient)


def _antiderivative(scores: Floats, threshold: float) -> Floats:
    inside = np.clip(scores, 0, threshold)
    return np.asarray(inside**2 / 2 + threshold * np.maximum(scores - threshold, 0))


def lost_in_reaching(steps: Floats, scores: Floats, threshold: float, budget: int) -> Floats:
    """The mean over levels of the steps until each was reached for good, `[...]`.

    A level is reached at the first of two consecutive evaluations at or over it, interpolated from the evaluation before;
    one that never is costs the budget. Arguments as for `lost_data`.
    """
    if threshold <= 0:
        return np.zeros(scores.shape[:-1])
    twice = np.minimum(scores[..., :-1], scores[..., 1:])
    attained = np.clip(np.maximum.accumulate(twice, axis=-1), 0, threshold)
    begun, ended = (
        attained[..., :-1],
        attained[..., 1:],
    )  # the levels that are reached on each piece between evaluations
    first, rise = scores[..., :-2], np.diff(scores[..., :-1], axis=-1)
    middle = ((begun + ended) / 2 - first) / np.where(rise > FLAT, rise, 1.0)
    when = steps[:-2] + np.clip(middle, 0, 1) * np.diff(steps[:-1])
    reached = ((ended - begun) * when).sum(axis=-1)
    return np.asarray((reached + (threshold - attained[..., -1]) * budget) / threshold)


def falls_back(returns: Floats, threshold: float) -> bool:
    """Whether a run is under the threshold in any evaluation after it reached it, twice in a row; `[points]`."""
    reached = returns >= threshold
    twice = np.flatnonzero(reached[:-1] & reached[1:])
    return bool(twice.size) and not bool(reached[twice[0] :].all())
