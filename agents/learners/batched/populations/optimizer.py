"""Adam over a stacked network, with gradients clipped for each seed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import torch
from torch import Tensor, nn

from symprior.agents.algorithms.settings import LearningSettings
from symprior.agents.networks.layers.equivariant import basis_weights, keep_weights
from symprior.agents.networks.policy_arrays import arrays_of
from symprior.tasks.files.states import State

ALIGNMENT = 16
"""Rows are padded to whole vector registers: no entry's arithmetic depends on how many seeds there are."""


class StackedAdam:
    """One optimizer for all seeds: parameters and gradients lie in one tensor each, [seeds, parameters of a seed].

    The result for a seed is that of `clip_grad_norm_` and `torch.optim.Adam` on its own network. Nothing else changes the
    parameters, so between two steps the network keeps the weights that it writes out.

    Args:
        network: parameters [seeds, …]; they become views of the one tensor.
        settings: of each seed.
        max_norm: largest norm of a seed's gradient, [seeds, 1].
    """

    def __init__(self, network: nn.Module, settings: Sequence[LearningSettings], max_norm: Tensor) -> None:
        self._parameters = list(network.parameters())
        self.flat = as_one_tensor(network)
        self._gradient = torch.zeros_like(self.flat)
        padding = self.flat.shape[1] - sum(parameter[0].numel() for parameter in self._parameters)
        self._padding = [self.flat.new_zeros(len(self.flat), padding)] if padding else []
        keep_weights(network, True)
        self._weights, self._max_norm = basis_weights(network), max_norm
        self._adam = torch.optim.Adam(self._groups(settings), fused=True)

    def _groups(self, settings: Sequence[LearningSettings]) -> list[dict[str, object]]:
        """A parameter group for each run of seeds with the same learning rate and ε."""
        groups: list[dict[str, object]] = []
        start = 0
        for (rate, epsilon), run in groupby((one.learning_rate, one.adam_epsilon) for one in settings):
            rows = slice(start, start + len(list(run)))
            parameter = nn.Parameter(self.flat[rows])
            parameter.grad = self._gradient[rows]
            groups.append({"params": [parameter], "lr": rate, "eps": epsilon})
            start = rows.stop
        return groups

    def save(self) -> State:
        """The moments of each group of seeds, and its number of steps."""
        return {"groups": [arrays_of(state) for state in self._adam.state.values()]}

    def load(self, state: State) -> None:
        """Go on from there, with the parameters as they are now."""
        own = self._adam.state_dict()
        groups = enumerate(state["groups"])
        own["state"] = {i: {name: torch.from_numpy(part) for name, part in group.items()} for i, group in groups}
        self._adam.load_state_dict(own)
        for weight in self._weights:
            weight.forget()

    def step(self, outputs: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
        """One update, given the network's outputs and the loss's gradients with respect to them."""
        gradients = torch.autograd.grad(outputs, self._parameters, gradients)
        torch.cat([gradient.flatten(1) for gradient in gradients] + self._padding, dim=1, out=self._gradient)
        norm = torch.linalg.vector_norm(self._gradient, dim=1, keepdim=True)
        self._gradient.mul_((self._max_norm / (norm + 1e-6)).clamp_(max=1.0))
        self._adam.step()
        for weight in self._weights:
            weight.forget()  # it cannot notice a change of the one tensor


def as_one_tensor(network: nn.Module) -> Tensor:
    """The parameters [seeds, …] of a network side by side, [seeds, parameters and padding]; they become views of it."""
    parameters = list(network.parameters())
    padding = -sum(parameter[0].numel() for parameter in parameters) % ALIGNMENT
    columns = [parameter.detach().flatten(1) for parameter in parameters]
    flat = torch.cat([*columns, columns[0].new_zeros(len(columns[0]), padding)], dim=1)
    place_in(flat, network)
    return flat


def place_in(flat: Tensor, network: nn.Module) -> None:
    """Make the parameters [seeds, …] of a network views of a tensor [seeds, parameters and more], which holds them."""
    parameters = list(network.parameters())
    sizes = [parameter[0].numel() for parameter in parameters]
    columns = flat.split([*sizes, flat.shape[1] - sum(sizes)], dim=1)
    for parameter, column in zip(parameters, columns, strict=False):
        parameter.data = column.view(parameter.shape)
