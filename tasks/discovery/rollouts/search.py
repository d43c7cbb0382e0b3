"""Which search an environment that can only be played takes: that of vectors or that of pictures."""

from __future__ import annotations

from gymnasium.spaces import Discrete

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.names import PICTURE_AXES
from symprior.tasks.discovery.rollouts.pictures import search_pictures
from symprior.tasks.discovery.rollouts.vectors import search_vectors
from symprior.tasks.discovery.steps.single_steps import Candidates
from symprior.tasks.environments.finite import name_of
from symprior.tasks.environments.gymnasium_types import Environment


def search_play(env: Environment, seed: int) -> Candidates:
    """The maps that random play keeps.

    Args:
        env: what is played.
        seed: decides all that is drawn.

    Raises:
        SympriorError: it shows neither vectors nor pictures that go with discrete actions, or nothing moves in them.
    """
    axes, space = len(env.observation_space.shape or ()), env.action_space
    if axes == 1:
        return search_vectors(env, seed)
    if axes == PICTURE_AXES and isinstance(space, Discrete):
        return search_pictures(env, int(space.n), seed)
    raise SympriorError(
        f"{name_of(env)} shows {env.observation_space}, takes {space}, and its state cannot be set: in roll-outs vectors "
        "are searched, and pictures [channels, height, width] with discrete actions. Give it get_state() and "
        "set_state(state), which returns the observation."
    )
