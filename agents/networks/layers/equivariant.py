"""Layers whose weights lie in a given subspace; every layer takes an optional leading seed axis.

Features are [batch, fibre, channel] flattened to [batch, fibre · channel]: a fibre carries a representation, channels are
copies of it. A layer's weight is Σ_v c_v V_v over basis vectors V_v (`symmetrizer.Basis`) with one trainable c_v for each
pair of channels. The plain network is the case of the trivial group: fibres of size 1 and a complete basis. Weights are
expanded at each call: Stable-Baselines3 updates target networks in place, behind a cache's back. Only where somebody says
for how long nothing is updated are they kept (`keep_weights`).

After `stack`, parameters are [seeds, …], inputs [seeds, batch, …], and each seed has its own weights.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from symprior.agents.networks.layers.initialisation import Moments, fitted_factors, rectified_moments, uniform_moments
from symprior.agents.networks.layers.penalty import held_back
from symprior.agents.networks.layers.products import Lift, lifted_product, product
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import (
    ImageTransform,
    Representation,
    SignedPermutation,
    tensor_product,
    trivial_representation,
)
from symprior.symmetry.symmetrizer import Basis, BasisRule, OrbitBasis

GATHERED_FROM = 16
"""Fibres of this size on read their weights by orbits; smaller ones multiply with the basis, as the published runs did.

A layer that is told so (`gathered`) reads them by orbits in any case, which is quicker where the basis is large.
"""

LARGEST_LIFT = 8
"""Up to so many times a layer's inputs its lifted features may take; beyond it writing the weights out is faster."""


class BasisWeight(nn.Module):
    """A trainable element of a basis' span for each pair of channels; expands to [out fibre · out, in size · in].

    Args:
        basis: matrices from the input fibre (times kernel positions) to the output fibre.
        positions: kernel positions; 1 for a linear layer.
        in_channels, out_channels: multiplicities of the fibres.
        scale: the root mean square of the expanded entries at the start.
        factors: what each coefficient's deviation is multiplied with, [rank]; None: all are of one size.
        gathered: whether weights are read by orbits, where the basis has them, however small the fibre is.

    Attributes:
        blocks: out fibre, in fibre, positions, out channels, in channels.
    """

    vectors: Tensor | None
    penalties: Tensor | None
    orbit: Tensor
    weight: Tensor

    def __init__(
        self,
        basis: Basis,
        positions: int,
        in_channels: int,
        out_channels: int,
        scale: float,
        rng: np.random.Generator,
        factors: NDArray[np.float64] | None = None,
        gathered: bool = False,
    ) -> None:
        super().__init__()
        entries = basis.output_size * basis.input_size
        out_fibre, in_fibre = basis.output_size, basis.input_size // positions
        spread = scale * basis.deviations
        drawn = rng.standard_normal((basis.rank, out_channels, in_channels)) * spread
        if factors is not None:
            drawn *= factors[:, None, None]
        self.coefficients = nn.Parameter(
            torch.as_tensor(basis.start(drawn), dtype=torch.float32).transpose(1, 2).contiguous()
        )
        complete = basis.rank == entries and np.array_equal(basis.vectors, np.eye(entries))
        reads = out_fibre >= GATHERED_FROM or (gathered and not complete)
        self._by_orbits = isinstance(basis, OrbitBasis) and reads and basis.rank > 0
        if self._by_orbits:
            assert isinstance(basis, OrbitBasis)
            self.register_buffer("orbit", torch.as_tensor(basis.orbit.clip(min=0)))  # where −1 stood the weight is 0
            self.register_buffer("weight", torch.as_tensor(basis.weight[:, None], dtype=torch.float32))
        dense = None if complete or self._by_orbits else torch.as_tensor(basis.vectors, dtype=torch.float32)
        self.register_buffer("vectors", dense)
        penalties = None if basis.penalties is None else torch.as_tensor(basis.penalties, dtype=torch.float32)
        self.register_buffer("penalties", None if penalties is None else penalties.view(-1, 1, 1))
        flat = basis.rank == 1 and bool((basis.vectors == basis.vectors[0, 0]).all())
        self._constant = float(basis.vectors[0, 0]) if flat else None
        self._rows, self._columns = out_fibre * out_channels, in_fibre * in_channels
        self.blocks = (out_fibre, in_fibre, positions, out_channels, in_channels)
        self._kept: dict[str, tuple[int, Tensor]] | None = None

    def keep(self, kept: bool) -> None:
        """Do what `keep_weights` says."""
        self._kept = (self._kept or {}) if kept else None

    def forget(self) -> None:
        """Expand anew, whether or not the coefficients' change can be noticed."""
        if self._kept:
            self._kept.clear()

    def _once(self, name: str, expand: Callable[[], Tensor]) -> Tensor:
        """What `expand` makes of the coefficients; what it made before, where that is kept and they were not changed."""
        if self._kept is None or torch.is_grad_enabled():
            return expand()
        version, (known, expanded) = self.coefficients._version, self._kept.get(name, (-1, self.coefficients))
        if known != version:
            expanded = expand()
            self._kept[name] = version, expanded
        return expanded

    def _entries(self) -> Tensor:
        """Σ_v c_v V_v, [(seeds,) out fibre · in fibre · positions, in channel · out channel]."""
        held = self.coefficients if self.penalties is None else held_back(self.coefficients, self.penalties)
        coefficients = held.flatten(-2)
        if self._by_orbits:
            return coefficients.index_select(-2, self.orbit).mul_(self.weight)
        return coefficients if self.vectors is None else self.vectors @ coefficients

    def bias(self) -> Tensor:
        """The expanded vector, [(seeds,) out fibre · out channel]; for an input of size 1."""
        return self._once("bias", lambda: self._entries().flatten(-2))

    def rows(self) -> tuple[Tensor, float]:
        """The expanded vector, [(seeds,) out fibre, out channel], or one row and its factor where all are equal."""
        if self._constant is None:
            return self._once("rows", self._entries), 1.0
        return self.coefficients.squeeze(-2), self._constant

    def matrix(self) -> Tensor:
        """The expanded matrix, [(seeds,) out fibre · out channel, in fibre · in channel]."""
        return self._once("matrix", self._matrix)

    def _matrix(self) -> Tensor:
        out_fibre, in_fibre, _, out_channels, in_channels = self.blocks
        leading = self.coefficients.shape[:-3]
        blocks = self._entries().view(*leading, out_fibre, in_fibre, in_channels, out_channels)
        return blocks.movedim(-1, -3).reshape(*leading, self._rows, self._columns)

    def filters(self, kernel: int) -> Tensor:
        """The expanded filters, [(seeds,) out fibre · out channel, in fibre · in channel, kernel, kernel]."""
        return self._once("filters", lambda: self._filters(kernel))

    def _filters(self, kernel: int) -> Tensor:
        leading = self.coefficients.shape[:-3]
        out_fibre, in_fibre, positions, out_channels, in_channels = self.blocks
        blocks = self._entries().view(*leading, out_fibre, in_fibre, positions, in_channels, out_channels)
        blocks = blocks.movedim((-1, -2), (-4, -2))
        return blocks.reshape(*leading, self._rows, self._columns, kernel, kernel)


