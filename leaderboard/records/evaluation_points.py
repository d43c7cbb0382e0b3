"""At which environment steps a run is evaluated: the same for every agent, and what a record can be checked against."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

PERCENTAGES = (0, 1, 2, 3, *range(5, 101, 5))

WIDEST_STEP, WIDEST_FEW = 0.1, 1024
"""Of a budget, or environment steps: a vector step wider than both would leave out evaluations."""


def evaluation_steps(budget: int, every: int | None = None, portions: Sequence[int] = ()) -> list[int]:
    """The points of a budget: 0, 1, 2, 3, 5 % and every 5 % from there, or every so many steps, and the end.

    Where transitions are given, it is each of the `portions` that are given one after the other instead. Points of small
    budgets that fall on the same step count once.
    """
    if every is None and portions:
        return sorted({0, *(portion for portion in portions if portion < budget), budget})
    if every is None:
        return sorted({-(-budget * percentage // 100) for percentage in PERCENTAGES})
    return sorted({*range(0, budget, every), budget})


def are_steps_of(recorded: list[int], budget: int, every: int | None, portions: Sequence[int] = ()) -> bool:
    """Whether these are the steps at which such a run is evaluated.

    Each point is met at the first whole vector step that reaches it, so that a few may be one, and a vector step divides
    every step at which a point was met late. The last stands for the end of the budget, of which less than a vector step
    may be left, and for points of the vector step before it.
    """
    if not recorded or recorded[0] != 0 or recorded != sorted(set(recorded)) or recorded[-1] > budget:
        return False
    due = evaluation_steps(budget, every, portions)
    met = {point: next((step for step in recorded if step >= point), recorded[-1]) for point in due}
    if set(met.values()) != set(recorded):
        return False
    late = {step for point, step in met.items() if point < step < recorded[-1]}
    widest, vector = max(budget * WIDEST_STEP, WIDEST_FEW), gcd(*late) or budget
    return all(
        _is_met(point, step, min(widest, vector if step < recorded[-1] else 2 * vector)) for point, step in met.items()
    )


def _is_met(point: int, step: int, within: float) -> bool:
    return abs(step - point) < within
