"""How two distributions over outcomes differ: total variation, and what is left when outcomes are matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Space
from symprior.tasks.environments.probes.probe import Outcome

ROUND_OFF = 1e-6
"""Numbers that differ by at most this part of the scale are equal: eight units in float32's last place."""

DOUBLE_ROUND_OFF = 1e-9
"""The same for observations in double precision: a solver that stops at its tolerance leaves more than their last place."""

_NO_MASS = 1e-12

_TOGETHER = 1 << 20
"""Numbers measured in one array operation."""


@dataclass(frozen=True)
class Scales:
    """What residuals are relative to.

    Attributes:
        entry: the largest absolute value of each observation entry, [entries].
        step: the root mean square change of each entry in one step, [entries].
        reward: the root mean square reward.
        round_off: the part of `entry` by which equal observations may differ.

    Raises:
        SympriorError: one is not finite, so that everything would count as equal beside it.
    """

    entry: NDArray[np.float64]
    step: NDArray[np.float64]
    reward: float
    round_off: float = ROUND_OFF

    def __post_init__(self) -> None:
        for what, scale in (("observations", self.entry), ("observations", self.step), ("rewards", self.reward)):
            if not np.isfinite(scale).all():
                raise SympriorError(
                    f"The {what} that were sampled are not finite, or so large that their squares are not: nothing can be "
                    "compared with them."
                )


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


def round_off(space: Space) -> float:
    """The part of the scale by which equal observations of a space may differ."""
    return DOUBLE_ROUND_OFF if space.dtype == np.float64 else ROUND_OFF


def difference(first: Sequence[Outcome], second: Sequence[Outcome], scales: Scales) -> Difference:
    """Match the outcomes (equal ones first, then by least residual) and measure what is left."""
    if not any(left_over(first, second)):
        return Difference(0.0, 0.0, 0.0, 0.0, 0.0, 0, _nothing(scales.entry.size))
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


def differences(pairs: Sequence[tuple[Sequence[Outcome], Sequence[Outcome]]], scales: Scales) -> list[Difference]:
    """The `difference` of each pair; those of one outcome each are measured together, which is many times as fast."""
    found: list[Difference | None] = [
        None if len(first) == len(second) == 1 else difference(first, second, scales) for first, second in pairs
    ]
    single = [i for i, each in enumerate(found) if each is None]
    together = max(1, _TOGETHER // scales.entry.size)
    for start in range(0, len(single), together):
        some = single[start : start + together]
        measured = _of_single_outcomes([pairs[i][0][0] for i in some], [pairs[i][1][0] for i in some], scales)
        for i, each in zip(some, measured, strict=True):
            found[i] = each
    return [each for each in found if each is not None]


def _of_single_outcomes(first: Sequence[Outcome], second: Sequence[Outcome], scales: Scales) -> Iterator[Difference]:
    """The `difference` of each outcome of the first and the one beside it."""
    residual = np.abs(_observations(first) - _observations(second))  # [pairs, entries]
    relative = residual / np.maximum(scales.step, scales.round_off * np.maximum(scales.entry, _NO_MASS))
    entry = relative.argmax(axis=1)
    reward = np.abs(np.array([o.reward for o in first]) - np.array([o.reward for o in second]))
    near = (residual <= scales.round_off * scales.entry).all(axis=1) & (reward <= ROUND_OFF * scales.reward)
    rows, nothing = np.arange(len(entry)), _nothing(residual.shape[1])
    numbers = (near, relative[rows, entry], reward / max(scales.reward, _NO_MASS), residual[rows, entry], entry)
    for a, b, each, same, of_entry, of_reward, largest, place in zip(
        first, second, residual, *(column.tolist() for column in numbers), strict=True
    ):
        mass, ends = min(a.probability, b.probability), (a.terminated, a.truncated) != (b.terminated, b.truncated)
        entries = mass * each if largest else nothing
        yield Difference(
            mass * (not same or ends), mass * of_entry, mass * of_reward, mass * ends, largest, place, entries
        )


def total_variation(first: Sequence[Outcome], second: Sequence[Outcome], scales: Scales) -> float:
    """The probability of observations of the first that finds no equal partner in the second; for thousands of outcomes."""
    scale = scales.round_off * np.maximum(scales.entry, _NO_MASS)
    weights = np.array([o.probability for o in second]), np.array([o.probability for o in first])
    kept, number = np.unique(_observations(second) / scale, axis=0, return_inverse=True)
    wanted = np.bincount(number.reshape(-1), weights=weights[0], minlength=len(kept) + 1)
    _, nearest = cKDTree(kept).query(_observations(first) / scale, p=np.inf, distance_upper_bound=1 + 1e-9)
    given = np.bincount(nearest, weights=weights[1], minlength=len(kept) + 1)  # the last: has no partner
    return float(np.maximum(given - wanted, 0).sum())


@cache
def _nothing(entries: int) -> NDArray[np.float64]:
    """No residual; one array for all, because most outcomes differ in nothing."""
    zero = np.zeros(entries)
    zero.setflags(write=False)
    return zero


def left_over(first: Sequence[Outcome], second: Sequence[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    """Both without the probability that has a bit-equal partner in the other, which is quickly seen."""
    surplus: dict[tuple[bytes, float, bool, bool], float] = defaultdict(float)
    examples = {}
    for sign, outcomes in ((1, first), (-1, second)):
        for o in outcomes:
            key = (bits(o.observation), o.reward, o.terminated, o.truncated)
            surplus[key] += sign * o.probability
            examples[key] = o
    more, less = (
        [replace(examples[key], probability=sign * mass) for key, mass in surplus.items() if sign * mass > _NO_MASS]
        for sign in (1, -1)
    )
    return more, less


def bits(observation: NumpyArray) -> bytes:
    """The observation's bits, where −0 is 0: what equal observations share."""
    return np.asarray(observation + 0).tobytes()


def _observations(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    return np.array([outcome.observation for outcome in outcomes], dtype=np.float64).reshape(len(outcomes), -1)


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
