"""Many seeds of one agent as one stacked computation, from the networks, priors and settings of every learner."""

from symprior.agents.learners.batched.off_policy import BatchedValueAgent
from symprior.agents.learners.batched.on_policy import BatchedAgent, BatchedGaussianAgent

__all__ = ["BatchedAgent", "BatchedGaussianAgent", "BatchedValueAgent"]
