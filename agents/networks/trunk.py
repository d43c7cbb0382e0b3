"""The hidden layers of every network: equivariant under the group that they are given, for vectors and for images.

Under the trivial group they are ordinary layers, so plain agents, homomorphic agents and the controls run one code.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from torch import Tensor, nn

from symprior.agents.networks.hidden_features import check_pointwise, hidden_features
from symprior.agents.networks.layers.equivariant import BasisConvolution, BasisLinear
from symprior.agents.networks.layers.frames import Frame, Output
from symprior.agents.networks.layers.initialisation import RECTIFIED, uniform_moments
from symprior.agents.networks.layers.normaliser import Normaliser
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import ImageTransform, Representation
from symprior.symmetry.symmetrizer import BasisRule
from symprior.symmetry.symmetry import Symmetry

Activation = Literal["relu", "tanh"]
ACTIVATIONS: dict[Activation, Callable[[Tensor], Tensor]] = {"relu": torch.relu, "tanh": torch.tanh}
"""Nonlinearities that act on each entry alone, so that they commute with permutations of the entries."""


@dataclass(frozen=True)
class Filters:
    """One convolution: kernel and stride in pixels."""

    kernel: int
    stride: int


@dataclass(frozen=True)
class Convolutions:
    """The convolutions for images; `pooled`: what follows sees the largest values over all positions, else each position."""

    filters: tuple[Filters, ...]
    pooled: bool


IMAGE_CONVOLUTIONS = (
    Convolutions((Filters(7, 2), Filters(5, 1)), pooled=True),
    Convolutions((Filters(12, 6), Filters(5, 1)), pooled=True),
    Convolutions((Filters(8, 4), Filters(5, 2)), pooled=False),
)
"""Two convolutions, the first that tile the image; then one dense layer.

The first are those of van der Pol et al. (2020) for 21×21 pixels. The second, for 48×48, keep the cells of 6 pixels whole
and see the middle six by six of them at once. The third are those of the same paper for Pong, where it matters how high
the ball is.
"""


POSITION_CONVOLUTIONS = tuple(
    Convolutions((Filters(kernel, stride), Filters(3, 1)), pooled=False) for kernel, stride in ((6, 6), (3, 2), (4, 2))
)
"""Two small convolutions for networks that must know where a thing is.

