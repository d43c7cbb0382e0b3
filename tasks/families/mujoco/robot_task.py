"""The task made of a robot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symprior.symmetry.symmetry import Exactness
from symprior.tasks.families.mujoco.probe import MujocoProbe
from symprior.tasks.families.mujoco.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.task import Task


def robot_task(
    acts: Callable[[], RobotSymmetry],
    sampling: Sampling,
    exactness: Exactness = Exactness.EXACT,
    reset: Exactness = Exactness.IN_DISTRIBUTION,
    probe: type[MujocoProbe] = MujocoProbe,
    **fields: Any,
) -> Task:
    """A task of a robot.

    Args:
        acts: makes how the declared group acts.
        sampling: the states that a certificate tries.
        exactness: the declared grade of the dynamics.
        reset: the declared grade of where episodes start.
        probe: what drives the environment.
        fields: the other fields of the task.
    """
    task = Task(
        symmetry=lambda: acts().declared(exactness, reset),
        probe=lambda: probe(task.make(), sampling, acts()),
        extra="mujoco",
        packages=("mujoco",),
        **fields,
    )
    return task
