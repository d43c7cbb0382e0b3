"""Probes of environments that can only be played, because their state cannot be set or their steps are random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.environments.gymnasium_types import Environment


@dataclass(frozen=True)
class Transitions:
    """Steps of roll-outs.

    Attributes:
        episodes: the episode's number, [steps].
        before, after: the observations around the step, [steps, *observation shape].
        actions: [steps] integers or [steps, size].
        rewards: [steps].
        terminated: whether the step ended its episode; a time limit does not count, [steps].
    """

    episodes: NDArray[np.int64]
    before: NumpyArray
    actions: NumpyArray
    rewards: NDArray[np.float64]
    after: NumpyArray
    terminated: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.episodes)

    def __getitem__(self, rows: slice | NumpyArray) -> Transitions:
        return Transitions(*(values[rows] for values in vars(self).values()))


class RolloutProbe:
    """A single environment that is judged by its roll-outs.

    Attributes:
        env: the registered environment, with its time limit.
    """

    def __init__(self, env: Environment) -> None:
        self.env = env

    def kinds(self, transitions: Transitions) -> dict[str, NDArray[np.bool_]]:
        """Masks [steps] of kinds of transitions, each compared by itself: what is rare drowns in what is frequent.

        The group must map each kind onto itself.
        """
        return {"steps that go on": ~transitions.terminated, "last steps": transitions.terminated}

    def render(self, observation: NumpyArray) -> NDArray[np.uint8] | None:
        """A picture of what is observed, [height, width, 3]; None where none is drawn."""
        return None
