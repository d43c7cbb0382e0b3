"""The network's layers and Adam in the kernel, where a prior or a loss speaks torch: frames, auxiliary losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from symprior.agents.algorithms.algorithm import LearnerSettings
from symprior.agents.learners.batched.kernel.arithmetic.entries import step_against
from symprior.agents.learners.batched.kernel.description import KINDS
from symprior.agents.learners.batched.kernel.network_kernel import NetworkKernel
from symprior.agents.networks.trunk import Trunk


class KernelLayers:
    """In the place of a stacked network's heads and of its optimizer.

    What the heads say is where torch's graph begins: the frame, the spread and the loss behind it are torch's, and the
    gradient that arrives here goes on backwards in the kernel.

    Args:
        network: stacked; its `heads` are replaced.
        flat: its parameters in one tensor, [seeds, parameters].
        settings: of each seed.
    """

    def __init__(self, network: Trunk, flat: Tensor, settings: Sequence[LearnerSettings]) -> None:
        self._kernel = NetworkKernel(network, flat, len(flat), settings)
        self.flat = self._kernel.flat
        self._network = network
        self._spread = getattr(network, "spread", None)
        self._said: Tensor | None = None
        self._sizes = self._sizes_of_heads()
        network.heads = self.heads  # type: ignore[method-assign]

    def _sizes_of_heads(self) -> list[int]:
        heads = [getattr(self._network, name) for name in KINDS[type(self._network)]]
        return [head.weight.blocks[0] * head.weight.blocks[3] for head in heads]

    def heads(self, observations: Tensor) -> tuple[Tensor, ...]:
        """As of the network: what each head says of observations [seeds, rows, …]."""
        is_training = torch.is_grad_enabled()
        self._kernel.refresh()
        flat = observations.detach().flatten(0, 1).numpy()
        said = torch.from_numpy(self._kernel.look(flat, keeps=True))
        if is_training:
            self._said = said.requires_grad_()
        return tuple(said.split(self._sizes, dim=-1))

    def step(self, outputs: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
        """One update, given the network's outputs and the loss's gradients with respect to them."""
        assert self._said is not None
        of = [self._said] if self._spread is None else [self._said, self._spread.log_std]
        to_said, *to_log_std = torch.autograd.grad(outputs, of, gradients)
        kernel, rows = self._kernel, to_said.shape[1]
        step_against(
            kernel.tables,
            kernel.state,
            kernel.room(rows),
            kernel.features,
            np.ascontiguousarray(to_said.numpy()),
            self._of_entries(to_log_std[0] if to_log_std else None),
        )

    def _of_entries(self, to_log_std: Tensor | None) -> Any:
        """The gradient of log σ shared out to the entries of an action vector, the first of which has it all."""
        orbit, seeds = self._kernel.tables.log_std_of, len(self.flat)
        shared = np.zeros((seeds, len(orbit)), dtype=np.float32)
        if to_log_std is not None:
            _, first = np.unique(orbit, return_index=True)
            shared[:, first] = to_log_std.numpy()
        return shared
