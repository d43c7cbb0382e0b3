"""What an agent gives, checked: one action for each observation, and what it says of its policy and of itself."""

from __future__ import annotations

import gymnasium
import numpy as np

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.finite import in_short
from symprior.tasks.environments.gymnasium_types import Space

PROBABILITIES = "action_probabilities"
TOLERANCE = 1e-3
"""By how much a row of probabilities may miss 1."""


def checked_actions(actions: object, space: Space, rows: int, giver: str = "`act` returned") -> NumpyArray:
    """The actions as an array, if there is one for each row and each lies in the space; vectors are clipped to it.

    Args:
        actions: what an agent gave.
        space: of a single environment.
        rows: how many actions there must be.
        giver: how the sentence of an error begins.

    Raises:
        SympriorError: they are of another shape or type, discrete ones leave the space, or vectors hold what is no number.
    """
    array = _one_for_each(actions, space, rows, giver)
    if isinstance(space, gymnasium.spaces.Discrete):
        _check_numbers_of_actions(array, space, giver)
    if isinstance(space, gymnasium.spaces.Box):
        return _clipped(array, space, giver)
    return array


def _one_for_each(actions: object, space: Space, rows: int, giver: str) -> NumpyArray:
    try:
        array = np.asarray(actions)
    except ValueError:
        raise SympriorError(
            f"{giver} rows of unequal length; {space} needs one action for each of {rows} rows."
        ) from None
    expected = (rows, *(space.shape or ()))
    if array.shape != expected:
        raise SympriorError(
            f"{giver} actions of shape {array.shape} for {rows} observations; {space} needs shape {expected}."
        )
    return array


def _check_numbers_of_actions(array: NumpyArray, space: gymnasium.spaces.Discrete, giver: str) -> None:
    if not np.issubdtype(array.dtype, np.integer):
        raise SympriorError(f"{giver} actions of type {array.dtype}; {space} needs integers.")
    if array.min() < space.start or array.max() >= space.start + space.n:
        raise SympriorError(f"{giver} actions from {array.min()} to {array.max()}; {space} has 0 … {space.n - 1}.")


def _clipped(array: NumpyArray, space: gymnasium.spaces.Box, giver: str) -> NumpyArray:
    if not np.issubdtype(array.dtype, np.number) or np.issubdtype(array.dtype, np.complexfloating):
        raise SympriorError(f"{giver} actions of type {array.dtype}; {space} needs numbers.")
    if not np.isfinite(array).all():
        raise SympriorError(f"{giver} actions that are infinite or no numbers; {space} needs finite ones.")
    return np.clip(array, space.low, space.high).astype(space.dtype)


def checked_outputs(given: object, method: str, agent: str, rows: int, size: int) -> NumpyArray:
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


def counted(agent: object, attribute: str) -> int | None:
    """A number of things that an agent may say; None where it says none: a trained run is not lost over that."""
    number = getattr(agent, attribute, None)
    is_count = isinstance(number, int) and not isinstance(number, bool) and number >= 0
    return number if is_count else None
