"""Whether a symmetry fits an environment: shapes, homomorphism as acted, bounds mapped onto themselves."""

from __future__ import annotations

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import Representation, SignedPermutation
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.certificates.evidence.distributions import ROUND_OFF
from symprior.tasks.environments.gymnasium_types import Environment

KEPT = "mapped onto themselves"


def check_fit(task: str, symmetry: Symmetry, env: Environment) -> None:
    """Shapes and kinds of observation and action are the environment's.

    Raises:
        SympriorError: they are not; the message says which.
    """
    seen, acted = env.observation_space.shape, env.action_space
    discrete = isinstance(acted, gymnasium.spaces.Discrete)
    if symmetry.observation.shape != seen:
        raise SympriorError(
            f"The symmetry acts on observations of shape {symmetry.observation.shape}, {task} has {seen}."
        )
    if discrete != symmetry.discrete:
        kinds = {True: "discrete", False: "continuous"}
        raise SympriorError(
            f"The symmetry acts on {kinds[symmetry.discrete]} actions, {task} has {kinds[discrete]} ones."
        )
    if isinstance(acted, gymnasium.spaces.Discrete) and acted.start != 0:
        raise SympriorError(
            f"The actions of {task} are numbered from {acted.start}; a permutation of actions numbers them from 0. "
            f"Declare Discrete({acted.n}) and add {acted.start} in the environment's step."
        )
    size = int(acted.n) if isinstance(acted, gymnasium.spaces.Discrete) else int(np.prod(acted.shape or ()))
    if symmetry.action.size != size:
        raise SympriorError(f"The symmetry acts on {symmetry.action.size} actions, {task} has {size}.")


def check_by_acting(symmetry: Symmetry) -> None:
    """ρ(g)ρ(h)x = ρ(gh)x and ρ(e)x = x on random samples: the table and the code that acts agree.

    Raises:
        SympriorError: they do not; the message says for which elements.
    """
    table = symmetry.group.table
    for representation in (symmetry.observation, symmetry.action):
        x = np.random.default_rng(0).standard_normal((1, *representation.shape))
        moved = [representation(g, x) for g in range(len(table))]
        for g in range(len(table)):
            for h in range(len(table)):
                if not np.allclose(representation(g, moved[h]), moved[table[g, h]], atol=1e-9):
                    names = symmetry.group.elements
                    raise SympriorError(
                        f"{type(representation).__name__} is no representation of {symmetry.group.name}: "
                        f"ρ({names[g]})ρ({names[h]})x ≠ ρ({names[g]}·{names[h]})x."
                    )
        if not np.array_equal(moved[0], x):
            raise SympriorError(f"{type(representation).__name__}: the identity of {symmetry.group.name} moves x.")


def spaces_in_words(symmetry: Symmetry, env: Environment) -> str:
    """Whether every g maps the bounds of observations and of continuous actions onto themselves."""
    for what, space, representation in (
        ("observation", env.observation_space, symmetry.observation),
        ("action", env.action_space, symmetry.action),
    ):
        if not isinstance(space, gymnasium.spaces.Box):
            continue
        for g, name in enumerate(symmetry.group.elements):
            low, high = _image_of_box(representation, g, space.low, space.high)
            if not (np.allclose(low, space.low, rtol=ROUND_OFF) and np.allclose(high, space.high, rtol=ROUND_OFF)):
                return f"the bounds of the {what} space are not mapped onto themselves by {name}"
    return KEPT


def _image_of_box(
    representation: Representation, g: int, low: NumpyArray, high: NumpyArray
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The smallest box round the image of a box; the box itself where ρ(g) and ρ(g⁻¹) map it onto itself."""
    low, high = low.astype(np.float64), high.astype(np.float64)
    if isinstance(representation, SignedPermutation):
        ends = representation(g, low), representation(g, high)
    else:
        matrix = representation.matrix(g)
        with np.errstate(invalid="ignore"):  # 0 · ∞ is nothing here
            terms = [np.where(matrix == 0, 0.0, matrix * np.ravel(end)) for end in (low, high)]
        ends = (
            np.minimum(*terms).sum(axis=1).reshape(low.shape),
            np.maximum(*terms).sum(axis=1).reshape(low.shape),
        )
    return np.minimum(*ends), np.maximum(*ends)
