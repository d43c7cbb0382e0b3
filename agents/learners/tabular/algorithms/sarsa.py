"""SARSA in a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.tabular.agent import TabularAgent


class SarsaAgent(TabularAgent):
    """Learns of the action that it takes."""

    keeps_plan = True

    def worth(self, values: NDArray[np.float64], planned: NDArray[np.int64]) -> NDArray[np.float64]:
        """The value of the action that is taken next."""
        return np.asarray(values[np.arange(len(planned)), planned])


RECIPE = Recipe(discrete=SarsaAgent)
