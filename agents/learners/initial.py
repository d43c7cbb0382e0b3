"""Where training starts: the same network for a seed on every learner."""

from __future__ import annotations

import numpy as np

from symprior.agents.agent import Problem
from symprior.agents.algorithm import OnPolicySettings
from symprior.agents.networks.actor_critic import ActorCritic
from symprior.agents.prior import Prior, Sizes
from symprior.tasks.streams import seed_from


def initial_network(problem: Problem, prior: Prior, settings: OnPolicySettings, seed: int) -> ActorCritic:
    """The network of one seed before training; the same for every learner."""
    sizes = Sizes(settings.widths, settings.channels)
    return prior.network(problem.symmetry, sizes, np.random.default_rng(seed_from(seed, "network")))
