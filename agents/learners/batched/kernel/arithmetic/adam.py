"""Adam on one seed's parameters, its gradient clipped before."""

from __future__ import annotations

import numpy as np

from symprior.agents.learners.batched.kernel.arithmetic.compiled import inlined
from symprior.agents.learners.batched.kernel.arithmetic.products import sum_of_squares
from symprior.agents.learners.batched.kernel.arithmetic.tables import Floats

BETA_1, BETA_2 = 0.9, 0.999
"""As torch's defaults."""

TINY = np.float32(1e-30)
"""Moments under this are 0: those of dead units would fade for ever, and numbers under 1e-38 take a processor long."""


@inlined
def adam_step(parameters: Floats, moments: Floats, gradient: Floats, largest: float, rate: float, epsilon: float,
              decay_1: float, decay_2: float, sums: Floats) -> None:  # fmt: skip
    """One step (Kingma and Ba, 2015), as `clip_grad_norm_` and `torch.optim.Adam` take it.

    Parameters and the moments of the gradient and of its square, [2, parameters], change in place. The gradient is clipped
    to a norm of `largest`; the decays are β₁ᵗ and β₂ᵗ, and `sums` is room for `SUMS`.
    """
    shrunk = np.float32(min(largest / (np.sqrt(sum_of_squares(gradient, sums)) + 1e-6), 1.0))
    step, scale = np.float32(rate / (1.0 - decay_1)), np.float32(1.0 / np.sqrt(1.0 - decay_2))
    new_1, new_2 = np.float32(1.0 - BETA_1), np.float32(1.0 - BETA_2)
    kept_2, eps = np.float32(BETA_2), np.float32(epsilon)
    first, second = moments[0], moments[1]
    for i in range(len(parameters)):
        g = gradient[i] * shrunk
        m = first[i] + (g - first[i]) * new_1
        v = second[i] * kept_2 + g * g * new_2
        m = np.float32(0) if abs(m) < TINY else m  # what is no number stays none
        v = np.float32(0) if v < TINY else v
        first[i], second[i] = m, v
        parameters[i] -= step * (m / (np.sqrt(v) * scale + eps))
