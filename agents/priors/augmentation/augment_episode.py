"""Augmentation at collection: each episode is lived through under a random element of the group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.agents.bibliography import SYMMETRIC_LOCOMOTION
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.augmentation.turned_episodes import TurnedEpisodes
from symprior.agents.priors.prior import PlainNetwork, register
from symprior.tasks.environments.gymnasium_types import VectorEnvironment


@register
class AugmentEpisode(PlainNetwork):
    """In each episode the agent sees g s and acts in that image of the world, with one g from its first step to its last.

    The rollouts are the policy's own, log-probabilities included: nothing is off-policy, where copies in a minibatch are.
    Minibatches and gradient steps are the plain agent's. Evaluation is in the world as it is.
    """

    name = "augment-episode"
    title = "augmentation, by episodes"
    description = "Every episode is collected under one random element of the group: a plain agent in turned worlds."
    bibtex = SYMMETRIC_LOCOMOTION

    def environment(self, env: VectorEnvironment, orbit: Orbit, seeds: NDArray[np.int64]) -> VectorEnvironment:
        """Its episodes, turned."""
        return TurnedEpisodes(env, orbit, seeds)
