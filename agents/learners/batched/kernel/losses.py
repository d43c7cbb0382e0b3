"""The losses of agents as data: which ones the kernel knows, and their weights for each seed."""

from __future__ import annotations

from typing import cast

import numpy as np

from symprior.agents.algorithms.settings import OnPolicySettings
from symprior.agents.learners.batched.kernel.arithmetic.losses import (
    CLIPPED_RATIO,
    DIVERGENCES,
    NO_MIRROR,
    POLICY_LOSSES,
    Weights,
)
from symprior.agents.learners.batched.kernel.network_kernel import of_each
from symprior.agents.learners.learner import Training
from symprior.agents.networks.orbits import Orbit
from symprior.agents.priors.mirror import MirrorLoss
from symprior.agents.priors.prior import AuxiliaryLoss


def refusal(training: Training) -> str | None:
    """Why the kernel does not take the loss of this agent's prior; None where it does."""
    loss = _of_prior(training, Orbit(training.problem.symmetry), 0)
    if loss is None or type(loss) is MirrorLoss:
        return None
    return f"losses of the kind {type(loss).__name__} are not described"


def weights_of(training: Training, orbit: Orbit) -> Weights:
    """What the losses of all seeds are made of, where they learn policies from rollouts."""
    settings, seeds = cast("tuple[OnPolicySettings, ...]", training.settings), len(training.settings)
    policy_loss = POLICY_LOSSES[training.algorithm.name]
    mirror = [cast("MirrorLoss | None", _of_prior(training, orbit, seed)) for seed in range(seeds)]
    return Weights(
        policy_loss=policy_loss,
        normalises=settings[0].normalise_advantage,
        clip=of_each(settings, "clip_range", seeds) if policy_loss == CLIPPED_RATIO else np.zeros(seeds),
        entropy=of_each(settings, "entropy_coefficient", seeds),
        value=of_each(settings, "value_coefficient", seeds),
        mirror=NO_MIRROR if mirror[0] is None else DIVERGENCES[mirror[0].divergence],
        pull_together=np.array([0.0 if loss is None else float(loss.weight) for loss in mirror]),
    )


def _of_prior(training: Training, orbit: Orbit, seed: int) -> AuxiliaryLoss | None:
    """The loss that the prior adds for one seed."""
    assert training.prior is not None
    return training.prior.auxiliary_loss(orbit, training.settings[seed])
