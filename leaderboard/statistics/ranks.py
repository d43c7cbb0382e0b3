"""Rank ranges: one agent is before another only if they differ significantly after Holm's correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from symprior.leaderboard.statistics.closed_forms.weighted_means import Total
from symprior.leaderboard.statistics.intervals import CONFIDENCE

CLAIM_LEVEL = (1 - CONFIDENCE) / 2
"""Of all ranks of a table, and of all sentences on gains of a page: the two share what may be wrong between equals."""

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
class Standing:
    """Where a contender stands: its ranks, and the names of those that are significantly better or worse."""

    rank: RankRange
    told_apart: tuple[str, ...]


def standings(contenders: Mapping[str, Total]) -> dict[str, Standing]:
    """The standing of every contender's headline, from all pairwise tests, Holm-corrected together."""
    pairs = list(combinations(sorted(contenders), 2))
    p_values = holm([p_value(contenders[first], contenders[second]) for first, second in pairs])
    better: dict[str, list[str]] = {name: [] for name in contenders}
    worse: dict[str, list[str]] = {name: [] for name in contenders}
    for pair, p in zip(pairs, p_values, strict=True):
        if p < CLAIM_LEVEL:
            winner, loser = sorted(pair, key=lambda name: -contenders[name].value)
            better[loser].append(winner)
            worse[winner].append(loser)
    return {
        name: Standing(
            RankRange(1 + len(better[name]), len(contenders) - len(worse[name])),
            tuple(sorted(better[name] + worse[name])),
        )
        for name in contenders
    }


def p_value(first: Total, second: Total) -> float:
    """Welch's two-sided test of equal headlines, with Satterthwaite's degrees of freedom over all their cells."""
    difference = first - second
    if difference.variance < ROUNDING**2:
        return float(abs(difference.value) < ROUNDING)
    return difference.p_value()


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) adjusted p-values, in the order given: the k-th smallest of m times m − k + 1, rising."""
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for position, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - position) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def holm_levels(p_values: Sequence[float]) -> list[float]:
    """The level at which Holm's procedure tests each hypothesis, in the order given.

    The k-th smallest p-value is tested at α / (m − k + 1); the procedure stops at the first that is not rejected,
    and all from there on are held against that level.
    """
    levels = [0.0] * len(p_values)
    rejected = sum(p < CLAIM_LEVEL for p in holm(p_values))
    for position, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        levels[index] = CLAIM_LEVEL / (len(p_values) - min(position, rejected))
    return levels
