"""What is searched: an environment that can be made again and again, with a name and the Python that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.names import Names
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.custom.custom_tasks import FAMILY, probe_of, restores
from symprior.tasks.custom.guarded import GuardedEnvironment
from symprior.tasks.custom.source_files import names_a_file
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe
from symprior.tasks.families.mujoco.any_robot import is_robot
from symprior.tasks.families.mujoco.reflections.names import robot_names
from symprior.tasks.lookup import get_task
from symprior.tasks.task import Card, Task

LIMIT = 1000
"""Steps of an episode where the environment states no limit."""


@dataclass(frozen=True)
class Subject:
    """An environment to be searched.

    Attributes:
        name: what it is called.
        make: makes it.
        source: Python that makes it, for a declaration.
        task: the task that it is of, if any: what can be enumerated is driven by its probe.
    """

    name: str
    make: Callable[[], Environment]
    source: str
    task: Task | None = None

    def probe(self, acts: Representation | None = None) -> Probe | RolloutProbe:
        """What puts a fresh environment into states; or what only plays it, where it cannot be put into them.

        Args:
            acts: how a group acts on the states, once it is known.
        """
        return probe_of(_guarded(self.make(), self.name), acts)

    def declaring(self, symmetry: Symmetry, probe: Callable[[], Probe | RolloutProbe]) -> Task:
        """A task that declares a symmetry of it, for a certificate."""
        card = Card("An environment that was searched.", "", "", "", "")
        packages = self.task.packages if self.task is not None else ()
        return Task(self.name, f"{FAMILY}{self.name}", self.name, lambda: symmetry, probe, card, packages=packages)

    def names(self) -> Names:
        """What the entries of observations and actions are called: by the task, by MuJoCo's model, or by their numbers."""
        if self.task is not None:
            return self.task.called
        env = self.make()
        space, acted = env.observation_space, env.action_space
        size = int(np.prod(space.shape or ()))
        named = robot_names(env, {}) if is_robot(env) else Names((), ())
        env.close()
        discrete = isinstance(acted, gymnasium.spaces.Discrete)
        count = int(acted.n) if isinstance(acted, gymnasium.spaces.Discrete) else int(np.prod(acted.shape or ()))
        seen = named.observation if len(named.observation) == size else tuple(f"x{i}" for i in range(size))
        done = (
            named.action if len(named.action) == count else tuple(f"{'' if discrete else 'a'}{i}" for i in range(count))
        )
        return Names(seen, done)

    @property
    def time_limit(self) -> int:
        """Steps until an episode is truncated."""
        env = self.make()
        limit = env.spec.max_episode_steps if env.spec is not None else None
        env.close()
        return limit or LIMIT


def subject_of(name: str) -> Subject:
    """The subject that a name means: a task, one in a file, or an environment of gymnasium's registry.

    Raises:
        SympriorError: it means none; the message has the nearest task.
    """
    if not names_a_file(name) and name in gymnasium.registry:
        return _registered(name)
    try:
        task = get_task(name)
    except SympriorError as error:
        raise SympriorError(f"{error} Nor is it an id of gymnasium's registry, such as Ant-v5.") from error
    return Subject(task.id, task.make, f"get_task({task.name_to_type!r}).make(max_episode_steps=-1)", task)


def _registered(name: str) -> Subject:
    def make() -> Environment:
        try:
            return gymnasium.make(name, disable_env_checker=True)
        except (ImportError, gymnasium.error.Error) as error:
            raise SympriorError(f"gymnasium cannot make {name}: {error}") from error

    return Subject(name, make, _source(name))


def _source(name: str) -> str:
    """Python that makes an environment of gymnasium's registry, without a time limit: the task has one."""
    return f"gymnasium.make({name!r}, max_episode_steps=-1)"


class _Borrowed(gymnasium.Wrapper[Any, Any, Any, Any]):
    """An environment that stays open."""

    def close(self) -> None:
        """Whoever made it closes it."""


def borrowed(env: Environment) -> Subject:
    """The subject of an environment that its owner keeps and closes."""
    name = env.spec.id if env.spec is not None else type(env.unwrapped).__name__
    source = _source(name) if env.spec is not None else f"{type(env.unwrapped).__name__}()"
    return Subject(name, lambda: _Borrowed(env), source)


def _guarded(env: Environment, name: str) -> Environment:
    """The environment, guarded if it is not yet and brings methods of its own."""
    inner: Any = env
    while isinstance(inner, gymnasium.Wrapper):
        if isinstance(inner, GuardedEnvironment):
            return env
        inner = inner.env
    return GuardedEnvironment(env, name) if restores(inner) else env
