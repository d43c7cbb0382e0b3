"""A certificate for whatever has a symmetry: a task, its name, or an environment with a symmetry beside it."""

from __future__ import annotations

from typing import Any

import gymnasium

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.certificates.certificate import Certificate
from symprior.tasks.certificates.certificate import certify as certify_task
from symprior.tasks.custom.custom_tasks import FAMILY, own_probe
from symprior.tasks.custom.guarded import GuardedEnvironment
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.lookup import get_task
from symprior.tasks.task import Card, Task


def certify(
    subject: Environment | Task | str,
    symmetry: Symmetry | None = None,
    *,
    state_representation: Representation | None = None,
    samples: int = 512,
    resets: int = 4000,
    episodes: int = 1000,
    seed: int = 0,
) -> Certificate:
    """Measure a symmetry on a real environment.

    An environment with `get_state()` and `set_state(state)` is put into states, and its steps are compared one by one. Any
    other one is played, and a test must not tell its episodes from their images.

    Args:
        subject: a task, its name, or a gymnasium environment with a time limit, which is left open.
        symmetry: the one to measure; a task has one of its own.
        state_representation: how the group acts on what `get_state()` of an environment gives, where that is more than the
            observation.
        samples: states from each sampler.
        resets: episode starts in each of the two samples.
        episodes: roll-outs in each of the two samples, where the environment cannot be put into a state.
        seed: of all that is drawn.

    Raises:
        SympriorError: an environment without a symmetry, a symmetry that does not fit the spaces, or an environment that
            breaks gymnasium's promises.
    """
    if isinstance(subject, gymnasium.Env):
        task = _task_of(subject, symmetry, state_representation)
    else:
        task = subject if isinstance(subject, Task) else get_task(subject)
    return certify_task(task, samples, seed, symmetry, resets, episodes)


class _Borrowed(gymnasium.Wrapper[Any, Any, Any, Any]):
    """An environment that stays open."""

    def close(self) -> None:
        """Whoever made it closes it."""


def _task_of(env: Environment, symmetry: Symmetry | None, acts_on_states: Representation | None) -> Task:
    name = env.spec.id if env.spec is not None else type(env.unwrapped).__name__
    if symmetry is None:
        raise SympriorError(f"{name} declares no symmetry: give one, as in certify(env, symmetry).")
    guarded = GuardedEnvironment(_Borrowed(env), name)
    return Task(
        id=name,
        family=f"{FAMILY}{name}",
        gym_id=name,
        symmetry=lambda: symmetry,
        probe=lambda: own_probe(guarded, name, None if acts_on_states is None else lambda: acts_on_states),
        card=Card("An environment of the user's.", "", "", "", ""),
    )
