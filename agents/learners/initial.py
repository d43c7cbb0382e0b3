"""Where training starts: the same network and the same streams for a seed on every learner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symprior.agents.agent import Problem
from symprior.agents.algorithms.settings import LearningSettings, OnPolicySettings
from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.heads.critics import CRITICS, ActorAndCritics, Critic, on_pairs
from symprior.agents.networks.heads.squashed_actor import MeanActor
from symprior.agents.networks.sizes import Sizes
from symprior.agents.priors.prior import N, Prior
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.streams import seed_from


def initial_actor_and_critics(
    problem: Problem, kind: type[MeanActor], prior: Prior, settings: LearningSettings, seed: int
) -> ActorAndCritics:
    """Actor and critics of one seed before training; each critic starts as a draw of its own."""
    actor = initial_network(problem, kind, prior, settings, seed)
    pairs = on_pairs(problem.symmetry)
    critics = [_drawn(Critic, pairs, prior, settings, seed_from(seed, "critic", i)) for i in range(CRITICS)]
    return ActorAndCritics(actor, critics)


def initial_network(problem: Problem, kind: type[N], prior: Prior, settings: LearningSettings, seed: int) -> N:
    """The network of one seed before training, of the kind that the algorithm needs; the same for every learner."""
    symmetry = problem.symmetry
    network = _drawn(kind, symmetry, prior, settings, seed_from(seed, "network"))
    if isinstance(settings, OnPolicySettings) and isinstance(network, ActorCritic) and network.spread is not None:
        network.spread.start_at(settings.initial_log_std)
    if settings.normalise_observations:
        symmetrised = settings.symmetrise_statistics or prior.symmetrises_statistics
        network.normalise((symmetry if symmetrised else symmetry.restrict((0,))).observation)
    return network


def _drawn(kind: type[N], symmetry: Symmetry, prior: Prior, settings: LearningSettings, stream: int) -> N:
    """A network of the settings' sizes and activation, its weights from a stream of their own."""
    sizes = Sizes(settings.widths, settings.channels, settings.features)
    network = prior.network(kind, symmetry, sizes, np.random.default_rng(stream), settings)
    network.activation = settings.activation
    return network


def copy_seeds(seeds: Sequence[int], copies: int) -> NDArray[np.int64]:
    """The seeds of the streams that a prior draws from for each copy of the environment, [seeds · copies]."""
    return np.array([seed_from(seed, "episodes", copy) for seed in seeds for copy in range(copies)], dtype=np.int64)
