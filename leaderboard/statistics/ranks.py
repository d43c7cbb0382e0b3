"""Rank ranges: one agent is before another only if they differ significantly after Holm's correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
from scipy import special

from symprior.leaderboard.statistics.intervals import CONFIDENCE
from symprior.leaderboard.statistics.resampling import Floats

ROUNDING = 1e-9
"""Less than this is round-off: agents without any spread are told apart by their values alone."""


@dataclass(frozen=True)
class RankRange:
    """The ranks that the data allow: 1 + entries significantly better … all − those significantly worse."""

    best: int
    worst: int

    def __str__(self) -> str:
        return f"{self.best}" if self.best == self.worst else f"{self.best}–{self.worst}"


@dataclass(frozen=True)
class Contender:
    """An agent's headline, that of each resample `[resamples]`, and its fewest runs on a task."""

    headline: float
    distribution: Floats
    runs: int


def rank_ranges(contenders: Mapping[str, Contender]) -> dict[str, RankRange]:
    """The rank range of every contender, from all pairwise tests, Holm-corrected together."""
    pairs = list(combinations(sorted(contenders), 2))
    p_values = holm([p_value(contenders[first], contenders[second]) for first, second in pairs])
    better = dict.fromkeys(contenders, 0)
    worse = dict.fromkeys(contenders, 0)
    for (first, second), p in zip(pairs, p_values, strict=True):
        if p >= 1 - CONFIDENCE:
            continue
        winner, loser = sorted((first, second), key=lambda name: -contenders[name].headline)
        better[loser] += 1
        worse[winner] += 1
    return {name: RankRange(1 + better[name], len(contenders) - worse[name]) for name in contenders}


def p_value(first: Contender, second: Contender) -> float:
    """Two-sided bootstrap test of equal headlines, agents resampled independently.

    The difference over its bootstrap standard error, widened by √(n/(n−1)), against Student's t with n−1
    degrees of freedom: the test that belongs to the expanded interval (Hesterberg 2015). n is the fewest runs
    of either on a task.
    """
    runs = min(first.runs, second.runs)
    difference = abs(first.headline - second.headline)
    error = float(np.std(first.distribution - second.distribution)) * sqrt(runs / (runs - 1))
    if error < ROUNDING:
        return float(difference < ROUNDING)
    return float(2 * special.stdtr(runs - 1, -difference / error))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) adjusted p-values, in the order given: the k-th smallest of m times m − k + 1, rising."""
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for position, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - position) * p_values[index]))
        adjusted[index] = largest
    return adjusted
