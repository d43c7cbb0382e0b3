"""Q-learning in a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.agents.learners.learner import Recipe
from symprior.agents.learners.tabular.agent import TabularAgent


class QLearningAgent(TabularAgent):
    """Learns of the best action, whichever is taken."""

    def worth(self, values: NDArray[np.float64], planned: NDArray[np.int64]) -> NDArray[np.float64]:
        """The best value."""
        return np.asarray(values.max(axis=1))


RECIPE = Recipe(discrete=QLearningAgent)
