"""What the entries of an observation and the actions are called, so that a symmetry can be said in words."""

from __future__ import annotations

from dataclasses import dataclass

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry

PICTURE_AXES = 3

BETWEEN = ", "
"""Stands between a thing and what is told of it, as in `left hip, angle`: things that move alike are told together."""


@dataclass(frozen=True)
class Names:
    """Names of entries.

    Attributes:
        observation: of each entry of a vector, in its order; of a picture's channels.
        action: of each discrete action, or of each entry of an action vector.
    """

    observation: tuple[str, ...]
    action: tuple[str, ...]

    def check(self, whose: str, symmetry: Symmetry) -> None:
        """There are as many names as the symmetry moves, and no two are the same.

        Raises:
            SympriorError: there are more, or fewer, or one comes twice.
        """
        counts = observation_count(symmetry), symmetry.action.size
        for what, names, count in zip(("observation", "action"), (self.observation, self.action), counts, strict=True):
            if len(names) != count:
                raise SympriorError(
                    f"{whose} has {len(names)} {what} names, and the symmetry moves {count}. Give one for each."
                )
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise SympriorError(f"{whose} has the {what} name {twice!r} twice. Give each its own.")


def numbered(symmetry: Symmetry) -> Names:
    """x0, x1, … and, of actions, their numbers or a0, a1, …."""
    letter = "" if symmetry.discrete else "a"
    return Names(
        tuple(f"x{i}" for i in range(observation_count(symmetry))),
        tuple(f"{letter}{i}" for i in range(symmetry.action.size)),
    )


def observation_count(symmetry: Symmetry) -> int:
    """How many names an observation takes: of a picture one for each channel, else one for each entry."""
    observation = symmetry.observation
    return observation.shape[0] if len(observation.shape) == PICTURE_AXES else observation.size
