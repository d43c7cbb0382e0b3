"""What an agent says of its policy at the frozen states, checked before its equivariance error is measured."""

from __future__ import annotations

import numpy as np

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.finite import in_short

PROBABILITIES = "action_probabilities"
TOLERANCE = 1e-3
"""By how much a row of probabilities may miss 1."""


def checked(given: object, method: str, agent: str, rows: int, size: int) -> NumpyArray:
    """One row of numbers for each observation, [rows, size]; probabilities where these were asked for.

    Args:
        given: what the method gave.
        method: which one.
        agent: whose, for the message.
        rows: how many observations there were.
        size: actions, or entries of an action vector.

    Raises:
        SympriorError: it is something else. Numbers that are not finite pass: a run that diverged has no error.
    """
    outputs = np.asarray(given)
    if outputs.shape != (rows, size) or outputs.dtype.kind not in "biuf":
        raise SympriorError(
            f"{method} of {agent} gives numbers of shape [observations, {size}], here ({rows}, {size}); "
            f"it gave an array of shape {outputs.shape} of {outputs.dtype}."
        )
    if method == PROBABILITIES:
        finite = outputs[np.isfinite(outputs).all(axis=1)]
        wrong = (finite < 0).any(axis=1) | (np.abs(finite.sum(axis=1) - 1) > TOLERANCE)
        if wrong.any():
            raise SympriorError(
                f"{method} of {agent} gives probabilities, none negative and each row of sum 1; "
                f"it gave {in_short(finite[wrong][0])}."
            )
    return outputs