class BasisLinear(nn.Module):
    """A linear layer from fibres of `source` to fibres of `target` on the subspace that `rule` gives.

    Input [(seeds,) batch, source.size · in_channels], output [(seeds,) batch, target.size · out_channels].

    Args:
        source, target: what a channel carries.
        in_channels, out_channels: how many there are.
        rule: the subspace.
        rng: draws the coefficients.
        gain: outputs are so many times as large as inputs.
        moments: of the input, to which coefficients are fitted (`initialisation`); None: all are of one size.
        gathered: whether weights are read by orbits.

    Attributes:
        rectified_moments: of the output behind a ReLU, where `moments` are known.
    """

    def __init__(
        self,
        source: Representation,
        target: Representation,
        in_channels: int,
        out_channels: int,
        rule: BasisRule,
        rng: np.random.Generator,
        gain: float = 2.0**0.5,
        moments: Moments | None = None,
        gathered: bool = False,
    ) -> None:
        super().__init__()
        scale = gain / np.sqrt(source.size * in_channels)
        basis = rule(source, target, rng)
        factors = np.ones(basis.rank) if moments is None else fitted_factors(basis, moments)
        self.weight = BasisWeight(basis, 1, in_channels, out_channels, scale, rng, factors, gathered)
        self.bias = BasisWeight(rule(trivial_representation(source.group), target, rng), 1, 1, out_channels, 0.0, rng)
        # A narrow layer is cheap to expand; a complete basis, and a large group's, lifts to many times as many features.
        is_small = basis.output_size * basis.rank <= LARGEST_LIFT * basis.input_size
        self.lift = Lift(basis) if out_channels > 1 and is_small and basis.penalties is None else None
        self.rectified_moments = None if moments is None else rectified_moments(basis, factors, moments)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer."""
        # A stack saves memory traffic by lifting; a single network is faster with its weights written out.
        if self.lift is not None and self.weight.coefficients.ndim == 4:
            rows, scale = self.bias.rows()
            return lifted_product(x, self.weight.coefficients, rows, self.lift, scale)
        return product(x, self.weight.matrix(), self.bias.bias())


def side_by_side(first: BasisLinear, second: BasisLinear, x: Tensor) -> tuple[Tensor, Tensor]:
    """Two narrow layers' outputs by one product: x [(seeds,) batch, …] → [(seeds,) batch, …] twice."""
    matrices, vectors = (first.weight.matrix(), second.weight.matrix()), (first.bias.bias(), second.bias.bias())
    both = product(x, torch.cat(matrices, -2), torch.cat(vectors, -1))
    outputs: list[Tensor] = list(both.split([vector.shape[-1] for vector in vectors], dim=-1))
    return outputs[0], outputs[1]


