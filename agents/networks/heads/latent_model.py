"""Latent models for planning: codes of observations, where each action moves them, and what it earns.

Source: van der Pol, Kipf, Oliehoek and Welling, "Plannable Approximations to MDP Homomorphisms: Equivariance under Actions"
(AAMAS 2020). Codes are copies of the hidden features' representation, so that the group acts on them as it does there.
"""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np
from torch import Tensor

from symprior.agents.networks.hidden_features import check_pointwise
from symprior.agents.networks.layers.equivariant import BasisLinear
from symprior.agents.networks.layers.frames import Output
from symprior.agents.networks.trunk import ACTIVATIONS, POSITION_CONVOLUTIONS, Trunk
from symprior.symmetry.representations import (
    Representation,
    SignedPermutation,
    tensor_product,
    trivial_representation,
)
from symprior.symmetry.symmetrizer import BasisRule
from symprior.symmetry.symmetry import Symmetry


class Steps(NamedTuple):
    """What a model says of every action at a code.

    Attributes:
        codes: where it leads, [batch, actions, code].
        rewards: what it earns, [batch, actions].
    """

    codes: Tensor
    rewards: Tensor


class LatentModel(Trunk):
    """An encoder, and on its codes an action map and a reward, all equivariant under a symmetry's group; see `Trunk`.

    Z(g s) = ρ(g) Z(s) with copies of the fibre as ρ; the action map moves a code z to z + A(z, a), with A(ρ(g) z, g a) =
    ρ(g) A(z, a); the reward is R(ρ(g) z, g a) = R(z, a). The two have a hidden layer each, as wide as the encoder's last.

    Attributes:
        latent: how many numbers a code has, as nearly as whole copies of the fibre allow.
        code_size: how many it has.
    """

    image_layers = POSITION_CONVOLUTIONS
    gathered = True
    latent: ClassVar[int] = 50

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """The code, the action map and the reward."""
        fibre, self._actions = check_pointwise(self.fibre), symmetry.action.size
        self._copies = max(1, round(self.latent / fibre.size))
        self.code_size = self._copies * fibre.size
        self.code = self.head(fibre, rule, rng, 1.0, self._copies)
        on_pairs = tensor_product(fibre, _on_actions(symmetry))
        self.before_move = self.on_codes(rule, rng)
        self.move = self.from_hidden(on_pairs, rule, rng, 0.1, self._copies)
        self.before_reward = self.on_codes(rule, rng)
        self.reward = self.from_hidden(symmetry.action, rule, rng, 0.1)

    def on_codes(self, rule: BasisRule, rng: np.random.Generator) -> BasisLinear:
        """A hidden layer that reads codes, as wide as the encoder's last."""
        return BasisLinear(self.fibre, self.fibre, self._copies, self._width, rule, rng, gathered=self.gathered)

    def from_hidden(
        self, target: Representation, rule: BasisRule, rng: np.random.Generator, gain: float, copies: int = 1
    ) -> BasisLinear:
        """A layer from such a hidden one to copies of `target`."""
        return BasisLinear(self.fibre, target, self._width, copies, rule, rng, gain, gathered=self.gathered)

    @staticmethod
    def outputs(symmetry: Symmetry) -> tuple[Output, ...]:
        """A code is acted on by the network's own fibre: there is nothing that a frame could turn back."""
        return ()

    def heads(self, observations: Tensor) -> tuple[Tensor, ...]:
        """Codes [batch, code]."""
        return (self.code(self.features(observations)),)

    def forward(self, observations: Tensor) -> Tensor:
        """Codes [batch, code] of observations [batch, …]."""
        (codes,) = self.look(observations)
        return codes

    def step(self, codes: Tensor) -> Steps:
        """What every action does at codes [batch, code]."""
        act = ACTIVATIONS[self.activation]
        moved: Tensor = self.move(act(self.before_move(codes)))
        apart = moved.unflatten(-1, (self.fibre.size, self._actions, self._copies)).movedim(-2, -3)
        return Steps(codes.unsqueeze(-2) + apart.flatten(-2), self.reward(act(self.before_reward(codes))))

    @property
    def codes_representation(self) -> SignedPermutation:
        """How the group acts on a code, whose entries are [fibre, copy] laid end to end."""
        fibre = check_pointwise(self.fibre)
        return tensor_product(fibre, trivial_representation(fibre.group, self._copies))

    @property
    def in_words(self) -> str:
        """What it is for and its size."""
        return f"a latent model of {self.code_size} numbers and {self._actions} actions"


class DecodingModel(LatentModel):
    """A latent model with a decoder, D(ρ(g) z) = g D(z), of one hidden layer."""

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """Also the decoder."""
        super().add_heads(symmetry, rule, rng)
        self._shape = symmetry.observation.shape
        self.before_drawing = self.on_codes(rule, rng)
        self.drawing = self.from_hidden(symmetry.observation, rule, rng, 1.0)

    def draw(self, codes: Tensor) -> Tensor:
        """Observations [batch, …] of codes [batch, code]; images in 0 … 1."""
        drawn: Tensor = self.drawing(ACTIVATIONS[self.activation](self.before_drawing(codes))).unflatten(
            -1, self._shape
        )
        return drawn


class VariationalModel(DecodingModel):
    """A decoding model whose codes are the means of Gaussians with standard deviations of their own."""

    def add_heads(self, symmetry: Symmetry, rule: BasisRule, rng: np.random.Generator) -> None:
        """Also the logarithm of their variance."""
        super().add_heads(symmetry, rule, rng)
        self.log_variance = self.head(self.fibre, rule, rng, 0.1, self._copies)

    def distribution(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Means and logarithms of variances, each [batch, code]."""
        features = self.features(observations)
        return self.code(features), self.log_variance(features)


def _on_actions(symmetry: Symmetry) -> SignedPermutation:
    """How the group permutes the discrete actions."""
    assert isinstance(symmetry.action, SignedPermutation)
    return symmetry.action


@cache
def latent_model(latent: int, kind: type[LatentModel] = LatentModel) -> type[LatentModel]:
    """The kind of model with codes of so many numbers; one class for each number, so that sizes are matched once."""
    return type(f"{kind.__name__}{latent}", (kind,), {"latent": latent})
