"""Q-learning (Watkins and Dayan, 1992)."""

from __future__ import annotations

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.tabular.tabular import TabularAlgorithm


@register
class QLearning(TabularAlgorithm):
    """Q(s, a) moves towards R + γ max Q(s', ·); acting is ε-greedy."""

    name = "q-learning"
    title = "Q-learning"
    description = "A table of action values, moved towards the reward and the best value of what follows."
    bibtex = """@article{watkins1992q,
  title={Q-learning},
  author={Watkins, Christopher J. C. H. and Dayan, Peter},
  journal={Machine Learning}, volume={8}, number={3--4}, pages={279--292}, year={1992}
}"""
