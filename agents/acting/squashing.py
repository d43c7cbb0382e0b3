"""Action vectors that a hyperbolic tangent keeps in [−1, 1]: where a group acts on them, and how agents act by them."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.agents.acting.actors import Actor
from symprior.agents.acting.distributions import standard_normals
from symprior.agents.agent import Problem
from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import TOLERANCE, as_signed_permutation
from symprior.symmetry.symmetry import Symmetry


def squashing_refusal(symmetry: Symmetry) -> str | None:
    """Why squashed actions cannot be equivariant; None where they can: tanh is odd and acts on each entry."""
    if as_signed_permutation(symmetry.action) is not None:
        return None
    return (
        f"it squashes each entry of the action by tanh, which commutes with permutations and changes of sign only, and "
        f"{symmetry.group.name} acts on the actions by other matrices, so that no squashed policy is equivariant. ppo and "
        "a2c do not squash."
    )


class ActionScale:
    """The bounds of an action space as [−1, 1] in each entry, the scale on which squashed actions are learned.

    A group that leaves the box as it is acts on scaled actions just as on the actions themselves.

    Args:
        problem: with action vectors.

    Raises:
        SympriorError: the space is not bounded, or the group moves its bounds.
    """

    def __init__(self, problem: Problem) -> None:
        space, acts = problem.action_space, problem.symmetry.action
        assert isinstance(space, gymnasium.spaces.Box)
        if not space.is_bounded():
            raise SympriorError(f"Squashed actions need bounds, and {space} has none. ppo and a2c do without.")
        low, high = space.low.astype(np.float64), space.high.astype(np.float64)
        self._middle, self._half_range, self._type = (low + high) / 2, (high - low) / 2, space.dtype
        for g, name in enumerate(problem.symmetry.group.elements):
            matrix = acts.matrix(g)
            middle, half_range = matrix @ self._middle, np.abs(matrix) @ self._half_range
            if not np.allclose([middle, half_range], [self._middle, self._half_range], rtol=TOLERANCE, atol=TOLERANCE):
                raise SympriorError(
                    f"{name} of {problem.symmetry.group.name} moves the bounds of {space}: an action within them would have "
                    "an image beyond. Give bounds that the group leaves as they are, such as symmetric ones."
                )

    def __call__(self, scaled: NumpyArray) -> NumpyArray:
        """Actions [batch, size], in double precision, of scaled ones in [−1, 1]."""
        actions: NumpyArray = self._middle + self._half_range * scaled.astype(np.float64)
        return actions

    def executed(self, scaled: NumpyArray) -> NumpyArray:
        """The same in the type of the space."""
        return self(scaled).astype(self._type)


class SquashedActor(Actor):
    """Acting for squashed action vectors: by the mean (`act`), or as while exploring (`act_sampling`)."""

    @cached_property
    def scale(self) -> ActionScale:
        """The bounds of the action space as [−1, 1]."""
        return ActionScale(self.problem)

    @abstractmethod
    def scaled_means(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The policy's squashed means, [batch, size] in [−1, 1]."""

    @abstractmethod
    def scaled_samples(self, observations: NumpyArray, normals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Actions of the exploring policy, [batch, size] in [−1, 1], from standard normals [batch, size]."""

    def action_means(self, observations: NumpyArray) -> NDArray[np.float64]:
        """The squashed means as actions, [batch, size]."""
        return self.scale(self.scaled_means(observations))

    def act(self, observations: NumpyArray) -> NumpyArray:
        """The means, [batch, size]."""
        return self.scale.executed(self.scaled_means(observations))

    def act_sampling(self, observations: NumpyArray) -> NumpyArray:
        """Actions [batch, size] sampled from the exploring policy."""
        normals = standard_normals(self._uniforms(observations, self.problem.symmetry.action.size))
        return self.scale.executed(self.scaled_samples(observations, normals))
