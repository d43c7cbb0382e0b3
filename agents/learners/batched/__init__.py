"""Many seeds of one agent as one stacked computation, from the networks, priors and settings of every learner."""

from symprior.agents.learners.batched.learner import BatchedAgent

__all__ = ["BatchedAgent"]
