"""Agents: algorithms, priors, equivariant networks, and the learners that train them. torch begins here."""

import os

from symprior.agents.agent import Agent, Problem
from symprior.agents.catalogue import ShippedAgent, agent_names, get_agent

__all__ = ["Agent", "Problem", "ShippedAgent", "agent_names", "get_agent"]

# A product must not depend on where in memory its factors lie, or a seed's numbers would depend on its companions.
# The matrix library reads this at its first product; it costs nothing measurable.
os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
