"""Equivariant layers for one's own torch code, each of which can show that it is equivariant."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from symprior.agents.networks.layers.equivariant import BasisConvolution, BasisLinear
from symprior.agents.networks.orbits import Action
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import ImageTransform, Representation, SignedPermutation
from symprior.symmetry.symmetrizer import equivariant_basis

ROUND_OFF = 1e-4
"""Of single precision, relative to the largest output, over the widest layers in use."""
SAMPLES = 16


class EquivariantLinear(BasisLinear):
    """A linear layer with W ρ(g) = σ(g) W: every such weight can be learned, and no other.

    Input [batch, source.size · in_channels], output [batch, target.size · out_channels]. Features are [fibre, channel] laid
    end to end: entry i of channel c stands at i · channels + c. Weights are drawn from torch's generator.

    Args:
        source, target: how the group acts on a channel of the input and of the output.
        in_channels, out_channels: copies of them.
    """

    def __init__(
        self, source: Representation, target: Representation, in_channels: int = 1, out_channels: int = 1
    ) -> None:
        _check_group(source, target)
        super().__init__(source, target, in_channels, out_channels, equivariant_basis, seeded_by_torch())
        self._source, self._target = source, target
        self._channels = in_channels, out_channels

    def check_equivariance(self, tolerance: float = ROUND_OFF) -> float:
        """The largest difference of f(ρ(g) x) from σ(g) f(x) over random x and all g, relative to the largest output.

        Raises:
            SympriorError: it is over the tolerance.
        """
        device = self.weight.coefficients.device
        x = torch.randn(SAMPLES, self._source.size * self._channels[0], device=device)
        return _checked(self, x, self._source, self._target, self._channels, tolerance)


class EquivariantConv2d(BasisConvolution):
    """A convolution of square images that commutes with turns of the plane and what goes with them in each pixel.

    Input [batch, source.size · in_channels, size, size], output [batch, target.size · out_channels, output_size,
    output_size]; features of a pixel are laid out as in `EquivariantLinear`. Weights are drawn from torch's generator.

    Args:
        source, target: how the group acts on a channel of a pixel, of input and output.
        planar: how it acts on the plane, as `rotations_of_the_plane` gives it.
        in_channels, out_channels: copies.
        size: pixels a side.
        kernel_size, stride: in pixels; they must tile the image.

    Raises:
        SympriorError: they do not tile it, or the representations are of several groups.
    """

    def __init__(
        self,
        source: SignedPermutation,
        target: SignedPermutation,
        planar: SignedPermutation,
        in_channels: int,
        out_channels: int,
        size: int,
        kernel_size: int,
        stride: int = 1,
    ) -> None:
        _check_group(source, target, planar)
        super().__init__(
            source,
            target,
            planar,
            in_channels,
            out_channels,
            size,
            kernel_size,
            stride,
            equivariant_basis,
            seeded_by_torch(),
        )
        self._source, self._target = source, target
        self._planar, self._size, self._channels = planar, size, (in_channels, out_channels)

    def check_equivariance(self, tolerance: float = ROUND_OFF) -> float:
        """The largest difference of f(ρ(g) x) from σ(g) f(x) over random x and all g, relative to the largest output.

        Raises:
            SympriorError: it is over the tolerance.
        """
        device = self.weight.coefficients.device
        before = ImageTransform(self._planar, self._source, self._size)
        after = ImageTransform(self._planar, self._target, self.output_size)
        x = torch.randn(SAMPLES, self._source.size * self._channels[0], self._size, self._size, device=device)
        return _checked(self, x, before, after, self._channels, tolerance)


def _images(representation: Representation, channels: int, x: Tensor) -> Tensor:
    """Features [batch, fibre · channel, …] under all elements, [|G|, batch, fibre · channel, …]."""
    apart = x.unflatten(1, (-1, channels)).transpose(1, 2)  # [batch, channel, fibre, …]
    images: Tensor = Action(representation, x.device)(apart)
    return images.transpose(2, 3).flatten(2, 3)


@torch.no_grad()
def _checked(
    layer: nn.Module,
    x: Tensor,
    before: Representation,
    after: Representation,
    channels: tuple[int, int],
    tolerance: float,
) -> float:
    """The largest difference at x over all elements, relative to the largest output.

    Raises:
        SympriorError: it is over the tolerance.
    """
    said, (inputs, outputs) = layer(x), channels
    pairs = zip(_images(before, inputs, x), _images(after, outputs, said), strict=True)
    apart = [(layer(image) - image_of_said).abs().max() for image, image_of_said in pairs]
    found = float(torch.stack(apart).max() / said.abs().max())
    if not found <= tolerance:
        raise SympriorError(
            f"{type(layer).__name__} is not equivariant: outputs differ from their images by {found:.2g} of the largest, "
            f"over the tolerance of {tolerance:.2g}."
        )
    return found


def _check_group(*representations: Representation) -> None:
    groups = [each.group for each in representations]
    if any(group != groups[0] for group in groups):
        raise SympriorError(
            f"The representations of a layer are of one group, not of {', '.join(g.name for g in groups)}."
        )


def seeded_by_torch() -> np.random.Generator:
    """A generator whose seed is drawn from torch's."""
    return np.random.default_rng(int(torch.randint(2**62, ())))
