"""A weighted graph of which coordinate moves which, with the standard error of every weight.

Nodes are the entries of a state, those of actions, and two that no symmetry moves: what happens anyway, and the reward. A
symmetry permutes the nodes so that equal weights come to lie on equal weights, as far as their errors tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Numbers = NDArray[np.float64]

FALSE_ALARM = 0.01
"""How likely a symmetry is lost because some weight lies outside its tolerance by chance."""

NUMERICAL = 0.02
"""Weights, which are logarithms or parts of 1, that differ by less than this are equal: what a solver leaves."""

COHERENT = 0.05
"""A mean sign under this says nothing of signs, however small its error."""


@dataclass(frozen=True)
class Layer:
    """One kind of weight: how strongly node j moves node i, and with which sign.

    Attributes:
        size, size_error: any function of the strength alone, and its standard error, [nodes, nodes].
        sign, sign_error: the mean sign, and its standard error.
    """

    size: Numbers
    size_error: Numbers
    sign: Numbers
    sign_error: Numbers


@dataclass(frozen=True)
class Graph:
    """All layers over the same nodes.

    Attributes:
        layers: the kinds of weights.
        states, actions: how many nodes are state entries, and then how many are actions; two fixed ones follow.
        discrete: discrete actions change places but no sign.
        slack: by how much weights may differ beside their errors, for symmetries that hold approximately.
        kept: state entries that stay where they are.
    """

    layers: Sequence[Layer]
    states: int
    actions: int
    discrete: bool
    slack: float = 0.0
    kept: tuple[int, ...] = ()

    @property
    def nodes(self) -> int:
        """With the two fixed ones."""
        return self.states + self.actions + 2

    @cached_property
    def quantile(self) -> float:
        """How many standard errors weights may differ by, from the number of weights that must agree."""
        return float(norm.isf(FALSE_ALARM / (2 * len(self.layers) * self.nodes**2)))

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """Nodes change places with their kind alone: states, actions, and each fixed one, [nodes]."""
        fixed = [2 + i for i in range(2)]
        return np.array([0] * self.states + [1] * self.actions + fixed)

    @cached_property
    def is_unsigned(self) -> NDArray[np.bool_]:
        """Nodes that keep their sign, [nodes]."""
        return np.asarray((self.kinds >= 2) | ((self.kinds == 1) & self.discrete))

    @cached_property
    def signs(self) -> list[NDArray[np.int64]]:
        """The sign of every weight of each layer, 0 where it is not coherent, [nodes, nodes]."""
        found = []
        for layer in self.layers:
            clear = np.abs(layer.sign) > np.maximum(COHERENT, self.quantile * layer.sign_error)
            found.append(np.where(clear, np.sign(layer.sign), 0).astype(np.int64))
        return found

    def alike(self, i: int, image: int) -> NDArray[np.bool_]:
        """Whether j may go to j' once i goes to `image`, by the weights between them, [nodes, nodes]."""
        fits = np.ones((self.nodes, self.nodes), dtype=np.bool_)
        for layer in self.layers:
            for of, error, slack in (
                (layer.size, layer.size_error, self.slack),
                (np.abs(layer.sign), layer.sign_error, 2 * self.slack),
            ):
                fits &= self._equal(of[i], error[i], of[image], error[image], slack)
                fits &= self._equal(of[:, i], error[:, i], of[:, image], error[:, image], slack)
        return fits

    def _equal(self, one: Numbers, its: Numbers, other: Numbers, others: Numbers, slack: float) -> NDArray[np.bool_]:
        tolerance = self.quantile * np.sqrt(its[:, None] ** 2 + others[None] ** 2) + NUMERICAL + slack
        return np.asarray(np.abs(one[:, None] - other[None]) <= tolerance)

    @cached_property
    def domains(self) -> NDArray[np.bool_]:
        """Where each node may go at all, [nodes, nodes]: the same kind, and as strong a self-effect and profile."""
        may = self.kinds[:, None] == self.kinds
        for entry in self.kept:
            may[entry], may[:, entry] = False, False
            may[entry, entry] = True
        for layer in self.layers:
            own, error = np.diag(layer.size), np.diag(layer.size_error)
            may &= self._equal(own, error, own, error, self.slack)
            for weights, errors in ((layer.size, layer.size_error), (layer.size.T, layer.size_error.T)):
                profile, largest = np.sort(weights, axis=1), errors.max(axis=1)
                tolerance = self.quantile * np.hypot(largest[:, None], largest) + NUMERICAL + self.slack
                may &= np.abs(profile[:, None] - profile).max(axis=2) <= tolerance
        return np.asarray(may)
