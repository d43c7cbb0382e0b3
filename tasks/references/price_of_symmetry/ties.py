"""Which states and actions an equivariant policy has to treat alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.references.dynamic_programming import Numbering, TabularMDP

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Ties:
    """The orbits of an enumerated task's states, as far as its observations lie in one orbit.

    A policy is equivariant if π(g a | g s) = π(a | s). It is fixed by what it does in one state of each orbit, the
    *representative* r: in s = h r it takes h a where it takes a in r. Where several h lead from r to s, it takes h a
    for each of them equally often: in a state that some g fixes, it cannot prefer a to g a.

    Attributes:
        images: the number of the state that shows ρ(g) of what a state shows, [|G|, states]; −1 where none does.
        action_images: g·a, [|G|, actions].
    """

    images: NDArray[np.int64]
    action_images: NDArray[np.int64]

    @cached_property
    def representatives(self) -> NDArray[np.int64]:
        """The representative of each state's orbit, its lowest number, [states]."""
        return np.asarray(np.where(self.images < 0, self.images.shape[1], self.images).min(axis=0))

    @cached_property
    def orbits(self) -> NDArray[np.int64]:
        """The number of each state's orbit, [states]."""
        return np.asarray(np.unique(self.representatives, return_inverse=True)[1])

    @cached_property
    def motions(self) -> NDArray[np.float64]:
        """How often a policy moves its choice in r by h, where it stands in h r, [|G|, states]; columns sum to 1."""
        lead_here = self.images[:, self.representatives] == np.arange(self.images.shape[1])
        return np.asarray(lead_here / lead_here.sum(axis=0))

    def tied(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Action values [actions, states] of the actions that are taken in s where a is taken in r, [actions, states]."""
        moved = [often * values[a] for often, a in zip(self.motions, self.action_images, strict=True)]
        return np.asarray(np.sum(moved, axis=0))

    def policy(self, choices: NDArray[np.int64]) -> NDArray[np.float64]:
        """Probabilities [actions, states] of the equivariant policy that takes `choices` [orbits] in representatives."""
        probabilities = np.zeros((self.action_images.shape[1], self.images.shape[1]))
        for motion, images in zip(self.motions, self.action_images, strict=True):
            probabilities[images[choices[self.orbits]], np.arange(self.images.shape[1])] += motion
        return probabilities


def find_ties(simulator: TabularSimulator, symmetry: Symmetry) -> Ties:
    """Act on what every state shows, and see which state shows that.

    Raises:
        SympriorError: two states look the same, so that no policy of observations can tell them apart.
    """
    states = simulator.all_states()
    number, shown = Numbering(states), np.asarray(simulator.observe(states), dtype=np.float64)
    axes = tuple(range(1, shown.ndim))
    images = np.empty((len(symmetry.group), len(states)), dtype=np.int64)
    for g in range(len(symmetry.group)):
        wanted = symmetry.observation(g, shown)
        found = number(simulator.recognise(wanted))
        images[g] = np.where(np.abs(shown[found] - wanted).max(axis=axes) <= _TOLERANCE, found, -1)
    if not np.array_equal(images[0], np.arange(len(states))):
        raise SympriorError(
            "Two states look the same: the price of symmetry is computed where observations tell states apart."
        )
    actions = np.arange(symmetry.action.size)
    return Ties(images, np.stack([symmetry.act_on_actions(g, actions) for g in range(len(symmetry.group))]))


def keeps_occupancy(mdp: TabularMDP, ties: Ties) -> bool:
    """Whether starts and transitions are invariant, so that an equivariant policy is in s and in g s equally often.

    Transitions are compared by the expectations of random functions of the next state, which are equal for different
    distributions with probability zero.
    """
    if (ties.images < 0).any() or not np.allclose(mdp.start[ties.images], mdp.start, atol=_TOLERANCE**2):
        return False
    functions = np.random.default_rng(0).random((2, len(mdp.start)))
    return all(
        np.allclose(mdp.expected(f)[images_of_actions][:, images], mdp.expected(f[images]), atol=1e-9)
        for images, images_of_actions in zip(ties.images, ties.action_images, strict=True)
        for f in functions
    )
