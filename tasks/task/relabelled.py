"""A task under a secret relabelling: the entries of observations and the actions have other places, all else stays.

`cartpole-v1~2f6c` is `cartpole-v1` with places drawn by the key `2f6c`; the symmetry acts on the new places as it did on
the old ones. To an agent that learns, one order is as good as another. One that knows the task beforehand, by its name or by
heart, takes one entry for another. It is possible where a simulator gives observations as vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import Array, NumpyArray, array_namespace, device
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import Matrices, Representation, SignedPermutation
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Space
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.environments.simulators import Simulator
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.task import Task

MARK = "~"
"""Between a task's name and the key."""

Places = NDArray[np.int64]
"""For each new place the old one."""


def can_be_relabelled(task: Task) -> bool:
    """Whether a task has a simulator and observations that are vectors."""
    return task.simulator is not None and len(task.symmetry().observation.shape) == 1


def relabelled(task: Task, key: str) -> Task:
    """The task with places drawn by a key.

    Raises:
        SympriorError: the task has no simulator, or its observations are no vectors.
    """
    simulator = task.simulator
    if simulator is None or not can_be_relabelled(task):
        raise SympriorError(
            f"{task.id} cannot be relabelled: that takes a simulator, and observations that are vectors."
        )
    rng = np.random.default_rng(seed_from(task.id, key, "places"))
    symmetry = task.symmetry()
    entries, actions = rng.permutation(symmetry.observation.size), rng.permutation(symmetry.action.size)
    moved = replace(
        symmetry,
        observation=conjugated(symmetry.observation, entries),
        action=conjugated(symmetry.action, actions),
    )
    policy = task.reference_policy
    made = replace(
        task,
        id=f"{task.id}{MARK}{key}",
        gym_id=f"{task.id}{MARK}{key}",
        simulator=lambda: _simulator(simulator(), entries, actions),
        symmetry=lambda: moved,
        probe=lambda: _no_probe(task),
        reference_policy=policy and _in_new_places(policy, actions, symmetry),
        names=None,
    )
    made.__dict__["references"] = task.references  # the scores of every order are the same
    return made


@cache
def relabelled_by_name(task: Task, key: str) -> Task:
    """The same, made once for each key."""
    return relabelled(task, key)


def conjugated(representation: Representation, places: Places) -> Representation:
    """How the group acts on vectors whose entry i is the old entry `places[i]`."""
    if isinstance(representation, SignedPermutation):
        back = np.argsort(places)
        source, sign = back[representation.source[:, places]], representation.sign[:, places]
        return SignedPermutation(representation.group, source, sign, representation.shape)
    matrices = np.stack([representation.matrix(g) for g in range(len(representation.group))])
    return Matrices(representation.group, matrices[:, places][:, :, places])


def _simulator(of: Simulator, entries: Places, actions: Places) -> Simulator:
    back = np.argsort(actions)

    class Relabelled(Simulator):
        """Shows entries in new places, and takes actions by them."""

        observation_space, action_space = _moved(of.observation_space, entries), _moved(of.action_space, actions)
        max_episode_steps = of.max_episode_steps
        reset_draws, step_draws = of.reset_draws, of.step_draws

        def initial(self, uniforms: Array) -> Array:
            return of.initial(uniforms)

        def step(self, states: Array, given: Array, uniforms: Array) -> tuple[Array, Array, Array]:
            discrete = isinstance(of.action_space, gymnasium.spaces.Discrete)
            return of.step(states, _looked_up(actions, given) if discrete else _taken(given, back), uniforms)

        def observe(self, states: Array) -> Array:
            return _taken(of.observe(states), entries)

    return Relabelled()


def _taken(vectors: Array, places: Places) -> Array:
    xp = array_namespace(vectors)
    return xp.take(vectors, xp.asarray(places, device=device(vectors)), axis=-1)


def _looked_up(table: Places, index: Array) -> Array:
    xp = array_namespace(index)
    return xp.take(xp.asarray(table, device=device(index)), index, axis=0)


def _moved(space: Space, places: Places) -> Space:
    if not isinstance(space, gymnasium.spaces.Box):
        return space
    return gymnasium.spaces.Box(space.low[places], space.high[places], dtype=space.dtype.type)


def _in_new_places(
    policy: Callable[[NumpyArray], NumpyArray], actions: Places, symmetry: Symmetry
) -> Callable[[NumpyArray], NumpyArray]:
    """A policy that acts on states and says its actions by their new places."""
    back = np.argsort(actions)
    if symmetry.discrete:
        return lambda states: np.asarray(back[policy(states)])
    return lambda states: np.asarray(policy(states)[..., actions])


def _no_probe(task: Task) -> Probe:
    raise SympriorError(f"A relabelled task has no certificate of its own: check {task.id}.")
