"""Actor-critic networks for any task: policy and value on a shared trunk, equivariant under the group they are given.

Under the trivial group they are ordinary networks, so plain agents, homomorphic agents and the controls run one code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from symprior.agents.networks.layers import BasisConvolution, BasisLinear, side_by_side
from symprior.agents.symmetrizer import BasisRule, equivariant_basis
from symprior.tasks.errors import SympriorError
from symprior.tasks.representations import ImageTransform, regular, trivial_representation
from symprior.tasks.symmetry import Symmetry


@dataclass(frozen=True)
class Filters:
    """One convolution: kernel and stride in pixels."""

    kernel: int
    stride: int


IMAGE_FILTERS = (Filters(7, 2), Filters(5, 1))
"""The convolutions for 21×21 images, of van der Pol et al. (2020); then pooling over all positions and one dense layer."""


class ActorCritic(nn.Module):
    """Policy logits that are equivariant and values that are invariant under a symmetry's group.

    Hidden features are copies of the regular representation, so that ReLU commutes with the group.

    Args:
        symmetry: what acts on observations and on discrete actions.
        channels: copies of the regular representation in each hidden layer: two for vectors; for images one for each
            convolution and one for the dense layer.
        rule: which subspace the weights lie in.
        rng: draws the initial weights (and random bases).

    Raises:
        SympriorError: the number of channels does not fit the kind of observation.
    """

    def __init__(
        self, symmetry: Symmetry, channels: tuple[int, ...], rule: BasisRule, rng: np.random.Generator
    ) -> None:
        super().__init__()
        group, observation = symmetry.group, symmetry.observation
        fibre = regular(group)
        self.observation_dims = len(observation.shape)
        self.convolutions = nn.ModuleList()
        source, width = observation, 1
        dense = channels
        if isinstance(observation, ImageTransform):
            if len(channels) != len(IMAGE_FILTERS) + 1:
                raise SympriorError(
                    f"An image network has {len(IMAGE_FILTERS) + 1} hidden layers, not {len(channels)}."
                )
            source, width = trivial_representation(group), observation.shape[0]
            size = observation.shape[1]
            for filters, count in zip(IMAGE_FILTERS, channels, strict=False):
                layer = BasisConvolution(
                    source, fibre, observation.planar, width, count, size, filters.kernel, filters.stride, rule, rng
                )
                self.convolutions.append(layer)
                source, width, size = fibre, count, layer.output_size
            dense = channels[len(IMAGE_FILTERS) :]
        self.dense = nn.ModuleList()
        for count in dense:
            self.dense.append(BasisLinear(source, fibre, width, count, rule, rng))
            source, width = fibre, count
        self.policy = BasisLinear(source, symmetry.action, width, 1, rule, rng, gain=0.01)
        self.value = BasisLinear(source, trivial_representation(group), width, 1, rule, rng, gain=1.0)

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [(seeds,) batch, actions] and values [(seeds,) batch] of observations [(seeds,) batch, …]."""
        x = observations.float() / 255 if observations.dtype == torch.uint8 else observations.float()
        if self.convolutions:
            for layer in self.convolutions:
                x = torch.relu(layer(x))
            x = x.amax(dim=(-2, -1))
        else:
            x = x.flatten(-self.observation_dims)
        for layer in self.dense:
            x = torch.relu(layer(x))
        logits, values = side_by_side(self.policy, self.value, x)
        return logits, values.squeeze(-1)


def count_parameters(module: nn.Module) -> int:
    """The number of trainable numbers."""
    return sum(parameter.numel() for parameter in module.parameters())


def default_widths(symmetry: Symmetry) -> tuple[int, ...]:
    """Hidden widths of the plain network: 64-64 for vectors, those of van der Pol et al. (2020) for images."""
    return (16, 32, 512) if isinstance(symmetry.observation, ImageTransform) else (64, 64)


def plain_network(symmetry: Symmetry, widths: tuple[int, ...], rng: np.random.Generator) -> ActorCritic:
    """An ordinary network: equivariant under the trivial group, which asks nothing."""
    return ActorCritic(symmetry.restrict((0,)), widths, equivariant_basis, rng)


@lru_cache(maxsize=64)
def matched_channels(symmetry: Symmetry, widths: tuple[int, ...]) -> tuple[int, ...]:
    """Channels of an equivariant network with as many parameters as the plain one of these widths, as nearly as can be.

    All widths are scaled alike, by about 1/√|G|: an equivariant layer between c regular fibres has c²·|G| parameters.
    """
    rng = np.random.default_rng(0)
    target = count_parameters(plain_network(symmetry, widths, rng))
    centre = len(symmetry.group) ** -0.5
    candidates = {
        tuple(max(1, round(scale * width)) for width in widths) for scale in centre * np.linspace(0.8, 1.25, 46)
    }

    def mismatch(channels: tuple[int, ...]) -> tuple[Any, ...]:
        return abs(count_parameters(ActorCritic(symmetry, channels, equivariant_basis, rng)) - target), channels

    return min(candidates, key=mismatch)
