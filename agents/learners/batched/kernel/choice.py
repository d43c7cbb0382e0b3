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
from symprior.agents.priors.prior import Prior

P = TypeVar("P")
L = TypeVar("L")


def refusal(training: Training) -> str | None:
    """Why the fused kernel does not carry this agent out; None where it does."""
    from symprior.agents.learners.batched.kernel import description

    if training.device != "cpu":
        return f"it computes on a CPU, not on {training.device}"
    return description.refusal(_first_network(training))


def population_of(training: Training, in_torch: Callable[[Training, L], P], loss: L) -> tuple[P, str]:
    """The seeds side by side, and which kernel carries them out.

    Args:
        training: what is trained, and the kernel that is asked for.
        in_torch: makes them in torch.
        loss: the algorithm's.
    """
    if training.kernel == TORCH or refusal(training):
        return in_torch(training, loss), TORCH
    return _fused(training, in_torch, loss), FUSED


def _first_network(training: Training) -> Trunk:
    algorithm = cast("LearningAlgorithm[LearningSettings]", training.algorithm)
    settings, prior = cast(LearningSettings, training.settings[0]), training.prior
    assert prior is not None
    return initial_network(training.problem, algorithm.network(settings), prior, settings, 0)


def _fused(training: Training, in_torch: Callable[[Training, L], P], loss: L) -> P:
    from symprior.agents.learners.batched.kernel.layers import KernelLayers

    speaks_torch = _first_network(training).frame is not None
    speaks_torch |= training.prior is not None and type(training.prior).auxiliary_loss is not Prior.auxiliary_loss
    whole = None if speaks_torch else _whole_updates().get(training.algorithm.name)
    if whole is not None:
        made: P = whole(training, loss)
        return made
    population: Any = in_torch(training, loss)
    own = cast(list[LearningSettings], [*training.settings]) * (2 if len(training.settings) == 1 else 1)
    population.take_layers(lambda network, flat: KernelLayers(network, flat, own))
    return cast(P, population)


def _whole_updates() -> dict[str, Callable[[Training, Any], Any]]:
    """Algorithms whose losses are known to the kernel, and the populations that carry out whole updates."""
    from symprior.agents.learners.batched.kernel.arithmetic.losses import POLICY_LOSSES
    from symprior.agents.learners.batched.kernel.on_policy import FusedOnPolicyPopulation
    from symprior.agents.learners.batched.kernel.value import FusedReplayPopulation

    return {**dict.fromkeys(POLICY_LOSSES, FusedOnPolicyPopulation), "dqn": FusedReplayPopulation}
