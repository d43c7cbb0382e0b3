"""What makes a good code: the part of a latent model's loss in which algorithms differ."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

import torch
from torch import Tensor

from symprior.agents.algorithms.given.latent import LatentSettings
from symprior.agents.networks.heads.latent_model import DecodingModel, LatentModel

S = TypeVar("S", bound=LatentSettings)
M = TypeVar("M", bound=LatentModel)
D = TypeVar("D", bound=DecodingModel)


@dataclass(frozen=True)
class Met(Generic[M]):
    """What a model makes of a minibatch.

    Attributes:
        model: itself.
        observations: each of the minibatch once, [rows, …], as the model reads them.
        shares: which part of what the transitions saw each of these is, [rows].
        features: of each, before the code, [rows, …].
        codes: of each, [rows, code].
        before, after: codes of each transition's two observations, [batch, code].
        others: codes of others that it is compared with, [batch, others, code].
        predicted: the code that the model expects in place of `after`, [batch, code].
        normals: makes standard normal numbers of a tensor's shape.
    """

    model: M
    observations: Tensor
    shares: Tensor
    features: Tensor
    codes: Tensor
    before: Tensor
    after: Tensor
    others: Tensor
    predicted: Tensor
    normals: Callable[[Tensor], Tensor]


class CodeLoss(ABC, Generic[M, S]):
    """What codes are learned by.

    Attributes:
        moves_codes: whether the errors of the action map and the reward move the codes.
    """

    moves_codes: ClassVar[bool] = True

    def others(self, settings: S) -> tuple[int, int]:
        """How many other observations each transition is compared with: of its episode, and of any."""
        return 0, 0

    @abstractmethod
    def __call__(self, met: Met[M], settings: S) -> Tensor:
        """What is minimised beside the error of the reward, []."""


class Reconstruction(CodeLoss[DecodingModel, LatentSettings]):
    """How far what is drawn from a code is from the observation; the action map's error beside it, on codes as they are."""

    moves_codes = False

    def __call__(self, met: Met[DecodingModel], settings: LatentSettings) -> Tensor:
        """The squared error of an observation, summed over its entries, and that of the predicted code."""
        return squared(met.predicted - met.after.detach()) + drawing_error(met, met.codes)


def drawing_error(met: Met[D], codes: Tensor) -> Tensor:
    """The mean squared error of observations drawn from codes [rows, code], summed over an observation's entries."""
    each = (met.model.draw(codes) - met.observations).flatten(1).square().sum(-1)
    return each @ met.shares


def squared(apart: Tensor) -> Tensor:
    """The mean squared length of vectors [batch, …, size]."""
    return apart.square().sum(-1).mean()


def hinge(distances: Tensor, margin: float) -> Tensor:
    """How far distances are under a margin."""
    return torch.relu(margin - distances)