The first are for pictures of cells of 6 pixels; the others tile every image of odd or even size.
"""


def image_convolutions(size: int, choices: Sequence[Convolutions] = IMAGE_CONVOLUTIONS) -> Convolutions:
    """Those for images of so many pixels a side; the first where none tiles them, which then says why not."""
    for convolutions in choices:
        first, second = convolutions.filters
        positions, rest = divmod(size - first.kernel, first.stride)
        if rest == 0 and positions + 1 >= second.kernel and (positions + 1 - second.kernel) % second.stride == 0:
            return convolutions
    return choices[0]


def scaled(observations: Tensor) -> Tensor:
    """Observations as networks read them: bytes of images as numbers in 0 … 1."""
    return observations.float().div_(255) if observations.dtype == torch.uint8 else observations.float()


class Trunk(nn.Module, ABC):
    """Hidden layers; a subclass adds the heads that an algorithm needs.

    Hidden features are copies of one representation that permutes their entries, so that ReLU, and tanh in its place,
    commutes with the group. Weights start as large for either, as those of Stable-Baselines3 do.

    Args:
        symmetry: what acts on observations and on discrete actions.
        channels: copies of the fibre in each hidden layer: two for vectors; for images one for each convolution and one for
            the dense layer.
        rule: which subspace the weights lie in.
        rng: draws the initial weights (and random bases).
        fibre: what one channel carries; None: regular, or a quotient where the group is large (`hidden_features`).

    Attributes:
        fibre: what one channel carries.
        activation: of the hidden layers.
        image_layers: the convolutions that images may have; the first that tile them are taken.
        gathered: whether layers read their weights by orbits in any case (`BasisLinear`).
        parts: sizes of an observation's parts, laid end to end, of which the first choose its frame (`frames`); () for one.

    Raises:
        SympriorError: the number of channels does not fit the kind of observation, or ReLU does not commute with the fibre.
    """

    image_layers: ClassVar[Sequence[Convolutions]] = IMAGE_CONVOLUTIONS
    gathered: ClassVar[bool] = False

    def __init__(
        self,
        symmetry: Symmetry,
        channels: tuple[int, ...],
        rule: BasisRule,
        rng: np.random.Generator,
        fibre: Representation | None = None,
    ) -> None:
        super().__init__()
        group, observation = symmetry.group, symmetry.observation
        self.parts: tuple[int, ...] = ()
        self.fibre = fibre = hidden_features(symmetry) if fibre is None else check_pointwise(fibre)
        self.observation_dims = len(observation.shape)
        self.convolutions = nn.ModuleList()
        # Layers between regular features keep the variance by themselves; and heads start as those of the published runs.
        is_fitted = fibre.size != len(group)
        source, width = observation, 1
        moments = uniform_moments(observation.size, 0) if is_fitted else None
        dense = channels
        if isinstance(observation, ImageTransform):
            convolutions = image_convolutions(observation.shape[1], self.image_layers)
            hidden = len(convolutions.filters) + 1
            if len(channels) != hidden:
                raise SympriorError(f"An image network has {hidden} hidden layers, not {len(channels)}.")
            source, width = observation.fibre, observation.shape[0] // observation.fibre.size
            size, correlation = observation.shape[1], 0.0 if is_fitted else None
            for filters, count in zip(convolutions.filters, channels, strict=False):
                layer = BasisConvolution(
                    source,
                    fibre,
                    observation.planar,
                    width,
                    count,
                    size,
                    filters.kernel,
                    filters.stride,
                    rule,
                    rng,
                    correlation,
                    self.gathered,
                )
                self.convolutions.append(layer)
                source, width, size = fibre, count, layer.output_size
                correlation = RECTIFIED if is_fitted else None
            self._pooled = convolutions.pooled
            if not convolutions.pooled:
                source = ImageTransform(observation.planar, fibre, size)
            moments = uniform_moments(source.size, RECTIFIED) if is_fitted else None
            dense = channels[hidden - 1 :]
        self.dense = nn.ModuleList()
        for count in dense:
            linear = BasisLinear(source, fibre, width, count, rule, rng, moments=moments, gathered=self.gathered)
            self.dense.append(linear)
            source, width, moments = fibre, count, linear.rectified_moments
        self._source, self._width, self._moments = source, width, moments
        self.activation: Activation = "relu"
        self.normaliser: Normaliser | None = None
        self.frame: Frame | None = None
        self.add_heads(symmetry, rule, rng)

    @abstractmethod
    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """Make the layers that read the features (`head`), and whatever else this kind of network has."""

    @staticmethod
    @abstractmethod
    def outputs(symmetry: Symmetry) -> tuple[Output, ...]:
        """What each head says, and how this symmetry's group acts on it."""

    @abstractmethod
    def heads(self, observations: Tensor) -> tuple[Tensor, ...]:
        """What each head says of observations [(seeds,) batch, …], [(seeds,) batch, size]."""

    def look(self, observations: Tensor) -> tuple[Tensor, ...]:
        """What `heads` say; the average over the frame where there is one."""
        return self.heads(observations) if self.frame is None else self.frame(self.heads, observations)

    def averaged_over(self, frame: type[Frame], symmetry: Symmetry) -> Self:
        """This network, made equivariant under a symmetry's group by averaging over frames."""
        self.frame = frame(symmetry, self.outputs(symmetry), self.parts)
        return self.spread_under(symmetry)

    def spread_under(self, symmetry: Symmetry) -> Self:
        """This network, with standard deviations of actions tied as this symmetry asks, where it has any."""
        return self

    def normalise(self, representation: Representation) -> None:
        """Scale observations by running statistics, symmetrised under the group that acts by `representation`.

        Raises:
            SympriorError: observations are images.
        """
        if self.convolutions:
            raise SympriorError("Images are scaled to 0 … 1 already; normalise_observations is for vectors.")
        self.normaliser = Normaliser(representation)

    def head(
        self, target: Representation, rule: BasisRule, rng: np.random.Generator, gain: float, copies: int = 1
    ) -> BasisLinear:
        """A linear layer from the features to so many copies of `target`, [(seeds,) batch, target.size · copies]."""
        return BasisLinear(self._source, target, self._width, copies, rule, rng, gain, self._moments, self.gathered)

    def _each_position(self, x: Tensor) -> Tensor:
        """From [(seeds,) batch, fibre · channel, height, width] to [(seeds,) batch, fibre · height · width · channel]."""
        apart: Tensor = x.unflatten(-3, (self.fibre.size, -1))
        return apart.movedim(-3, -1).flatten(-4)

    def features(self, observations: Tensor) -> Tensor:
        """Features [(seeds,) batch, …] of observations [(seeds,) batch, …]."""
        act = ACTIVATIONS[self.activation]
        x = scaled(observations).to(next(self.parameters()).dtype)
        if self.convolutions:
            for layer in self.convolutions:
                x = act(layer(x))
            x = x.amax(dim=(-2, -1)) if self._pooled else self._each_position(x)
        else:
            x = x.flatten(-self.observation_dims)
            x = x if self.normaliser is None else self.normaliser(x)
        for layer in self.dense:
            x = act(layer(x))
        return x
