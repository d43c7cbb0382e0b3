"""Agents: algorithms, priors, equivariant networks, and the learners that train them. torch begins here."""

from symprior.agents.agent import Agent, Problem
from symprior.agents.catalogue import ShippedAgent, agent_names, get_agent

__all__ = ["Agent", "Problem", "ShippedAgent", "agent_names", "get_agent"]
