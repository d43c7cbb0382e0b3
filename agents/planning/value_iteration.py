"""Value iteration towards many goals at once, on transition probabilities that all of them share."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import torch
from torch import Tensor

NEGLIGIBLE = 1e-9
"""Probabilities under this are taken for 0."""
SPARSE_UNDER = 0.1
"""Where less than this part of the probabilities is left, the others are not multiplied with."""


@dataclass(frozen=True)
class Arrivals:
    """How goals are reached.

    Attributes:
        at: how far each state is the goal, from 0 to 1, [states, goals].
        beside: the probability that an action leads to a goal that is none of the states, [actions · states, goals].
    """

    at: Tensor
    beside: Tensor


def shared(probabilities: Tensor) -> Tensor:
    """Transition probabilities [actions · states, states] as they are multiplied with quickest, without negligible ones.

    They are in single precision: a sweep takes the time that reading them takes.
    """
    kept = torch.where(probabilities < NEGLIGIBLE, 0.0, probabilities).float()
    if kept.device.type != "cpu" or int(kept.count_nonzero()) > SPARSE_UNDER * kept.numel():
        return kept
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support")
        return kept.to_sparse_csr()


def iterate_values(probabilities: Tensor, arrivals: Arrivals, gamma: float, sweeps: int) -> Tensor:
    """What each state is worth as the next one, [states, goals]: 1 at the goal, which ends the way, else γ times its value.

    A state's value is V(s) = max_a Σ_s' P(s' | s, a) (1 if s' is the goal, else γ V(s')): γ to the power of the steps before
    the last one. Sweeps over all states end early where one changes nothing.

    Args:
        probabilities: of the next state, [actions · states, states], from `shared`.
        arrivals: how each goal is reached.
        gamma: the discount.
        sweeps: at most so many.
    """
    states = probabilities.shape[1]
    to_goal, beside = arrivals.at.float(), arrivals.beside.float()
    elsewhere, inside = gamma * (1 - to_goal), 1 - beside
    worth = to_goal
    for _ in range(sweeps):
        values = torch.addcmul(beside, inside, probabilities @ worth).unflatten(0, (-1, states)).amax(0)
        following = torch.addcmul(to_goal, elsewhere, values)
        if torch.equal(following, worth):
            break
        worth = following
    return worth
