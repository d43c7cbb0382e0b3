"""Which kernel carries an agent out: the fused one where it knows network, prior and loss, else torch.

The answer depends on the agent and the task alone, so that all seeds of a cell have the same kernel. numba is imported only
where the fused kernel is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from symprior.agents.algorithms.algorithm import LearningAlgorithm
from symprior.agents.algorithms.settings import LearningSettings
from symprior.agents.learners.initial import initial_network
from symprior.agents.learners.learner import FUSED, TORCH, Training
from symprior.agents.networks.trunk import Trunk

P = TypeVar("P")
L = TypeVar("L")


def refusal(training: Training) -> str | None:
    """Why the fused kernel does not carry this agent out; None where it does."""
    from symprior.agents.learners.batched.kernel import description, frames, losses

    if training.device != "cpu":
        return f"it computes on a CPU, not on {training.device}"
    if training.algorithm.name not in _whole_updates():
        return f"the loss of {training.algorithm.name} is not known to it"
    network = _first_network(training)
    return description.refusal(network) or frames.refusal(network.frame) or losses.refusal(training)


def population_of(training: Training, in_torch: Callable[[Training, L], P], loss: L) -> tuple[P, str]:
    """The seeds side by side, and which kernel carries them out.

    Args:
        training: what is trained, and the kernel that is asked for.
        in_torch: makes them in torch.
        loss: the algorithm's.
    """
    if training.kernel == TORCH or refusal(training):
        return in_torch(training, loss), TORCH
    made: P = _whole_updates()[training.algorithm.name](training, loss)
    return made, FUSED


def _first_network(training: Training) -> Trunk:
    algorithm = cast("LearningAlgorithm[LearningSettings]", training.algorithm)
    settings, prior = cast(LearningSettings, training.settings[0]), training.prior
    assert prior is not None
    return initial_network(training.problem, algorithm.network(settings), prior, settings, 0)


def _whole_updates() -> dict[str, Callable[[Training, Any], Any]]:
    """Algorithms whose losses are known to the kernel, and the populations that carry out whole updates."""
    from symprior.agents.learners.batched.kernel.arithmetic.losses import POLICY_LOSSES
    from symprior.agents.learners.batched.kernel.on_policy import FusedOnPolicyPopulation
    from symprior.agents.learners.batched.kernel.value import FusedReplayPopulation

    return {**dict.fromkeys(POLICY_LOSSES, FusedOnPolicyPopulation), "dqn": FusedReplayPopulation}
