"""Where training starts: the same network for a seed on every learner."""

from __future__ import annotations

import numpy as np

from symprior.agents.agent import Problem
from symprior.agents.algorithm import LearnerSettings, OnPolicySettings
from symprior.agents.networks.actor_critic import ActorCritic
from symprior.agents.prior import N, Prior, Sizes
from symprior.tasks.streams import seed_from


def initial_network(problem: Problem, kind: type[N], prior: Prior, settings: LearnerSettings, seed: int) -> N:
    """The network of one seed before training, of the kind that the algorithm needs; the same for every learner."""
    sizes, symmetry = Sizes(settings.widths, settings.channels, settings.features), problem.symmetry
    network = prior.network(kind, symmetry, sizes, np.random.default_rng(seed_from(seed, "network")), settings)
    if not isinstance(settings, OnPolicySettings):
        return network
    if isinstance(network, ActorCritic) and network.spread is not None:
        network.spread.start_at(settings.initial_log_std)
    if settings.normalise_observations:
        symmetrised = settings.symmetrise_statistics or prior.symmetrises_statistics
        network.normalise((symmetry if symmetrised else symmetry.restrict((0,))).observation)
    return network
