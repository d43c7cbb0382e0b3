"""How two distributions over outcomes differ: total variation, and what is left when outcomes are matched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.tasks.probes import Outcome

ROUND_OFF = 1e-6
"""Numbers that differ by at most this part of the scale are equal: eight units in float32's last place."""

DOUBLE_ROUND_OFF = 1e-9
"""The same for observations in double precision: a solver that stops at its tolerance leaves more than their last place."""

_NO_MASS = 1e-12


@dataclass(frozen=True)
class Scales:
    """What residuals are relative to.

    Attributes:
        entry: the largest absolute value of each observation entry, [entries].
        step: the root mean square change of each entry in one step, [entries].
        reward: the root mean square reward.
        round_off: the part of `entry` by which equal observations may differ.
    """

    entry: NDArray[np.float64]
    step: NDArray[np.float64]
    reward: float
    round_off: float = ROUND_OFF


@dataclass(frozen=True)
class Difference:
    """How far two distributions over outcomes lie apart.

    Attributes:
        total_variation: the probability left without an equal partner; equal means within round-off.
        observation: expected largest residual of a matched observation, in steps of its entry.
        reward: expected residual of the matched reward, in root mean square rewards.
        ends: the probability that `terminated` or `truncated` differs.
        residual: the largest absolute residual of an observation entry.
        entry: the (flat) number of that entry.
        entries: the expected absolute residual of each entry, [entries].
    """

    total_variation: float
    observation: float
    reward: float
    ends: float
    residual: float
    entry: int
    entries: NDArray[np.float64]

    @property
    def worst(self) -> float:
        """The largest of the relative residuals; an end that differs counts as 1."""
        return max(self.observation, self.reward, self.ends)


def round_off(space: gymnasium.Space[Any]) -> float:
    """The part of the scale by which equal observations of a space may differ."""
    return DOUBLE_ROUND_OFF if space.dtype == np.float64 else ROUND_OFF


def difference(first: Sequence[Outcome], second: Sequence[Outcome], scales: Scales) -> Difference:
    """Match the outcomes (equal ones first, then by least residual) and measure what is left."""
    shown, seen = _observations(first), _observations(second)
    residual = np.abs(shown[:, None] - seen)  # [first, second, entries]
    relative = residual / np.maximum(scales.step, scales.round_off * np.maximum(scales.entry, _NO_MASS))
    worst_entry = relative.max(axis=2)
    reward = np.abs(np.subtract.outer([o.reward for o in first], [o.reward for o in second]))
    ends = np.array([[(a.terminated, a.truncated) != (b.terminated, b.truncated) for b in second] for a in first])
    near = (residual <= scales.round_off * scales.entry).all(axis=2) & (reward <= ROUND_OFF * scales.reward)
    equal = near & ~ends
    reward_relative = reward / max(scales.reward, _NO_MASS)
    cost = np.maximum(worst_entry, reward_relative)
    order = np.lexsort((cost.ravel(), ends.ravel(), ~equal.ravel()))
    unequal = of_observation = of_reward = of_ends = 0.0
    largest, entry, largest_relative = 0.0, 0, -1.0
    entries = np.zeros(residual.shape[2])
    for i, j, mass in _transport(first, second, order):
        unequal += mass * (not equal[i, j])
        of_observation += mass * float(worst_entry[i, j])
        of_reward += mass * float(reward_relative[i, j])
        of_ends += mass * bool(ends[i, j])
        entries += mass * residual[i, j]
        if worst_entry[i, j] > largest_relative:
            largest_relative, entry = worst_entry[i, j], int(relative[i, j].argmax())
            largest = float(residual[i, j, entry])
    return Difference(unequal, of_observation, of_reward, of_ends, largest, entry, entries)


def _observations(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    return np.array([np.ravel(outcome.observation) for outcome in outcomes], dtype=np.float64)


def _transport(
    first: Sequence[Outcome], second: Sequence[Outcome], order: NDArray[np.int64]
) -> Iterator[tuple[int, int, float]]:
    """Move probability from the first to the second along the pairs in this order: (i, j, mass)."""
    left, wanted = [o.probability for o in first], [o.probability for o in second]
    for pair in order.tolist():
        i, j = divmod(pair, len(second))
        mass = min(left[i], wanted[j])
        if mass > _NO_MASS:
            left[i] -= mass
            wanted[j] -= mass
            yield i, j, mass
