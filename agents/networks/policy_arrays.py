"""Networks as arrays by name, and such arrays taken into a network of the same make, which may be a stack of seeds."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from symprior.agents.networks.layers.equivariant import basis_weights
from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError


def arrays_of(state: Mapping[str, Tensor]) -> dict[str, NumpyArray]:
    """Arrays of a network's state, copied."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in state.items()}


@torch.no_grad()
def take_arrays(network: nn.Module, arrays: Mapping[str, NumpyArray]) -> None:
    """Compute with these arrays from now on; in a stack every seed does.

    Raises:
        SympriorError: they are of a network of another make.
    """
    state = network.state_dict()
    if state.keys() != arrays.keys():
        raise SympriorError(f"The policy lacks, or has too much of, {', '.join(sorted(state.keys() ^ arrays.keys()))}.")
    for name, own in state.items():
        given = torch.as_tensor(arrays[name], device=own.device)
        if own.shape[own.ndim - given.ndim :] != given.shape:
            raise SympriorError(
                f"{name} of the policy is {tuple(given.shape)}, but the network's is {tuple(own.shape)}."
            )
        own.copy_(given)
    for weight in basis_weights(network):
        weight.forget()
