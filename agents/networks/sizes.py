"""Hidden sizes of a network, and those of an equivariant one that match a plain one's number of parameters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from torch import nn

from symprior.agents.networks.heads.actor_critic import ActorCritic
from symprior.agents.networks.hidden_features import Summand, hidden_features
from symprior.agents.networks.trunk import Trunk
from symprior.symmetry.representations import ImageTransform, SignedPermutation
from symprior.symmetry.symmetrizer import equivariant_basis
from symprior.symmetry.symmetry import Symmetry


@dataclass(frozen=True)
class Sizes:
    """Hidden sizes of a network.

    Attributes:
        widths: of the plain network; None: 64-64 for vectors, 16-32-512 for images.
        channels: copies of the fibre in each hidden layer of an equivariant network; None: as many as give the plain
            network's number of parameters.
        features: the summands of the fibre; None: regular, or a quotient where the group is large.
    """

    widths: tuple[int, ...] | None = None
    channels: tuple[int, ...] | None = None
    features: tuple[Summand, ...] | None = None

    def plain(self, symmetry: Symmetry) -> tuple[int, ...]:
        """The widths, with the default filled in."""
        return self.widths or default_widths(symmetry)

    def equivariant(self, symmetry: Symmetry, kind: type[Trunk]) -> tuple[int, ...]:
        """The channels, matched in parameters where none are given."""
        return self.channels or matched_channels(symmetry, self.plain(symmetry), kind, self.fibre(symmetry))

    def fibre(self, symmetry: Symmetry) -> SignedPermutation:
        """What one channel of hidden features carries."""
        return hidden_features(symmetry, self.features)


N = TypeVar("N", bound=Trunk)


def count_parameters(module: nn.Module) -> int:
    """The number of trainable numbers."""
    return sum(parameter.numel() for parameter in module.parameters())


def default_widths(symmetry: Symmetry) -> tuple[int, ...]:
    """Hidden widths of the plain network: 64-64 for vectors, those of van der Pol et al. (2020) for images."""
    return (16, 32, 512) if isinstance(symmetry.observation, ImageTransform) else (64, 64)


def plain_network(
    symmetry: Symmetry,
    widths: tuple[int, ...],
    rng: np.random.Generator,
    kind: type[N] = ActorCritic,  # type: ignore[assignment]
) -> N:
    """An ordinary network of this kind: equivariant under the trivial group, which asks nothing."""
    return kind(symmetry.restrict((0,)), widths, equivariant_basis, rng)


@lru_cache(maxsize=64)
def matched_channels(
    symmetry: Symmetry,
    widths: tuple[int, ...],
    kind: type[Trunk] = ActorCritic,
    fibre: SignedPermutation | None = None,
) -> tuple[int, ...]:
    """Channels of an equivariant network with as many parameters as the plain one of these widths, as nearly as can be.

    All widths are scaled alike, by about 1/√r: an equivariant layer between c fibres each has c²·r parameters with r = |G|
    for regular ones, and r double cosets for a quotient.
    """
    rng = np.random.default_rng(0)
    features = hidden_features(symmetry) if fibre is None else fibre

    def size(channels: tuple[int, ...]) -> int:
        return count_parameters(kind(symmetry, channels, equivariant_basis, rng, features))

    centre = equivariant_basis(features, features).rank ** -0.5
    return _nearest(widths, centre, size, plain_size(symmetry, widths, kind))


@lru_cache(maxsize=64)
def completed_channels(
    symmetry: Symmetry,
    widths: tuple[int, ...],
    kind: type[Trunk] = ActorCritic,
    fibre: SignedPermutation | None = None,
) -> tuple[int, ...]:
    """The same where bases are complete: the fibre's size times the channels are the plain widths, as nearly as can be."""
    expanded = (hidden_features(symmetry) if fibre is None else fibre).size

    def size(channels: tuple[int, ...]) -> int:
        return plain_size(symmetry, tuple(expanded * count for count in channels), kind)

    return _nearest(widths, 1 / expanded, size, plain_size(symmetry, widths, kind))


def plain_size(symmetry: Symmetry, widths: tuple[int, ...], kind: type[Trunk]) -> int:
    """The number of parameters of a plain network."""
    return count_parameters(plain_network(symmetry, widths, np.random.default_rng(0), kind))


def _nearest(
    widths: tuple[int, ...], centre: float, size: Callable[[tuple[int, ...]], int], target: int
) -> tuple[int, ...]:
    """Widths scaled alike, by about `centre`, such that the size is nearest to the target.

    Where heads have many outputs they hold most of the parameters, and the scale is farther from the centre than hidden
    layers alone would ask.
    """

    def scaled(scale: float) -> tuple[int, ...]:
        return tuple(max(1, round(scale * width)) for width in widths)

    low, high = 0.8, 1.25
    while size(scaled(centre * high)) < target:
        high *= 1.25
    while size(scaled(centre * low)) > target and max(scaled(centre * low)) > 1:
        low *= 0.8
    candidates = sorted({scaled(scale) for scale in centre * np.linspace(low, high, 1 + round((high - low) / 0.01))})
    above = bisect_left(candidates, target, key=size)
    return min(candidates[max(above - 1, 0) : above + 1], key=lambda channels: abs(size(channels) - target))
