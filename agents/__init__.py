"""Agents: algorithms × priors on equivariant networks, and the learners that train them. torch begins here.

`get_agent("ppo+homomorphic")` is an algorithm (`algorithms/`) with a prior (`priors/`) and its tuned settings (`ledgers/`).
The prior makes a network (`networks/`), a learner (`learners/`) trains it, and `acting/` turns what it says into actions.
"""

import os
from typing import TYPE_CHECKING

from symprior.symmetry.lazy_names import lazy_names

if TYPE_CHECKING:
    from symprior.agents.agent import Agent, Problem
    from symprior.agents.catalogue import ShippedAgent, agent_names, get_agent

__all__ = ["Agent", "Problem", "ShippedAgent", "agent_names", "get_agent"]

__getattr__ = lazy_names(
    __name__,
    {
        **dict.fromkeys(("Agent", "Problem"), "symprior.agents.agent"),
        **dict.fromkeys(("ShippedAgent", "agent_names", "get_agent"), "symprior.agents.catalogue"),
    },
)

# A product must not depend on where in memory its factors lie, or a seed's numbers would depend on its companions.
# The matrix library reads this at its first product; it costs nothing measurable.
os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
