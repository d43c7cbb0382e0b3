"""What no equivariant policy can exceed: the best return of one who is told the state, but only after some steps.

An equivariant policy sees the orbit of the state and not which of its states it is in. Who also remembers everything,
and from some step on sees the state itself, does at least as well; the more steps, the tighter the bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from symprior.tasks.references.dynamic_programming import TabularMDP
from symprior.tasks.references.price_of_symmetry.ties import Ties

MOST_BELIEFS = 20_000
"""Steps of ignorance are added until there are more beliefs than this."""

_DIGITS = 9
"""Beliefs are the same where their probabilities are, to so many digits."""


@dataclass(frozen=True)
class _Branches:
    """Where a belief leads under an action, each array [branches]: which belief then, and how likely it is."""

    parents: NDArray[np.int64]
    actions: NDArray[np.int64]
    children: NDArray[np.int64]
    probabilities: NDArray[np.float64]


class _Orbits:
    """The task as one sees it who sees orbits only; a belief is the probabilities of the states of one orbit.

    Attributes:
        rewards: expected reward of the tied actions, [actions, states].
        transitions: of the tied actions, for each [states, states].
    """

    def __init__(self, mdp: TabularMDP, ties: Ties) -> None:
        self._ties = ties
        self.rewards = ties.tied(mdp.rewards)
        self.transitions = [
            sum(diags_array(motion) @ mdp.transitions[a] for motion, a in zip(ties.motions, images, strict=True))
            for images in ties.action_images.T
        ]

    def starts(self, mdp: TabularMDP) -> tuple[csr_array, NDArray[np.float64]]:
        """What one believes at the start, [beliefs, states], and how likely each is, [beliefs]."""
        possible = np.flatnonzero(mdp.start)
        orbits, row = np.unique(self._ties.orbits[possible], return_inverse=True)
        likely = np.asarray(np.bincount(row, weights=mdp.start[possible]), dtype=np.float64)
        weights = mdp.start[possible] / likely[row]
        return csr_array((weights, (row, possible)), shape=(len(orbits), len(mdp.start))), likely

    def follow(self, beliefs: csr_array) -> tuple[_Branches, csr_array]:
        """One step under every action."""
        count = beliefs.shape[0]
        flows = [(beliefs @ transitions).tocoo() for transitions in self.transitions]
        parent = np.concatenate([flow.row + count * action for action, flow in enumerate(flows)])
        state, flow = (np.concatenate([getattr(each, name) for each in flows]) for name in ("col", "data"))
        branch, row = np.unique(parent * len(self._ties.orbits) + self._ties.orbits[state], return_inverse=True)
        likely = np.asarray(np.bincount(row, weights=flow), dtype=np.float64)
        actions, parents = np.divmod(branch // len(self._ties.orbits), count)
        following = csr_array((flow / likely[row], (row, state)), shape=(len(branch), beliefs.shape[1]))
        distinct, children = _without_repetition(following)
        return _Branches(parents, actions, children, likely), distinct


def _without_repetition(rows: csr_array) -> tuple[csr_array, NDArray[np.int64]]:
    """The different rows, and the number of each row among them, [rows]."""
    rows.sort_indices()
    rows.data = np.round(rows.data, _DIGITS)
    keys = [
        rows.indices[start:stop].tobytes() + rows.data[start:stop].tobytes()
        for start, stop in zip(rows.indptr, rows.indptr[1:], strict=False)
    ]
    numbers: dict[bytes, int] = {}
    of_rows = np.array([numbers.setdefault(key, len(numbers)) for key in keys])
    first = np.unique(of_rows, return_index=True)[1]
    return rows[first], of_rows


def bound_by_ignorance(mdp: TabularMDP, ties: Ties, horizon: int) -> tuple[float, int]:
    """A return that no equivariant policy exceeds, and for how many steps it keeps its agent from seeing the state."""
    task = _Orbits(mdp, ties)
    beliefs, likely = task.starts(mdp)
    levels: list[tuple[csr_array, _Branches]] = []
    while len(levels) < horizon and beliefs.shape[0] <= MOST_BELIEFS:
        branches, following = task.follow(beliefs)
        levels.append((beliefs, branches))
        beliefs = following
    seen = np.zeros(len(mdp.start))
    for _ in range(horizon - len(levels)):
        seen = mdp.action_values(seen).max(axis=0)
    values = beliefs @ seen
    for believed, branches in reversed(levels):
        worth = np.ascontiguousarray((believed @ task.rewards.T).T)  # [actions, beliefs]
        np.add.at(worth, (branches.actions, branches.parents), branches.probabilities * values[branches.children])
        values = worth.max(axis=0)
    return float(likely @ values), len(levels)