class BasisConvolution(nn.Module):
    """A convolution of square images whose filters lie on the subspace that `rule` gives for patches.

    The group turns a patch's pixels by `planar` and its fibre by `source`. Input [(seeds,) batch, source.size ·
    in_channels, size, size]. `correlation` of two inputs is what coefficients are fitted to; None: all are of one size.
    `gathered` is as of `BasisLinear`.

    Raises:
        SympriorError: the stride leaves out pixels on one side only, which would break the symmetry.
    """

    def __init__(
        self,
        source: SignedPermutation,
        target: SignedPermutation,
        planar: SignedPermutation,
        in_channels: int,
        out_channels: int,
        size: int,
        kernel: int,
        stride: int,
        rule: BasisRule,
        rng: np.random.Generator,
        correlation: float | None = None,
        gathered: bool = False,
    ) -> None:
        super().__init__()
        if size < kernel or (size - kernel) % stride:
            raise SympriorError(
                f"A {kernel}×{kernel} filter with stride {stride} does not tile an image of {size}×{size} pixels: "
                f"size − kernel must be a multiple of the stride, or a rotation moves the image off the filter's grid."
            )
        self.kernel, self.stride = kernel, stride
        self.output_size = (size - kernel) // stride + 1
        patch = tensor_product(source, ImageTransform(planar, 1, kernel))
        scale = np.sqrt(2 / (source.size * in_channels * kernel * kernel))
        basis = rule(patch, target, rng)
        known = None if correlation is None else uniform_moments(patch.size, correlation)
        factors = None if known is None else fitted_factors(basis, known)
        self.weight = BasisWeight(basis, kernel * kernel, in_channels, out_channels, scale, rng, factors, gathered)
        self.bias = BasisWeight(rule(trivial_representation(source.group), target, rng), 1, 1, out_channels, 0.0, rng)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the convolution.

        With a seed axis: on a GPU one grouped convolution; on a CPU one by one, which is as fast, while the grouped
        kernel's round-off depends on the number of seeds.
        """
        weight, bias = self.weight.filters(self.kernel), self.bias.bias()
        if weight.ndim == 4:
            return functional.conv2d(x, weight, bias, self.stride)
        return (grouped_convolutions if x.is_cuda else separate_convolutions)(x, weight, bias, self.stride)


def separate_convolutions(x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    """Images [seeds, batch, channels, height, width] under filters [seeds, …] and biases [seeds, …], one seed by one."""
    each = zip(x.unbind(), weight.unbind(), bias.unbind(), strict=True)
    return torch.stack([functional.conv2d(*parts, stride) for parts in each])


def grouped_convolutions(x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    """The same as one convolution with a group of channels for each seed."""
    grouped = x.transpose(0, 1).flatten(1, 2)
    y = functional.conv2d(grouped, weight.flatten(0, 1), bias.flatten(), stride, groups=len(weight))
    return y.view(len(y), len(weight), -1, *y.shape[2:]).transpose(0, 1)


def basis_weights(network: nn.Module) -> list[BasisWeight]:
    """All that a network expands."""
    return [module for module in network.modules() if isinstance(module, BasisWeight)]


def keep_weights(network: nn.Module, kept: bool) -> None:
    """Whether passes without gradients share what they expand, from now on: while a policy acts and nobody updates it.

    A change of the coefficients is noticed if it is made in place, by an optimizer on them or by `load_state_dict`; one
    through `.data` or another view is not. Whoever makes such changes says so (`BasisWeight.forget`), or keeps weights
    only from the first step of a rollout to its last.
    """
    for weight in basis_weights(network):
        weight.keep(kept)


def stack(modules: Sequence[nn.Module]) -> nn.Module:
    """One module that computes all the given ones at once: parameters get a leading seed axis.

    Buffers that differ between the modules (a random basis a seed), or will (`of_a_seed`), are stacked, others are shared.
    """
    stacked = copy.deepcopy(modules[0])
    for path, owner in stacked.named_modules():
        twins = [module.get_submodule(path) for module in modules]
        for name in list(owner._parameters):
            parameters = [twin.get_parameter(name).detach() for twin in twins]
            setattr(owner, name, nn.Parameter(torch.stack(parameters)))
        for name in [name for name, buffer in owner._buffers.items() if buffer is not None]:
            buffers = [twin.get_buffer(name) for twin in twins]
            will_differ = name in getattr(owner, "of_a_seed", ())
            if will_differ or any(not torch.equal(buffers[0], other) for other in buffers[1:]):
                setattr(owner, name, torch.stack(buffers))
    return stacked
