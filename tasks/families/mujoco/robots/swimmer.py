"""Swimmer-v5 seen in a mirror along its course: y becomes −y."""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.representations import direct_sum
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.reflections.reflections import Reflection
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import ForwardRules, Readings
from symprior.tasks.task import register

JOINTS = ("slider1", "slider2", "free_body_rot", "motor1_rot", "motor2_rot")
MIRROR = Reflection(reversed=("slider2", "free_body_rot", "motor1_rot", "motor2_rot"))
WORDS = {
    **{"slider1": "swimmer along x", "slider2": "swimmer along y", "free_body_rot": "first link"},
    **{"motor1_rot": "first joint", "motor2_rot": "second joint"},
}


SAMPLING = Sampling(JOINTS, ranges={"slider1": (-1, 1), "slider2": (-1, 1), "free_body_rot": (-pi, pi)})


def mirror() -> RobotSymmetry:
    """C2: the side of the course changes sign, and with it every angle and torque; the way along it stays."""
    joints = MIRROR.on(JOINTS)
    angles = MIRROR.on(JOINTS[2:])
    return RobotSymmetry(joints, joints, controls=MIRROR.on(JOINTS[3:]), observation=direct_sum(angles, joints))


class SwimmerRules(ForwardRules):
    """Neither x nor y is shown."""

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """Angles and all velocities."""
        return np.concatenate([now["qpos"][:, 2:], now["qvel"]], axis=1)


register(
    robot_task(
        mirror,
        SAMPLING,
        words=WORDS,
        rules=SwimmerRules,
        id="swimmer-v1",
        family="swimmer",
        gym_id="Swimmer-v5",
        threshold_fraction=None,
        card=robot_card(
            "Swimmer-v5",
            "Bend a chain of three links so that it swims along x; the speed less a small cost of the torques, 1,000 steps.",
            "C2: mirror y ↦ −y. All angles, the speed along y and both torques change sign.",
            """@phdthesis{coulom2002reinforcement,
  title={Reinforcement Learning Using Neural Networks, with Applications to Motor Control},
  author={Coulom, R{\\'e}mi},
  school={Institut National Polytechnique de Grenoble}, year={2002}
}""",
        ),
    )
)
