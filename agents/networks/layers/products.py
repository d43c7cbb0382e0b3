"""Matrix products of the layers, with an optional leading seed axis, and their gradients.

The lifted product never writes the weights on a basis out. A layer computes y_o = Σ_i Σ_v V_v[o, i] C_v x_i over
input elements i, output elements o and basis vectors v. Written as y_o = Σ_v C_v z_ov with
z_ov = Σ_i V_v[o, i] x_i, the *lifted* features z are all that depends on the basis, and the rest is one matrix
product with the coefficients as they are stored. On a signed permutation's basis a lift is a choice of elements.
For small batches that is a fraction of the memory traffic of expanding the weights.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from symprior.symmetry.symmetrizer import Basis


class Lift(nn.Module):
    """z[o, v] = Σ_i V_v[o, i] x[i], up to the factor `scale`; its tables move with the network.

    Attributes:
        scale: the common magnitude of a basis' entries where all are equal, else 1.
    """

    element: Tensor | None
    sign: Tensor | None
    matrix: Tensor | None

    def __init__(self, basis: Basis) -> None:
        super().__init__()
        self.out_fibre, self.in_fibre, self.rank = basis.output_size, basis.input_size, basis.rank
        entries = basis.vectors.reshape(self.out_fibre, self.in_fibre, self.rank).transpose(0, 2, 1)
        rows = entries.reshape(-1, self.in_fibre)  # [out fibre · rank, in fibre]
        sizes = np.abs(rows[rows != 0])
        chooses = len(rows) > 0 and bool(((rows != 0).sum(axis=1) == 1).all()) and np.ptp(sizes) < 1e-12
        self.scale = float(sizes[0]) if chooses else 1.0
        element = np.abs(rows).argmax(axis=1)
        sign = np.sign(rows[np.arange(len(rows)), element])[:, None]
        self.is_identity = chooses and np.array_equal(element, np.arange(self.in_fibre)) and bool((sign > 0).all())
        tables: dict[str, Any] = {"element": None, "sign": None, "matrix": None}
        if chooses and not self.is_identity:
            tables["element"] = torch.as_tensor(element)
            tables["sign"] = torch.as_tensor(sign, dtype=torch.float32) if (sign < 0).any() else None
        elif not chooses:
            tables["matrix"] = torch.as_tensor(rows, dtype=torch.float32)
        for name, table in tables.items():
            self.register_buffer(name, table, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Features [seeds, batch, in fibre, channels] → [seeds, batch, out fibre · rank, channels]."""
        if self.is_identity:
            return x
        if self.element is None:
            return torch.matmul(self._matrices(), x)
        z = x.index_select(2, self.element)
        return z if self.sign is None else z.mul_(self.sign)

    def transposed(self, z: Tensor) -> Tensor:
        """The transposed map, for gradients; it may overwrite `z`."""
        if self.is_identity:
            return z
        if self.element is None:
            return torch.matmul(self._matrices().mT, z)
        if self.sign is not None:
            z = z.mul_(self.sign)
        x = z.new_zeros((*z.shape[:2], self.in_fibre, z.shape[3]))
        return x.index_add_(2, self.element, z)

    def _matrices(self) -> Tensor:
        """[out fibre · rank, in fibre], or [seeds, 1, …] where each seed has its own basis."""
        assert self.matrix is not None
        return self.matrix if self.matrix.ndim == 2 else self.matrix.unsqueeze(1)


class _LiftedProduct(torch.autograd.Function):
    """bias + scale · lift(x) C for each seed, with its views inside: one node in the graph."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, coefficients: Tensor, bias: Tensor, lift: Lift, bias_scale: float) -> Tensor:
        (seeds, batch, _), fibre = x.shape, lift.out_fibre
        z = lift(x.reshape(seeds, batch, lift.in_fibre, -1)).reshape(seeds, batch * fibre, -1)
        if bias.shape[1] > 1:
            bias = bias.unsqueeze(1).expand(-1, batch, -1, -1).reshape(seeds, batch * fibre, -1)
        ctx.save_for_backward(z, coefficients)
        ctx.lift, ctx.shape, ctx.bias_scale, ctx.bias_fibre = (
            lift,
            x.shape,
            bias_scale,
            fibre if bias.shape[1] > 1 else 1,
        )
        y = torch.baddbmm(bias, z, coefficients.flatten(1, 2), beta=bias_scale, alpha=lift.scale)
        return y.view(seeds, batch, -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        z, coefficients = ctx.saved_tensors
        lift, (seeds, batch, _) = ctx.lift, ctx.shape
        gradient = gradient.reshape(seeds, batch * lift.out_fibre, -1)
        to_x = to_coefficients = to_bias = None
        unused = gradient.new_empty(1)
        if ctx.needs_input_grad[0]:
            to_z = torch.baddbmm(unused, gradient, coefficients.flatten(1, 2).mT, beta=0, alpha=lift.scale)
            to_x = lift.transposed(to_z.view(seeds, batch, lift.out_fibre * lift.rank, -1)).view(ctx.shape)
        if ctx.needs_input_grad[1]:
            to_coefficients = torch.baddbmm(unused, z.mT, gradient, beta=0, alpha=lift.scale).view(coefficients.shape)
        if ctx.needs_input_grad[2]:
            to_bias = gradient.view(seeds, -1, ctx.bias_fibre, gradient.shape[-1]).sum(1)
            to_bias = to_bias if ctx.bias_scale == 1 else to_bias.mul_(ctx.bias_scale)
        return to_x, to_coefficients, to_bias, None, None


def lifted_product(x: Tensor, coefficients: Tensor, bias: Tensor, lift: Lift, bias_scale: float = 1.0) -> Tensor:
    """A layer without its expanded weights.

    Args:
        x: features [seeds, batch, in fibre · in channels].
        coefficients: [seeds, rank, in channels, out channels].
        bias: [seeds, 1 or out fibre, out channels]; one row stands for all elements of the fibre.
        lift: of the weights' basis.
        bias_scale: what the bias is multiplied with.

    Returns:
        Features [seeds, batch, out fibre · out channels].
    """
    return cast(Tensor, _LiftedProduct.apply(x, coefficients, bias, lift, bias_scale))  # type: ignore[no-untyped-call]


class _StackedProduct(torch.autograd.Function):
    """bias + x Wᵀ for each seed; the gradient of a narrow W is taken as gᵀ x, several times faster than (xᵀ g)ᵀ."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return torch.baddbmm(bias.unsqueeze(-2), x, weight.mT)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, ...]:
        x, weight = ctx.saved_tensors
        return torch.bmm(gradient, weight), torch.bmm(gradient.mT, x), gradient.sum(-2)


def product(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Bias + x Wᵀ.

    Args:
        x: [(seeds,) batch, in].
        weight: [(seeds,) out, in].
        bias: [(seeds,) out].
    """
    if weight.ndim == 2:
        return functional.linear(x, weight, bias)
    return cast(Tensor, _StackedProduct.apply(x, weight, bias))  # type: ignore[no-untyped-call]
