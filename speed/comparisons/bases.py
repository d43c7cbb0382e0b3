"""Bases by orbits against the published symmetrizer's way, and layers on them.

That way, after van der Pol et al. (2020), section 4 and appendix: draw random matrices W, average each over the group,
S(W) = 1/|G| Σ_g K_g⁻¹ W L_g, stack them, and keep the right singular vectors; at each forward pass write the weights
Σ_v c_v V_v out and multiply. It is given as few samples as suffice, the rank, which it would have to find out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from speed.comparison import Comparison, at_least, at_most, median_ratio
from symprior.agents.networks.layers.equivariant import BasisLinear, stack
from symprior.symmetry.representations import Representation, direct_sum, regular, trivial_representation
from symprior.symmetry.symmetrizer import DenseBasis, equivariant_basis
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import get_task

WIDTH = 256


def sampled_basis(source: Representation, target: Representation, rng: np.random.Generator) -> DenseBasis:
    """The subspace of equivariant matrices by random samples and a singular value decomposition."""
    elements = range(len(source.group))
    rank = round(np.mean(target.character * source.character[source.group.inverse]))
    drawn = rng.standard_normal((rank, target.size, source.size))
    averaged = sum(np.linalg.inv(target.matrix(g)) @ drawn @ source.matrix(g) for g in elements) / len(elements)
    _, _, vectors = np.linalg.svd(np.reshape(averaged, (rank, -1)), full_matrices=False)
    return DenseBasis(target.size, source.size, vectors.T)


class PublishedLinear(nn.Module):
    """A layer as published: coefficients for each pair of channels, weights written out by one contraction a pass.

    Input [batch, source.size · in_channels], output [batch, target.size · out_channels].
    """

    basis: Tensor
    bias_basis: Tensor

    def __init__(
        self, source: Representation, target: Representation, channels: tuple[int, int], rng: np.random.Generator
    ) -> None:
        super().__init__()
        weights, biases = (
            sampled_basis(source, target, rng),
            sampled_basis(trivial_representation(source.group), target, rng),
        )
        self.register_buffer("basis", torch.as_tensor(weights.vectors.T, dtype=torch.float32).contiguous())
        self.register_buffer("bias_basis", torch.as_tensor(biases.vectors, dtype=torch.float32))
        in_channels, out_channels = channels
        drawn = rng.standard_normal((weights.rank, out_channels, in_channels)) / (source.size * in_channels) ** 0.5
        self.coefficients = nn.Parameter(torch.as_tensor(drawn, dtype=torch.float32))
        self.bias_coefficients = nn.Parameter(torch.zeros(biases.rank, out_channels))
        self._fibres = (target.size, source.size)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer."""
        blocks = torch.einsum("vab,vcd->acbd", self.basis.view(-1, *self._fibres), self.coefficients)
        bias = (self.bias_basis @ self.bias_coefficients).flatten()
        return functional.linear(x, blocks.reshape(len(bias), -1), bias)


def _hidden(symmetry: Symmetry, width: int) -> Representation:
    """Hidden features of a width, all channels together: as many regular representations as fill it."""
    fibre = regular(symmetry.group)
    return direct_sum(*[fibre] * (width // fibre.size))


def seconds_for_whole_layers(task_id: str) -> Comparison:
    """Bases of all layers of an actor-critic whose hidden layers are 256 wide, each layer's matrix as a whole."""
    symmetry = get_task(task_id).symmetry()
    hidden, value = _hidden(symmetry, WIDTH), trivial_representation(symmetry.group)
    layers = ((symmetry.observation, hidden), (hidden, hidden), (hidden, symmetry.action), (hidden, value))
    started = time.perf_counter()
    for source, target in layers:
        equivariant_basis(source, target)
    taken = time.perf_counter() - started
    return at_most(f"{task_id}: seconds for the bases of a network {WIDTH} wide, every layer as a whole", taken, 1)


def against_sampling(task_id: str, width: int, target: float) -> Comparison:
    """A first layer's basis: sampled singular value decomposition over orbits; the ratio grows with the width."""
    symmetry = get_task(task_id).symmetry()
    hidden = _hidden(symmetry, width)
    ratio = median_ratio(
        lambda: sampled_basis(symmetry.observation, hidden, np.random.default_rng(0)),
        lambda: equivariant_basis(symmetry.observation, hidden),
        repeats=3,
    )
    size = f"{width}×{symmetry.observation.size}"
    return at_least(
        f"{task_id}: basis of a first layer of {size}, sampled SVD / orbits (more the wider)", ratio, target
    )


def against_published_layer(
    task_id: str, channels: int, batch: int, seeds: int, target: float, backward: bool = True
) -> Comparison:
    """Through a hidden layer between regular features: seeds one by one as published, stacked here."""
    fibre = regular(get_task(task_id).symmetry().group)
    published = [PublishedLinear(fibre, fibre, (channels, channels), np.random.default_rng(i)) for i in range(seeds)]
    ours = [
        BasisLinear(fibre, fibre, channels, channels, equivariant_basis, np.random.default_rng(i)) for i in range(seeds)
    ]
    x = torch.randn(seeds, batch, fibre.size * channels, generator=torch.Generator().manual_seed(0))
    here = _passes(ours, [*x], backward) if seeds == 1 else _passes([stack(ours)], [x], backward)
    ratio = median_ratio(_passes(published, [*x], backward), here, repeats=15)
    size, how = f"{fibre.size * channels}×{fibre.size * channels}", "" if seeds == 1 else f", {seeds} seeds"
    passes = "forward and backward" if backward else "forward"
    title = f"{task_id}: {passes} through {size}, expanded as published / here, batch {batch}{how}"
    return at_least(title, ratio, target)


def _passes(layers: Sequence[nn.Module], inputs: Sequence[Tensor], backward: bool) -> Callable[[], None]:
    def forward() -> None:
        with torch.no_grad():
            for _ in range(15):
                for layer, x in zip(layers, inputs, strict=True):
                    layer(x)

    def both() -> None:
        for _ in range(5):
            for layer, x in zip(layers, inputs, strict=True):
                layer(x).square().mean().backward()
                layer.zero_grad()

    return both if backward else forward
