"""Actor-critic networks for any task: policy and value on a shared trunk; and how large networks are made."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from typing import Self, TypeVar

import numpy as np
from torch import Tensor, nn

from symprior.agents.acting.distributions import distribution_of
from symprior.agents.networks.hidden_features import hidden_features
from symprior.agents.networks.layers.equivariant import side_by_side
from symprior.agents.networks.layers.frames import Output
from symprior.agents.networks.layers.standard_deviation import StandardDeviation
from symprior.agents.networks.trunk import Trunk
from symprior.symmetry.representations import ImageTransform, SignedPermutation, trivial_representation
from symprior.symmetry.symmetrizer import BasisRule, equivariant_basis
from symprior.symmetry.symmetry import Symmetry

N = TypeVar("N", bound=Trunk)


class ActorCritic(Trunk):
    """A policy that is equivariant and values that are invariant under a symmetry's group; see `Trunk`.

    Attributes:
        distribution: what the policy's outputs are the parameters of: logits of discrete actions, or means and log σ of
            action vectors.
    """

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """The policy and the value."""
        self.distribution, self._actions = distribution_of(symmetry), symmetry.action.size
        self.policy = self.head(symmetry.action, rule, rng, gain=0.01)
        self.value = self.head(trivial_representation(symmetry.group), rule, rng, gain=1.0)
        self.spread = None if symmetry.discrete else StandardDeviation(symmetry.action)

    @staticmethod
    def outputs(symmetry: Symmetry) -> tuple[Output, Output]:
        """Logits or means, and a value."""
        return Output(symmetry.action, logits=symmetry.discrete), Output(None)

    def spread_under(self, symmetry: Symmetry) -> Self:
        """This network, with standard deviations that are constant on the orbits of action entries."""
        if self.spread is not None:
            self.spread = StandardDeviation(symmetry.action)
        return self

    def heads(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Logits or means [(seeds,) batch, size] and values [(seeds,) batch, 1]."""
        return side_by_side(self.policy, self.value, self.features(observations))

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """The policy's outputs [(seeds,) batch, outputs] and values [(seeds,) batch] of observations [(seeds,) batch, …]."""
        outputs, values = self.look(observations)
        return outputs if self.spread is None else self.spread(outputs), values.squeeze(-1)

    @property
    def in_words(self) -> str:
        """The kind of policy and its size."""
        if self.spread is None:
            return f"categorical over {self._actions} actions"
        means, deviations = (
            _counted(self._actions, "mean"),
            _counted(self.spread.log_std.shape[-1], "standard deviation"),
        )
        return f"Gaussian of {means} and {deviations}"


def _counted(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


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
