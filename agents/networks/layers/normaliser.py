"""Observations scaled by what training saw of them so far: ordinary running statistics, or symmetrised over a group."""

from __future__ import annotations

import copy
from typing import ClassVar, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from symprior.agents.networks.layers.blocks import tied_entries
from symprior.symmetry.representations import Representation, as_signed_permutation

M = TypeVar("M", bound=nn.Module)

EPSILON, LIMIT = 1e-8, 10.0
"""Added to variances, and where scaled entries are cut off; as in Stable-Baselines3's `VecNormalize`."""


class Normaliser(nn.Module):
    """(x − m̄) / σ̄ with the moments of all that was seen, as if every element of the group had turned it, too.

    m̄ = 1/|G| Σ_g ρ(g) m, and σ̄² is the variance about m̄, averaged over each block of entries that the group mixes: so
    the scaled observation turns with the observation. Under the trivial group these are the ordinary statistics of each
    entry. Before the first call of `take_in` nothing is scaled.

    Entries are cut off at ±10 where the group acts by signed permutations; with other matrices that would not commute.

    Args:
        representation: what acts on the observation.

    Attributes:
        of_a_seed: the buffers that every seed of a stack has for itself.
    """

    of_a_seed: ClassVar[tuple[str, ...]] = ("mean", "variance", "shift", "factor")
    mean: Tensor
    variance: Tensor
    shift: Tensor
    factor: Tensor
    projector: Tensor
    block: Tensor

    def __init__(self, representation: Representation) -> None:
        super().__init__()
        size, elements = representation.size, range(len(representation.group))
        self.seen = 0
        self.cuts_off = as_signed_permutation(representation) is not None
        for name in ("mean", "variance"):
            self.register_buffer(name, torch.zeros(size, dtype=torch.float64))
        self.register_buffer("shift", torch.zeros(size))
        self.register_buffer("factor", torch.ones(size))
        block = tied_entries(representation)
        together = (block[:, None] == block[None, :]) / np.bincount(block)[block]
        projector = np.mean([representation.matrix(g) for g in elements], axis=0)
        self.register_buffer("projector", torch.as_tensor(projector))
        self.register_buffer("block", torch.as_tensor(together))

    def forward(self, x: Tensor) -> Tensor:
        """Scaled observations [(seeds,) batch, size] of observations of this shape."""
        scaled = (x - self.shift.unsqueeze(-2)) * self.factor.unsqueeze(-2)
        return scaled.clamp(-LIMIT, LIMIT) if self.cuts_off else scaled

    @torch.no_grad()
    def take_in(self, observations: Tensor) -> None:
        """Go on with the statistics, by these observations [(seeds,) rows, size] (Chan, Golub and LeVeque, 1979)."""
        rows = observations.double()
        new, count = rows.shape[-2], self.seen
        mean = rows.mean(-2)
        variance = (rows - mean.unsqueeze(-2)).square().mean(-2)
        total = count + new
        apart = mean - self.mean
        self.variance = (self.variance * count + variance * new + apart.square() * (count * new / total)) / total
        self.mean = self.mean + apart * (new / total)
        self.seen = total
        self._symmetrise()

    def _symmetrise(self) -> None:
        centre = _times(self.projector, self.mean)
        squares = self.variance + self.mean.square() - centre.square()
        self.shift = centre.float()
        self.factor = (_times(self.block, squares).clamp(min=0) + EPSILON).rsqrt().float()


def target_of(network: M, normaliser: Normaliser | None) -> M:
    """A copy that keeps its parameters, with the same statistics of observations as the network has at any time."""
    return copy.deepcopy(network, None if normaliser is None else {id(normaliser): normaliser})


def _times(matrix: Tensor, vectors: Tensor) -> Tensor:
    """M v for vectors [(seeds,) size], in the same order of summation for every seed and row."""
    return (matrix * vectors.unsqueeze(-2)).sum(-1)
