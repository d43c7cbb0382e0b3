"""Stable-Baselines3, the reference learner, fed with this project's networks and priors; its algorithms are untouched."""

from symprior.agents.learners.stable_baselines3.off_policy import (
    StableBaselinesQuantileAgent,
    StableBaselinesValueAgent,
)
from symprior.agents.learners.stable_baselines3.on_policy import StableBaselinesAgent, StableBaselinesGaussianAgent
from symprior.agents.learners.stable_baselines3.twin_critics import StableBaselinesSACAgent, StableBaselinesTD3Agent

__all__ = [
    "StableBaselinesAgent",
    "StableBaselinesGaussianAgent",
    "StableBaselinesQuantileAgent",
    "StableBaselinesSACAgent",
    "StableBaselinesTD3Agent",
    "StableBaselinesValueAgent",
]
