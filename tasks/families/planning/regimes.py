"""Which part of a square room the data show: all of it, all but a quadrant, or its halves in different episodes.

Only the data differ between regimes: dynamics, goals and evaluation are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.tasks.task.transitions import Region, everywhere


@dataclass(frozen=True)
class Regime:
    """A part of a room that is shown.

    Attributes:
        ending: of a task's id, `-held-out`; empty where all is shown.
        words: of a card: what the data are.
        regions: of `GivenData`.
    """

    ending: str
    words: str
    regions: tuple[Region, ...]

    @property
    def name(self) -> str:
        """What it is called in the id of an environment, `HeldOut`."""
        return self.ending.title().replace("-", "")


def regimes(size: int) -> tuple[Regime, ...]:
    """Those of a room of size × size cells; the first entry of a state is the agent's cell, others are things that lie."""
    left, right = partial(_left, size), partial(_right, size)
    return (
        Regime("", "Known is what random walks showed, without a goal.", (everywhere,)),
        Regime(
            "-held-out",
            "Known is what random walks showed, without a goal; nothing was ever seen in the upper right quadrant.",
            (partial(_outside_quadrant, size),),
        ),
        Regime(
            "-no-passage",
            "Known is what random walks showed, without a goal, each of them in the left part of the room or in the right: "
            "no walk passes from one to the other, only the middle is in both.",
            (left, right),
        ),
    )


def _outside_quadrant(size: int, states: NumpyArray) -> NDArray[np.bool_]:
    """Whether nothing is in the upper right quadrant; a middle row or column is no part of it."""
    least = (size + 1) // 2
    y, x = np.divmod(states, size)
    return np.asarray(~((x >= least) & (y >= least) & (y < size)).any(axis=1))


def _left(size: int, states: NumpyArray) -> NDArray[np.bool_]:
    return np.asarray(states[:, 0] % size <= size // 2)


def _right(size: int, states: NumpyArray) -> NDArray[np.bool_]:
    return np.asarray(states[:, 0] % size >= (size - 1) // 2)
