"""Single steps decide: a candidate is tried on states of which the steps are known already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.generated.closing import SignedMap
from symprior.symmetry.symmetry import APPROXIMATE_BORDER
from symprior.tasks.certificates.evidence.distributions import ROUND_OFF, round_off
from symprior.tasks.discovery.steps.black_box import BlackBox

Numbers = NDArray[np.float64]

STATES = 48
FIRST = 1
"""States after which a candidate that is far off is dropped."""

FAR_OFF = 1.0
"""Mean residuals over this part of what steps do end a trial early."""


@dataclass(frozen=True)
class Residual:
    """How far steps are from commuting with a map.

    Attributes:
        dynamics: the mean residual of the entry where that is largest, over how much that entry changes in a step.
        reward: the mean residual of the reward over the mean absolute reward.
        ends: the part of the steps that end on one side alone, of those that end at all.
        dynamics_is_exact, reward_is_exact: nothing but round-off.
    """

    dynamics: float
    reward: float
    ends: float
    dynamics_is_exact: bool
    reward_is_exact: bool

    @property
    def is_exact(self) -> bool:
        """Nothing is left of dynamics, reward and ends but round-off."""
        return self.dynamics_is_exact and self.reward_is_exact

    @property
    def is_near(self) -> bool:
        """Little is left."""
        return self.largest <= APPROXIMATE_BORDER

    @property
    def largest(self) -> float:
        """The largest of all."""
        return max(self.dynamics, self.reward, self.ends)


class Trial:
    """Steps of a black box from random states, taken once; a map is tried on their images.

    Args:
        box: what steps.
        rng: draws states and actions.
    """

    def __init__(self, box: BlackBox, rng: np.random.Generator) -> None:
        self._box = box
        self._states = np.stack([box.visible(box.whole(state)) for state in box.draw(rng, STATES)])
        self._actions = box.draw_actions(rng, STATES)
        self._taken = [box.take(s, a) for s, a in zip(self._states, self._actions, strict=True)]
        behind = np.stack([each.state for each in self._taken])
        moved = np.abs(box.without_turns(behind - self._states)).mean(axis=0)
        self._moved = np.where(moved > 0, moved, moved[moved > 0].mean() if (moved > 0).any() else 1.0)
        self._scale = np.abs(behind).max(axis=0) + np.abs(behind).mean()
        self._earned = float(np.mean([abs(each.reward) for each in self._taken])) or 1.0
        self._round_off = round_off(box.probe.env.observation_space)
        self.tried = 0

    def residual(self, motion: SignedMap, far_off: float = FAR_OFF) -> Residual | None:
        """The residual of a map of states and actions laid end to end.

        Args:
            motion: the map.
            far_off: None is returned at once if in the first steps an entry is off by more than this, in its mean change.
        """
        self.tried += 1
        on_states, on_actions = split(motion, self._box)
        rows: list[Numbers] = []
        rewards: list[float] = []
        ends: list[tuple[bool, bool]] = []
        for number, taken in enumerate(self._taken):
            found = self._box.take(on_states(self._states[number]), act(on_actions, self._actions[number], self._box))
            rows.append(np.abs(self._box.without_turns(found.state - on_states(taken.state))))
            rewards.append(abs(found.reward - taken.reward))
            ends.append((found.ended, taken.ended))
            if number + 1 == FIRST and (np.mean(rows, axis=0) / self._moved > far_off).any():
                return None
        return self._summed(np.array(rows), np.array(rewards), ends)

    def _summed(self, rows: Numbers, rewards: Numbers, ends: list[tuple[bool, bool]]) -> Residual:
        one_side, any_side = sum(a != b for a, b in ends), sum(a or b for a, b in ends)
        return Residual(
            dynamics=float((rows.mean(axis=0) / self._moved).max()),
            reward=float(rewards.mean() / self._earned),
            ends=one_side / max(any_side, 1),
            dynamics_is_exact=bool((rows <= self._round_off * self._scale).all()),
            reward_is_exact=bool((rewards <= ROUND_OFF * self._earned).all() and not one_side),
        )


def split(motion: SignedMap, box: BlackBox) -> tuple[SignedMap, SignedMap]:
    """What a map does to states and to actions."""
    return motion.part(0, box.size), motion.part(box.size, box.size + box.actions)


def act(on_actions: SignedMap, action: NumpyArray, box: BlackBox) -> NumpyArray:
    """The image of one action, or of one action's number."""
    if box.discrete:
        return np.argsort(on_actions.source)[action]
    return on_actions(action)
