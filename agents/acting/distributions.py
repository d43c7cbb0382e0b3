"""What a policy's network says of the action: a categorical distribution over discrete actions, or a Gaussian over vectors.

Both have the same few methods, so that nothing else asks which kind of action a task has. The gradients are in closed
form: as a graph, so many operations on so small tensors would be a sixth of an update's time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from math import log, pi
from typing import TypeVar, overload

import torch
from torch import Tensor

from symprior.symmetry.arrays import Array, NumpyArray
from symprior.symmetry.symmetry import Symmetry

Numbers = TypeVar("Numbers", Tensor, NumpyArray)
"""Numbers of torch in, numbers of torch out; and so with numpy."""


class Distribution(ABC):
    """Distributions over actions, one for each row of a network's outputs.

    Args:
        outputs: of the policy's head, [(seeds,) batch, outputs]; what follows from them is numbers without a graph.
    """

    def __init__(self, outputs: Tensor) -> None:
        self.outputs = outputs

    @staticmethod
    @abstractmethod
    def draws(symmetry: Symmetry) -> int:
        """Uniform random numbers that one action takes."""

    @abstractmethod
    def sample(self, uniforms: Tensor) -> Tensor:
        """An action for each row, [(seeds,) batch, *action shape], from uniforms [(seeds,) batch, draws]."""

    @abstractmethod
    def log_probability(self, actions: Tensor) -> Tensor:
        """Log π(a | s) of actions [(seeds,) batch, *action shape], [(seeds,) batch]."""

    @abstractmethod
    def entropy(self) -> Tensor:
        """The entropy of each row, [(seeds,) batch]."""

    @abstractmethod
    def gradient(self, actions: Tensor, pull: Tensor, entropy_weight: Tensor) -> Tensor:
        """∂ (pull · log π(a) − entropy_weight · entropy) / ∂ outputs, of their shape.

        Args:
            actions: [(seeds,) batch, *action shape].
            pull: [(seeds,) batch].
            entropy_weight: [(seeds,) 1].
        """

    @abstractmethod
    def for_stable_baselines3(self) -> dict[str, Tensor]:
        """The outputs under the names that Stable-Baselines3's distribution of this kind gives them, with their graph."""


class Categorical(Distribution):
    """Over discrete actions; the outputs are logits [(seeds,) batch, actions]."""

    @staticmethod
    def draws(symmetry: Symmetry) -> int:
        """One."""
        return 1

    @cached_property
    def _log_policy(self) -> Tensor:
        return self.outputs.detach().log_softmax(-1)

    def sample(self, uniforms: Tensor) -> Tensor:
        """The first action whose cumulative probability reaches the uniform number."""
        cumulative = self._log_policy.exp().cumsum(-1)[..., :-1]
        actions: Tensor = (cumulative < uniforms).sum(-1)
        return actions

    def log_probability(self, actions: Tensor) -> Tensor:
        """Log π(a), [(seeds,) batch]."""
        return self._log_policy.gather(-1, actions.unsqueeze(-1)).squeeze(-1)

    def entropy(self) -> Tensor:
        """−Σ π log π, [(seeds,) batch]."""
        return -(self._log_policy.exp() * self._log_policy).sum(-1)

    def gradient(self, actions: Tensor, pull: Tensor, entropy_weight: Tensor) -> Tensor:
        """∂ Σ π log π / ∂ logits = π log π − π Σ π log π, and ∂ log π(a) / ∂ logits = 1_a − π."""
        log_policy, pull = self._log_policy, pull.unsqueeze(-1)
        policy = log_policy.exp()
        weighted = policy * log_policy
        to_logits = weighted - policy * weighted.sum(-1, keepdim=True)
        to_logits *= entropy_weight.unsqueeze(-1)
        to_logits -= pull * policy
        return to_logits.scatter_add_(-1, actions.unsqueeze(-1), pull)

    def for_stable_baselines3(self) -> dict[str, Tensor]:
        """Logits."""
        return {"action_logits": self.outputs}


class DiagonalGaussian(Distribution):
    """Over action vectors [size]; the outputs are means and logarithms of standard deviations, [(seeds,) batch, 2 · size].

    Actions are not clipped: whoever steps an environment clips them to its `Box`, and the log-probability stays that of
    the action that was drawn, as in Stable-Baselines3.
    """

    @staticmethod
    def draws(symmetry: Symmetry) -> int:
        """One for each entry."""
        return symmetry.action.size

    @property
    def means(self) -> Tensor:
        """[(seeds,) batch, size], with their graph."""
        return self.outputs.chunk(2, -1)[0]

    @property
    def log_stds(self) -> Tensor:
        """[(seeds,) batch, size], with their graph."""
        return self.outputs.chunk(2, -1)[1]

    def sample(self, uniforms: Tensor) -> Tensor:
        """μ + σ Φ⁻¹(u)."""
        normals = standard_normals(uniforms).to(self.outputs.dtype)
        actions: Tensor = self.means.detach() + self.log_stds.detach().exp() * normals
        return actions

    def log_probability(self, actions: Tensor) -> Tensor:
        """−½ Σ z² − Σ log σ − size/2 · log 2π with z = (a − μ)/σ, [(seeds,) batch]."""
        each = -0.5 * self._standardised(actions).square() - self.log_stds.detach() - 0.5 * log(2 * pi)
        return each.sum(-1)

    def entropy(self) -> Tensor:
        """Σ log σ + size/2 · (1 + log 2π), [(seeds,) batch]."""
        return (self.log_stds.detach() + 0.5 * (1 + log(2 * pi))).sum(-1)

    def gradient(self, actions: Tensor, pull: Tensor, entropy_weight: Tensor) -> Tensor:
        """∂ log π / ∂ μ = z/σ, ∂ log π / ∂ log σ = z² − 1, and ∂ entropy / ∂ log σ = 1."""
        z, pull = self._standardised(actions), pull.unsqueeze(-1)
        to_means = pull * z * (-self.log_stds.detach()).exp()
        to_log_stds = pull * (z.square() - 1) - entropy_weight.unsqueeze(-1)
        return torch.cat([to_means, to_log_stds], -1)

    def _standardised(self, actions: Tensor) -> Tensor:
        return (actions - self.means.detach()) * (-self.log_stds.detach()).exp()

    def for_stable_baselines3(self) -> dict[str, Tensor]:
        """Means and logarithms of standard deviations."""
        return {"mean_actions": self.means, "log_std": self.log_stds}


def distribution_of(symmetry: Symmetry) -> type[Distribution]:
    """The kind of policy for the actions that a symmetry acts on."""
    return Categorical if symmetry.discrete else DiagonalGaussian


def standard_normals(uniforms: Numbers) -> Numbers:
    """Φ⁻¹ of uniforms on [0, 1), numpy or torch, in double precision; the same numbers for both.

    The smallest uniform number is 0, where Φ⁻¹ is infinite: it is taken for half the smallest positive one.
    """
    return as_given(uniforms, torch.special.ndtri(torch.as_tensor(uniforms).double().clamp(min=2.0**-54)))


@overload
def as_given(given: Numbers, found: Tensor) -> Numbers: ...
@overload
def as_given(given: Array, found: Tensor) -> Array: ...
def as_given(given: Array, found: Tensor) -> Array:
    """What was found: of torch where what was given is, of numpy where that is."""
    return found if isinstance(given, Tensor) else found.cpu().numpy()
