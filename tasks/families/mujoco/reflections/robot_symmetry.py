"""How a group acts on a robot: on its positions, velocities and controls, and on what it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.representations import Representation, direct_sum
from symprior.symmetry.symmetry import Exactness, Symmetry


@dataclass(frozen=True)
class RobotSymmetry:
    """How a group acts on a robot.

    Attributes:
        positions: on MuJoCo's `qpos`.
        velocities: on its `qvel`, and so on accelerations.
        controls: on its `ctrl`, the actions.
        observation: on what gymnasium shows.
        rest: on what a probe's states hold beside positions and velocities; None where they hold no more.
        shift: what each element adds to the positions after that, [|G|, nq]; None: nothing.
    """

    positions: Representation
    velocities: Representation
    controls: Representation
    observation: Representation
    rest: Representation | None = None
    shift: NDArray[np.float64] | None = None

    @property
    def state(self) -> Representation:
        """On positions, velocities, accelerations and the rest laid end to end, without the shift."""
        parts = [self.positions, self.velocities, self.velocities]
        return direct_sum(*parts, *([] if self.rest is None else [self.rest]))

    def declared(
        self, exactness: Exactness = Exactness.EXACT, reset: Exactness = Exactness.IN_DISTRIBUTION
    ) -> Symmetry:
        """The task's symmetry, with the grades that it is declared to have."""
        return Symmetry(self.observation, self.controls, discrete=False, exactness=exactness, reset=reset)
