"""Rewards and observations are finite numbers: what is not cannot be compared, averaged or learnt from."""

from __future__ import annotations

from math import isfinite
from typing import SupportsFloat

import numpy as np
from numpy.typing import ArrayLike

from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.gymnasium_types import Environment

MOST_SHOWN = 8
"""Numbers of a state or observation that a message shows."""


def check_finite(
    env: Environment, observation: ArrayLike, reward: SupportsFloat, action: object, state: object
) -> None:
    """What an action in a state gave is finite.

    Args:
        env: what was stepped.
        observation: what is seen next.
        reward: of the step.
        action: that was taken.
        state: in which it was taken, or the observation before where the state is not known.

    Raises:
        SympriorError: it is not; the message says which, after which action in which state.
    """
    if isfinite(reward) and np.isfinite(observation).all():
        return
    for what, given in (("reward", float(reward)), ("observation", observation)):
        if not np.isfinite(given).all():
            raise SympriorError(
                f"The {what} of {name_of(env)} after action {in_short(action)} in the state {in_short(state)} is not "
                f"finite: {in_short(given)}. Rewards and observations are finite numbers."
            )


def in_short(numbers: object) -> str:
    """Some numbers for a message, the middle ones left out where they are many."""
    text = np.array2string(np.asarray(numbers), threshold=MOST_SHOWN, edgeitems=2, separator=", ", precision=6)
    return " ".join(text.split())


def name_of(env: Environment) -> str:
    """The name under which an environment is registered, without its namespace; else that of its class."""
    return env.spec.id.rpartition("/")[2] if env.spec is not None else type(env.unwrapped).__name__
