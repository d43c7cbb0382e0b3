"""How spread a Gaussian policy is: standard deviations that do not depend on the observation, constant on orbits."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from symprior.agents.networks.layers.blocks import tied_entries
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import TOLERANCE, Representation


class StandardDeviation(nn.Module):
    """One trainable log σ for each orbit of action entries under |ρ|; under the trivial group one for each entry.

    With a state-independent diagonal covariance Σ, the policy is equivariant when ρ(g) Σ ρ(g)ᵀ = Σ for all g. For
    orthogonal ρ that means σ_i = σ_j wherever some ρ(g) mixes the entries i and j; so a general matrix representation has
    one log σ for each of its blocks of entries.

    Args:
        action: what acts on the action vector.

    Raises:
        SympriorError: ρ is not orthogonal: no diagonal covariance would be left as it is.
    """

    orbit: Tensor

    def __init__(self, action: Representation) -> None:
        super().__init__()
        orbit = tied_entries(action)
        matrices = np.stack([action.matrix(g) for g in range(len(action.group))])
        if not np.allclose(matrices @ matrices.transpose(0, 2, 1), np.eye(action.size), atol=TOLERANCE):
            raise SympriorError(
                f"{action.group.name} acts on the actions by matrices that are not orthogonal, so that a Gaussian policy "
                f"cannot be equivariant. Scale the entries of the action so that the group keeps lengths."
            )
        self.log_std = nn.Parameter(torch.zeros(int(orbit.max()) + 1))
        self.register_buffer("orbit", torch.as_tensor(orbit))

    def start_at(self, log_std: float) -> None:
        """Set every log σ to this number."""
        nn.init.constant_(self.log_std, log_std)

    def forward(self, means: Tensor) -> Tensor:
        """Means [(seeds,) batch, size] → means and log σ side by side, [(seeds,) batch, 2 · size]."""
        each = self.log_std.index_select(-1, self.orbit).unsqueeze(-2)
        return torch.cat([means, each.expand_as(means)], -1)
