"""Tasks from outside the project: one decorated function or class in a user's file or package."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.tasks.errors import SympriorError
from symprior.tasks.probes import Probe
from symprior.tasks.representations import Representation
from symprior.tasks.rollout_probe import RolloutProbe
from symprior.tasks.symmetry import Symmetry
from symprior.tasks.task import Card, Task

NAME = re.compile(r"[a-z0-9][a-z0-9-]*-v\d+")
RESTORING = ("get_state", "set_state")


class OwnProbe(Probe):
    """Drives an environment that has `get_state()`, and `set_state(state)` which returns the state's observation.

    Where the environment has `boundary_states(rng, count)` too, the certificate looks there as well.
    """

    def get_state(self) -> NDArray[Any]:
        """The environment's full state."""
        return np.asarray(self._inner.get_state())

    def set_state(self, state: NDArray[Any]) -> None:
        """Start an episode in this state."""
        self.env.reset(seed=0)
        self._inner.set_state(state)

    def observation(self, state: NDArray[Any]) -> NDArray[Any]:
        """What `set_state` returns."""
        self.env.reset(seed=0)
        return np.asarray(self._inner.set_state(state))

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[Any]:
        """The environment's own, or more states from random play."""
        if hasattr(self._inner, "boundary_states"):
            return np.asarray(self._inner.boundary_states(rng, count))
        return self.rollout_states(None, rng, count)

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[Any]) -> NDArray[Any]:
        """By the state representation, or as on observations where states have their shape."""
        if self.state_representation is None and states.shape[1:] == symmetry.observation.shape:
            return np.asarray(symmetry.observation(g, states))
        return super().act_on_states(symmetry, g, states)

    @property
    def _inner(self) -> Any:
        return self.env.unwrapped


def own_task(
    *,
    symmetry: Callable[[], Symmetry],
    description: str,
    time_limit: int,
    id: str | None = None,
    group_in_words: str = "",
    state_representation: Callable[[], Representation] | None = None,
    reference_policy: Callable[[NDArray[Any]], NDArray[Any]] | None = None,
    threshold: float | None = None,
    threshold_fraction: float = 0.9,
    evaluation_episodes: int = 20,
    source: str = "",
    licence: str = "",
    bibtex: str = "",
) -> Callable[[Callable[[], gymnasium.Env[Any, Any]]], Task]:
    """Make a task of the decorated environment: a class, or a function that makes one.

    Args:
        symmetry: makes the declared symmetry.
        description: what there is to do, in a sentence.
        time_limit: steps until an episode is truncated.
        id: the task's name with a version; by default that of the function or class, `corridor-v1` for `Corridor`.
        group_in_words: what the group does.
        state_representation: makes how the group acts on the environment's full state, where `get_state()` gives more
            than the observation.
        reference_policy: actions for a batch of observations; the certificate and the equivariance error also look
            where it leads.
        threshold: the mean return from which on the task counts as solved; by default `threshold_fraction` of the way
            from a random policy's to the best known.
        threshold_fraction: see there.
        evaluation_episodes: episodes of one evaluation.
        source: where the task comes from.
        licence: of the environment.
        bibtex: for `symprior cite`.

    Raises:
        SympriorError: the id is no name with a version, or the limits are not positive.
    """

    def decorate(make: Callable[[], gymnasium.Env[Any, Any]]) -> Task:
        name = id or f"{_with_dashes(make.__name__)}-v1"
        if not NAME.fullmatch(name):
            raise SympriorError(
                f"{name!r} is no name of a task: small letters, digits and dashes, then -v1 or the like."
            )
        if time_limit < 1 or evaluation_episodes < 1:
            raise SympriorError(f"{name} needs at least one step and one evaluation episode.")
        gym_id = f"symprior-own/{name}"
        gymnasium.register(gym_id, entry_point=lambda **_: make(), max_episode_steps=time_limit)
        file = sys.modules[make.__module__].__file__ or "."
        return Task(
            id=name,
            family=name.rpartition("-v")[0],
            gym_id=gym_id,
            symmetry=symmetry,
            probe=lambda: _probe(gymnasium.make(gym_id), state_representation),
            reference_policy=reference_policy,
            stated_threshold=None if threshold is None else (threshold, "stated by the task's author"),
            threshold_fraction=threshold_fraction,
            evaluation_episodes=evaluation_episodes,
            card=Card(description, group_in_words, source or "A task from outside the project.", licence, bibtex),
            origin=make.__module__,
            data=Path(file).parent,
        )

    return decorate


def _probe(
    env: gymnasium.Env[Any, Any], state_representation: Callable[[], Representation] | None
) -> OwnProbe | RolloutProbe:
    """One that sets states, where the environment lets itself be put into them; else one that plays."""
    if all(hasattr(env.unwrapped, method) for method in RESTORING):
        return OwnProbe(env, state_representation and state_representation())
    return RolloutProbe(env)


def _with_dashes(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", "-", name).lower()
