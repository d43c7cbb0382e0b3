"""Which observations plans go through."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from symprior.agents.learners.planner.experience import Experience
from symprior.agents.priors.prior import Prior
from symprior.tasks.environments.streams import seed_from


def prototypes_of(experience: Experience, prior: Prior, most: int, seed: int) -> Tensor:
    """Observations that the prior shows the model in training, each once, [≤ most, …].

    With a strict prior they come with their whole orbits, as values would not be invariant without these. Where there are
    too many, orbits are drawn, or single ones where the prior knows of none.
    """
    shown = prior.minibatch(experience.everything(), experience.orbit)
    rows = torch.cat([shown.observations, shown.next_observations]).unique()
    if prior.strict:
        rows = experience.orbit.observations(rows).unique()
    if len(rows) > most:
        knows_orbits = prior.strict or len(shown.actions) > len(experience)
        rows = _drawn(rows, experience.orbit.observations(rows).amin(0) if knows_orbits else rows, most, seed)
    return experience.observations[rows]


def _drawn(rows: Tensor, orbits: Tensor, most: int, seed: int) -> Tensor:
    """Rows in random order while they fit, all of an orbit or none; orbits are named by their least row, [rows]."""
    names, place, sizes = orbits.unique(return_inverse=True, return_counts=True)
    order = torch.as_tensor(np.random.default_rng(seed_from(seed, "prototypes")).permutation(len(names)))
    fits = torch.zeros(len(names), dtype=torch.bool)
    fits[order] = sizes[order].cumsum(0) <= most
    return rows[fits[place]]
