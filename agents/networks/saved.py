"""A network's state in training, which is more than its policy: statistics of observations count what they have seen."""

from __future__ import annotations

import torch
from torch import nn

from symprior.agents.networks.layers.equivariant import basis_weights
from symprior.agents.networks.layers.normaliser import Normaliser
from symprior.agents.networks.policy_arrays import arrays_of
from symprior.tasks.files.states import State


def saved_network(network: nn.Module) -> State:
    """All that decides what it says, and how it goes on learning."""
    return {
        "arrays": arrays_of(network.state_dict()),
        "seen": [normaliser.seen for normaliser in _normalisers(network)],
    }


@torch.no_grad()
def load_network(network: nn.Module, state: State) -> None:
    """Go on from there; whatever holds the parameters' memory keeps it."""
    network.load_state_dict({name: torch.from_numpy(array) for name, array in state["arrays"].items()})
    for normaliser, seen in zip(_normalisers(network), state["seen"], strict=True):
        normaliser.seen = seen
    for weight in basis_weights(network):
        weight.forget()


def _normalisers(network: nn.Module) -> list[Normaliser]:
    return [module for module in network.modules() if isinstance(module, Normaliser)]
