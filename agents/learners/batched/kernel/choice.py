"""Which kernel carries an agent out: the fused one where it knows network, prior and loss, else torch.

The answer depends on the agent and the task alone, so that all seeds of a cell have the same kernel. numba is imported only
where the fused kernel is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch

from symprior.agents.agent import Problem
from symprior.agents.algorithms.algorithm import LearnerSettings, LearningAlgorithm
from symprior.agents.learners.initial import initial_network
from symprior.agents.networks.trunk import Trunk
from symprior.agents.priors.prior import Prior
from symprior.symmetry.errors import unknown_name

FUSED, TORCH = "fused", "torch"
KERNELS = (FUSED, TORCH)

S = TypeVar("S")


def refusal(
    problem: Problem, algorithm: LearningAlgorithm, prior: Prior, settings: LearnerSettings, device: torch.device
) -> str | None:
    """Why the fused kernel does not carry this agent out; None where it does."""
    from symprior.agents.learners.batched.kernel import description

    if device.type != "cpu":
        return f"it computes on a CPU, not on {device.type}"
    return description.refusal(_first_network(problem, algorithm, prior, settings))


def _first_network(problem: Problem, algorithm: LearningAlgorithm, prior: Prior, settings: LearnerSettings) -> Trunk:
    return initial_network(problem, algorithm.network(settings), prior, settings, 0)


def made_with(kernel: str, torch_stack: Callable[..., S], arguments: Sequence[Any]) -> tuple[S, str]:
    """Seeds side by side, and which kernel carries them out.

    Args:
        kernel: the one that is asked for.
        torch_stack: the class of the stack in torch.
        arguments: of its constructor: problem, seeds, algorithm, prior, settings of each seed, device.

    Raises:
        SympriorError: there is no such kernel.
    """
    if kernel not in KERNELS:
        raise unknown_name("kernel", kernel, KERNELS)
    if kernel == TORCH:
        return torch_stack(*arguments), TORCH
    problem, _, algorithm, prior, settings, device = arguments
    if refusal(problem, algorithm, prior, settings[0], device):
        return torch_stack(*arguments), TORCH
    return _fused(torch_stack, arguments), FUSED


def _fused(torch_stack: Callable[..., S], arguments: Sequence[Any]) -> S:
    from symprior.agents.learners.batched.kernel.layers import KernelLayers

    problem, _, algorithm, prior, settings, _ = arguments
    speaks_torch = _first_network(problem, algorithm, prior, settings[0]).frame is not None
    speaks_torch |= type(prior).auxiliary_loss is not Prior.auxiliary_loss
    whole = None if speaks_torch else _whole_updates().get(algorithm.name)
    if whole is not None:
        made: S = whole(*arguments)
        return made
    stack: Any = torch_stack(*arguments)
    own = [*settings] * 2 if len(settings) == 1 else settings
    stack.take_layers(lambda network, flat: KernelLayers(network, flat, own))
    return stack  # type: ignore[no-any-return]


def _whole_updates() -> dict[str, Any]:
    """Algorithms whose losses are known to the kernel, and the stacks that carry out whole updates."""
    from symprior.agents.learners.batched.kernel.arithmetic.losses import POLICY_LOSSES
    from symprior.agents.learners.batched.kernel.off_policy import FusedReplayStack
    from symprior.agents.learners.batched.kernel.on_policy import FusedOnPolicyStack

    return {**dict.fromkeys(POLICY_LOSSES, FusedOnPolicyStack), "dqn": FusedReplayStack}
