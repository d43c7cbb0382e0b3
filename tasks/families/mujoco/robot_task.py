"""The task made of a robot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from symprior.symmetry.symmetry import Exactness
from symprior.tasks.families.mujoco.probe import Look, MujocoProbe
from symprior.tasks.families.mujoco.reflections.names import Words, robot_names
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import Rules
from symprior.tasks.families.mujoco.simulation.vector import RobotVectorEnv
from symprior.tasks.task import Task


def robot_task(
    acts: Callable[[], RobotSymmetry],
    sampling: Sampling,
    rules: type[Rules],
    exactness: Exactness = Exactness.EXACT,
    reset: Exactness = Exactness.IN_DISTRIBUTION,
    probe: type[MujocoProbe] = MujocoProbe,
    look: Look | None = None,
    words: Words | None = None,
    shown: tuple[str, ...] = (),
    more: tuple[str, ...] = (),
    **fields: Any,
) -> Task:
    """A task of a robot.

    Args:
        acts: makes how the declared group acts.
        sampling: the states that a certificate tries.
        rules: what it shows and earns and when an episode ends, for many at once.
        exactness: the declared grade of the dynamics.
        reset: the declared grade of where episodes start.
        probe: what drives the environment.
        look: how pictures show it.
        words: for what the model calls joints and bodies.
        shown: names of what gymnasium shows, where it does not say of which parts that is.
        more: names of what a wrapper shows behind that.
        fields: the other fields of the task.
    """
    task = Task(
        symmetry=lambda: acts().declared(exactness, reset),
        probe=lambda: probe(task.make(), sampling, acts(), look),
        vector=lambda num_envs: RobotVectorEnv(partial(task.make, disable_env_checker=True), rules, num_envs),
        names=lambda: robot_names(task.make(), words or {}, shown, more),
        extra="mujoco",
        packages=("mujoco",),
        **fields,
    )
    return task
