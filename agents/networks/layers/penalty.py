"""A penalty on coefficients that needs no learner's help: it is part of their gradient wherever they are used."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class _HeldBack(torch.autograd.Function):
    """The coefficients as they are; their gradient grows by that of Σ λ c², whatever follows from them."""

    @staticmethod
    def forward(ctx: Any, coefficients: Tensor, penalties: Tensor) -> Tensor:
        ctx.save_for_backward(coefficients, penalties)
        return coefficients.view_as(coefficients)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        coefficients, penalties = ctx.saved_tensors
        return torch.addcmul(gradient, coefficients, penalties, value=2), None


def held_back(coefficients: Tensor, penalties: Tensor) -> Tensor:
    """The coefficients, with the loss Σ λ c² of each seed added to whatever is minimised through them.

    It has weight 1 if they are used once in an update. With other gradients it is clipped.

    Args:
        coefficients: [(seeds,) rank, in channels, out channels].
        penalties: λ for each vector of the basis, [(seeds,) rank, 1, 1].
    """
    return cast(Tensor, _HeldBack.apply(coefficients, penalties))  # type: ignore[no-untyped-call]
