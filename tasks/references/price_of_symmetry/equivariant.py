"""Equivariant policies: the best where symmetry leaves occupancies alone, else one that no single change betters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.tasks.references.dynamic_programming import TabularMDP
from symprior.tasks.references.price_of_symmetry.ties import Ties

SHAKEN = 0.2
"""The part of a policy's choices that is drawn anew to look for a better one."""

_GAIN = 1e-10


def best_with_even_occupancy(mdp: TabularMDP, ties: Ties, horizon: int) -> float:
    """The greatest return of an equivariant policy, if it is in all states of an orbit equally often.

    Then only the average over an orbit matters, and backward induction on orbits is exact: in each orbit and step the
    choice that is best for the average.
    """
    return _improve(mdp, ties, np.ones((horizon, len(mdp.start))), None)[0]


def locally_best(mdp: TabularMDP, ties: Ties, horizon: int, attempts: int) -> float:
    """The return of an equivariant policy that no change in one orbit at one step betters.

    How often a policy is in the states of an orbit depends on its earlier choices, so that to find the best is to solve
    a partially observable problem without memory, which is NP-hard (Littman, 1994). But the return is linear in the
    choice at one orbit and step: sweeping backward through the steps, each choice is made for the occupancies of the
    policy so far, and the return never falls. Where it stays, some choices of the best policy yet are drawn anew, and
    the sweeps begin again.

    Args:
        mdp: the task.
        ties: what its group ties.
        horizon: its time limit.
        attempts: how often choices are drawn anew.
    """
    rng = np.random.default_rng(0)
    best, choices = _climb(mdp, ties, *_improve(mdp, ties, np.ones((horizon, len(mdp.start))), None))
    for _ in range(attempts):
        drawn = rng.integers(len(mdp.rewards), size=choices.shape)
        found, others = _climb(mdp, ties, -np.inf, np.where(rng.random(choices.shape) < SHAKEN, drawn, choices))
        if found > best:
            best, choices = found, others
    return best


def _climb(mdp: TabularMDP, ties: Ties, value: float, choices: NDArray[np.int64]) -> tuple[float, NDArray[np.int64]]:
    """Sweep until the return stays: it, and the choices."""
    while True:
        better, choices = _improve(mdp, ties, _occupancy(mdp, ties, choices), choices)
        if better <= value + _GAIN:
            return better, choices
        value = better


def _improve(
    mdp: TabularMDP, ties: Ties, occupancy: NDArray[np.float64], choices: NDArray[np.int64] | None
) -> tuple[float, NDArray[np.int64]]:
    """One backward sweep: in each orbit the best choice for the occupancies [steps, states], or the old one if as good.

    Returns:
        the return, and the choices [steps, orbits].
    """
    horizon, orbits, everywhere = len(occupancy), int(ties.orbits.max()) + 1, np.arange(len(mdp.start))
    chosen, values = np.empty((horizon, orbits), dtype=np.int64), np.zeros(len(mdp.start))
    for step in reversed(range(horizon)):
        tied = ties.tied(mdp.action_values(values))
        worth = np.stack([np.bincount(ties.orbits, weights=occupancy[step] * q, minlength=orbits) for q in tied])
        chosen[step] = (worth - 1e-12 * np.arange(len(worth))[:, None]).argmax(axis=0)
        if choices is not None:
            kept = worth[choices[step], np.arange(orbits)] >= worth.max(axis=0) - _GAIN * occupancy[step].max()
            chosen[step] = np.where(kept, choices[step], chosen[step])
        values = tied[chosen[step][ties.orbits], everywhere]
    return float(mdp.start @ values), chosen


def _occupancy(mdp: TabularMDP, ties: Ties, choices: NDArray[np.int64]) -> NDArray[np.float64]:
    """How often the policy is in each state at each step, [steps, states]."""
    occupancy = np.zeros((len(choices), len(mdp.start)))
    occupancy[0] = mdp.start
    for step in range(len(choices) - 1):
        occupancy[step + 1] = mdp.following(ties.policy(choices[step]) * occupancy[step])
    return occupancy
