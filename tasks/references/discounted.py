"""Discounted optima of enumerated tasks by value iteration and by policy iteration, in the task itself or in its orbits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.errors import SympriorError
from symprior.tasks.references.dynamic_programming import TabularMDP
from symprior.tasks.references.price_of_symmetry.ties import Ties, keeps_occupancy

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TIE = 1e-9
"""Actions this close to the best are equally good, and the lowest of them is chosen."""


@dataclass(frozen=True)
class Solution:
    """What planning found.

    Attributes:
        values: of the states under the best policy, [states].
        actions: the best action in each, [states].
        rounds: sweeps of value iteration, or improvements of policy iteration.
    """

    values: NDArray[np.float64]
    actions: NDArray[np.int64]
    rounds: int

    def lifted(self, ties: Ties) -> Solution:
        """The solution of the whole task from that of its orbits: an action moves with the state.

        Args:
            ties: what `reduced` was given.
        """
        taken = ties.policy(self.actions)
        return replace(self, values=self.values[ties.orbits], actions=np.asarray(taken.argmax(axis=0)))


def value_iteration(mdp: TabularMDP, gamma: float, tolerance: float = 1e-10) -> Solution:
    """Sweeps V ← max (R + γ P V) until no value can be off by more than the tolerance (Bellman, 1957).

    Args:
        mdp: the task.
        gamma: the discount, at least 0 and less than 1.
        tolerance: the greatest error of a value that is allowed.

    Raises:
        SympriorError: the discount or the tolerance is out of range.
    """
    _check_discount(gamma)
    if not tolerance > 0:
        raise SympriorError(f"A tolerance is positive, and not {tolerance:g}.")
    values, rounds = np.zeros(len(mdp.start)), 0
    while True:
        rounds += 1
        better = _action_values(mdp, gamma, values).max(axis=0)
        change, values = float(np.abs(better - values).max()), better
        if change * gamma <= tolerance * (1 - gamma):  # the contraction's bound on what is missing
            return Solution(values, _best(mdp, gamma, values), rounds)


def policy_iteration(mdp: TabularMDP, gamma: float) -> Solution:
    """Evaluates a policy exactly and improves it, until it is its own improvement (Howard, 1960).

    Raises:
        SympriorError: the discount is out of range.
    """
    _check_discount(gamma)
    actions, rounds = np.zeros(len(mdp.start), dtype=np.int64), 0
    while True:
        rounds += 1
        values = _values_of(mdp, gamma, actions)
        worth = _action_values(mdp, gamma, values)
        stays = worth[actions, np.arange(len(actions))] >= worth.max(axis=0) - TIE
        if stays.all():
            return Solution(values, _best(mdp, gamma, values), rounds)
        actions = np.where(stays, actions, worth.argmax(axis=0))


def reduced(mdp: TabularMDP, ties: Ties) -> TabularMDP:
    """The task of orbits: one state for each, with the actions of its representative (Ravindran and Barto, 2004).

    Args:
        mdp: the whole task.
        ties: what its symmetry ties, as `find_ties` finds it.

    Raises:
        SympriorError: starts, transitions or rewards are not invariant, so that orbits are no states.
    """
    from scipy.sparse import csr_array

    if not keeps_occupancy(mdp, ties) or not _keeps_rewards(mdp, ties):
        raise SympriorError(
            "The task's starts, transitions or rewards are not invariant under this symmetry: its orbits are no states."
        )
    orbits, count = ties.orbits, int(ties.orbits.max()) + 1
    representatives = np.unique(ties.representatives)
    membership = csr_array((np.ones(len(orbits)), (np.arange(len(orbits)), orbits)), shape=(len(orbits), count))
    return TabularMDP(
        tuple(csr_array(transitions[representatives] @ membership) for transitions in mdp.transitions),
        mdp.rewards[:, representatives],
        np.bincount(orbits, weights=mdp.start, minlength=count).astype(np.float64),
    )


def _keeps_rewards(mdp: TabularMDP, ties: Ties) -> bool:
    return all(
        np.allclose(mdp.rewards[moved][:, images], mdp.rewards, atol=1e-9)
        for images, moved in zip(ties.images, ties.action_images, strict=True)
    )


def _check_discount(gamma: float) -> None:
    if not 0 <= gamma < 1:
        raise SympriorError(f"A discount is at least 0 and less than 1, and not {gamma:g}.")


def _action_values(mdp: TabularMDP, gamma: float, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(mdp.rewards + gamma * mdp.expected(values))


def _best(mdp: TabularMDP, gamma: float, values: NDArray[np.float64]) -> NDArray[np.int64]:
    worth = _action_values(mdp, gamma, values)
    return np.asarray((worth >= worth.max(axis=0) - TIE).argmax(axis=0))


def _values_of(mdp: TabularMDP, gamma: float, actions: NDArray[np.int64]) -> NDArray[np.float64]:
    """Solve V = R + γ P V under a policy, [states]."""
    from scipy.sparse import csr_array, eye_array
    from scipy.sparse.linalg import spsolve

    chosen = sum(
        (_rows_where(transitions, actions == a) for a, transitions in enumerate(mdp.transitions)),
        start=csr_array((len(actions), len(actions))),
    )
    rewards = mdp.rewards[actions, np.arange(len(actions))]
    return np.asarray(spsolve((eye_array(len(actions)) - gamma * chosen).tocsc(), rewards))


def _rows_where(transitions: csr_array, mask: NDArray[np.bool_]) -> csr_array:
    """The rows of the mask, and zeros."""
    return transitions.multiply(mask[:, None].astype(np.float64)).tocsr()
