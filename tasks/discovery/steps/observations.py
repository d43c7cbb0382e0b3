"""How a map of states acts on what is observed: fitted from observations of states and of their images.

An observation may show an entry twice, angles as sine and cosine, inertias or contact forces. Whatever it shows, each entry
of an image's observation must be one of the original's, with a sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from symprior.symmetry.generated.closing import SignedMap, signed_map
from symprior.symmetry.symmetry import APPROXIMATE_BORDER
from symprior.tasks.certificates.entries import never_moves
from symprior.tasks.discovery.steps.black_box import BlackBox
from symprior.tasks.discovery.steps.trial import act, split

Numbers = NDArray[np.float64]

STATES = 96
"""From each sampler."""

ELSEWHERE = 1e-9
"""What it costs that an entry does not stay where it is: of equal entries each stays."""


@dataclass(frozen=True)
class Fit:
    """How a map acts on observations, and how well.

    Attributes:
        map: on observations, flattened.
        residual: the mean residual of the entry where that is largest, over how much that entry varies.
        still: entries that never moved, of which nothing can be said; they are left where they are.
    """

    map: SignedMap
    residual: float
    still: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Exactly or approximately."""
        return self.residual <= APPROXIMATE_BORDER


class Observations:
    """Observations of states, seen once each; a map is fitted on those of their images.

    Args:
        box: what shows them.
        rng: draws states and actions.
    """

    def __init__(self, box: BlackBox, rng: np.random.Generator) -> None:
        self._box = box
        self._states = box.states_to_see(rng, STATES)
        self._actions = box.draw_actions(rng, len(self._states))
        self._seen = self._look(None)

    def fit(self, motion: SignedMap) -> Fit:
        """The signed permutation of entries that fits best."""
        images = self._look(motion)
        spread = np.abs(self._seen - self._seen.mean(axis=0)).mean(axis=0)
        still = never_moves(self._seen) & never_moves(images)
        cost, sign = _costs(images, self._seen, still)
        _, source = linear_sum_assignment(cost + ELSEWHERE * (1 - np.eye(len(cost))))
        rows = np.arange(len(cost))
        chosen = sign[rows, source]
        residual = np.abs(images - chosen * self._seen[:, source])
        relative = np.where(still, 0.0, residual.mean(axis=0) / np.where(spread > 0, spread, 1.0))
        return Fit(
            signed_map(source, chosen),
            float(relative.max()),
            tuple(np.flatnonzero(still).tolist()),
        )

    def _look(self, motion: SignedMap | None) -> Numbers:
        """Observed behind a step from every state and, as a step may end a contact, in each, [looks, entries]."""
        box, states, actions = self._box, self._states, list(self._actions)
        if motion is not None:
            on_states, on_actions = split(motion, box)
            states = on_states(np.stack([box.visible(box.whole(state)) for state in states]))
            actions = [act(on_actions, action, box) for action in actions]
        behind = [box.take(s, a).observation for s, a in zip(states, actions, strict=True)]
        within = [np.ravel(box.probe.observation(box.whole(state))) for state in states]
        return np.array([*behind, *within], dtype=np.float64)


def _costs(images: Numbers, seen: Numbers, still: NDArray[np.bool_]) -> tuple[Numbers, NDArray[np.int64]]:
    """For each entry of the images and of the originals the mean residual under the better sign, and that sign."""
    size = seen.shape[1]
    cost, sign = np.zeros((size, size)), np.ones((size, size), dtype=np.int64)
    for entry in range(size):
        same, turned = (np.abs(images[:, entry, None] - s * seen).mean(axis=0) for s in (1, -1))
        sign[entry] = np.where(turned < same, -1, 1)
        cost[entry] = np.minimum(same, turned)
    cost[still] = 1.0 + cost.max()
    cost[:, still] = 1.0 + cost.max()
    cost[still, still] = 0.0
    sign[still, still] = 1
    return cost, sign
