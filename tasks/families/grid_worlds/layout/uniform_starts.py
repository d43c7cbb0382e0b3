"""Tasks that start in any of some states, equally likely."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, array_namespace
from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.families.grid_worlds.layout.tables import Table


class UniformStarts(TabularSimulator):
    """A tabular simulator whose start is drawn uniformly, by one number, from `start_states`: here from all."""

    reset_draws = 1

    @cached_property
    def _starts(self) -> Table:
        return Table(self.start_states())

    def start_states(self) -> NDArray[np.int64]:
        """The states that an episode may start in, [starts, …]."""
        return self.all_states()

    def initial(self, uniforms: Array) -> Array:
        """Any of the start states."""
        xp, starts = array_namespace(uniforms), self._starts
        return starts(xp.astype(uniforms[:, 0] * len(starts.values), xp.int64))

    def reset_support(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Every start, equally likely."""
        count = len(self._starts.values)
        return (np.arange(count)[:, None] + 0.5) / count, np.full(count, 1 / count)
