"""Walker2d-v5 with its legs exchanged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.representations import direct_sum
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.probe import Look
from symprior.tasks.families.mujoco.reflections.reflections import Reflection
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import Readings, UprightRules, within
from symprior.tasks.task import register

RIGHT = ("thigh_joint", "leg_joint", "foot_joint")
LEFT = ("thigh_left_joint", "leg_left_joint", "foot_left_joint")
JOINTS = ("rootx", "rootz", "rooty", *RIGHT, *LEFT)
LOOK = Look((("thigh_left",), ("thigh",)))
LEG_SWAP = Reflection(swapped=tuple(zip(RIGHT, LEFT, strict=True)))
WORDS = {
    **{"rootx": "torso along x", "rootz": "torso up", "rooty": "torso leaning"},
    **{f"{part}_joint": f"right {part}" for part in ("thigh", "leg", "foot")},
    **{f"{part}_left_joint": f"left {part}" for part in ("thigh", "leg", "foot")},
}


SAMPLING = Sampling(
    JOINTS,
    ranges={"rootx": (-1, 1), "rootz": (0.6, 2.2), "rooty": (-1.2, 1.2)},
    ends={"rootz": (0.8, 2.0), "rooty": (-1, 1)},
    height="rootz",
)

SOLVED = (
    3000.0,
    "PPO of RL Baselines3 Zoo reaches 3,479 on Walker2d-v3 in 1,000,000 steps, SAC 3,863 (its benchmark.md); rounded down",
)

ROBOT = """@inproceedings{erez2011infinite,
  title={Infinite-Horizon Model Predictive Control for Periodic Tasks with Contacts},
  author={Erez, Tom and Tassa, Yuval and Todorov, Emanuel},
  booktitle={Robotics: Science and Systems VII}, year={2011}
}"""


def leg_swap() -> RobotSymmetry:
    """C2: the legs change places; the robot is flat, so nothing changes sign."""
    joints = LEG_SWAP.on(JOINTS)
    return RobotSymmetry(
        joints,
        joints,
        controls=LEG_SWAP.on([*RIGHT, *LEFT]),
        observation=direct_sum(LEG_SWAP.on(JOINTS[1:]), joints),
    )


class WalkerRules(UprightRules):
    """Velocities are shown up to 10; a walker is up while its height and its angle are within their ranges."""

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """Positions but for x, and clipped velocities."""
        return np.concatenate([now["qpos"][:, 1:], np.clip(now["qvel"], -10, 10)], axis=1)

    def healthy(self, now: Readings) -> NDArray[np.bool_]:
        """Those that stand high enough and straight enough."""
        height, angle = now["qpos"][:, 1], now["qpos"][:, 2]
        return within(height, self.robot._healthy_z_range) & within(angle, self.robot._healthy_angle_range)


register(
    robot_task(
        leg_swap,
        SAMPLING,
        look=LOOK,
        words=WORDS,
        rules=WalkerRules,
        id="walker2d-v1",
        family="walker2d",
        gym_id="Walker2d-v5",
        stated_threshold=SOLVED,
        card=robot_card(
            "Walker2d-v5",
            "Walk along x on two legs without falling; the speed, 1 for every step upright, less a small cost of torques.",
            "C2: the right and the left leg change places. Angles, velocities and torques of one leg become the other's; "
            "nothing changes sign, because the robot is flat.",
            ROBOT,
        ),
    )
)
