"""SARSA (Rummery and Niranjan, 1994)."""

from __future__ import annotations

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.tabular.tabular import TabularAlgorithm


@register
class Sarsa(TabularAlgorithm):
    """Q(s, a) moves towards R + γ Q(s', a') with the action a' that is taken next; acting is ε-greedy."""

    name = "sarsa"
    title = "SARSA"
    description = "A table of action values, moved towards the reward and the value of the action taken next."
    bibtex = """@techreport{rummery1994online,
  title={On-Line {Q}-Learning Using Connectionist Systems},
  author={Rummery, Gavin A. and Niranjan, Mahesan},
  institution={Cambridge University Engineering Department},
  number={CUED/F-INFENG/TR 166}, year={1994}
}"""
