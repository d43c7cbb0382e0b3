"""Hopper-v5, which has no symmetry: a mirror that changes front and back is assumed and wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.representations import direct_sum
from symprior.symmetry.symmetry import Exactness
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.reflections.reflections import Reflection
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.robots.walker2d import ROBOT, WalkerRules
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import Readings, within
from symprior.tasks.task import register

LEG = ("thigh_joint", "leg_joint", "foot_joint")
JOINTS = ("rootx", "rootz", "rooty", *LEG)
FRONT_BACK = Reflection(reversed=("rootx", "rooty", *LEG))
WORDS = {
    **{"rootx": "torso along x", "rootz": "torso up", "rooty": "torso leaning"},
    **{"thigh_joint": "thigh", "leg_joint": "leg", "foot_joint": "foot"},
}


SAMPLING = Sampling(
    JOINTS,
    ranges={"rootx": (-1, 1), "rootz": (0.5, 1.6), "rooty": (-0.4, 0.4)},
    ends={"rootz": (0.7,), "rooty": (-0.2, 0.2)},
    height="rootz",
)


def front_back(reflection: Reflection = FRONT_BACK) -> RobotSymmetry:
    """C2: x becomes −x, so every angle and torque changes sign."""
    joints = reflection.on(JOINTS)
    return RobotSymmetry(
        joints, joints, controls=reflection.on(LEG), observation=direct_sum(reflection.on(JOINTS[1:]), joints)
    )


class HopperRules(WalkerRules):
    """The walker's rules; everything else of a hopper must stay within a range too."""

    def healthy(self, now: Readings) -> NDArray[np.bool_]:
        """Those that stand as walkers must, and of which nothing else is too large."""
        rest = np.concatenate([now["qpos"][:, 2:], now["qvel"]], axis=1)
        return super().healthy(now) & within(rest, self.robot._healthy_state_range).all(axis=1)


register(
    robot_task(
        front_back,
        SAMPLING,
        words=WORDS,
        rules=HopperRules,
        exactness=Exactness.NONE,
        id="hopper-v1",
        family="hopper",
        gym_id="Hopper-v5",
        threshold_fraction=None,
        declared_track="control",
        card=robot_card(
            "Hopper-v5",
            "Hop along x on one leg without falling; the speed, 1 for every healthy step, less a small cost of the torques.",
            "C2, assumed and wrong: mirror front and back. All angles and torques and the speed along x change sign.",
            ROBOT,
        ),
    )
)
