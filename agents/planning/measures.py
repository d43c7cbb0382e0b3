"""What a latent model is worth, apart from plans: the error of its diagram, and how many directions its codes use."""

from __future__ import annotations

import torch
from torch import Tensor

COLLAPSED = 1e-12
"""Codes whose mean squared distance is less than this part of their squared length are one."""


def diagram_error(predicted: Tensor, after: Tensor) -> float | None:
    """How far T(Z(s), a) is from Z(s'): the mean squared distance, over that of two independent Z(s').

    0 where the diagram of step and encoder commutes, 1 where the model knows no better than to guess. None where all codes
    are one, with which it would commute for nothing.

    Args:
        predicted: what the model expects, [transitions, code].
        after: codes of where the transitions led, [transitions, code].
    """
    apart = 2 * (after - after.mean(0)).square().sum(-1).mean()
    if apart <= COLLAPSED * after.square().sum(-1).mean():
        return None
    return float((predicted - after).square().sum(-1).mean() / apart)


def effective_rank(codes: Tensor) -> float:
    """Exp of the entropy of the covariance's normalised eigenvalues; 1 where all codes lie on a line, or are one.

    Source: Roy and Vetterli, "The effective rank: a measure of effective dimensionality" (EUSIPCO 2007), on variances.

    Args:
        codes: [observations, code].
    """
    variances = torch.linalg.svdvals((codes - codes.mean(0)).double()).square()
    if variances.sum() <= COLLAPSED * codes.double().square().sum():
        return 1.0
    return float(torch.special.entr(variances / variances.sum()).sum().exp())
