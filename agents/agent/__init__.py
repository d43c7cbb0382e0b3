"""What an agent is: two methods, the problem that it is told, its source of data, and what else it may be able to do."""

from symprior.agents.agent.agent import Agent, Problem

__all__ = ["Agent", "Problem"]
