"""Humanoid-v5 with its left and right changed, as gymnasium ships it and with the model made symmetric.

As shipped, the right hip is lighter (armature 0.008, the left 0.01), only the left knee has a spring (stiffness 1), and the
projected Gauss-Seidel solver, stopped after 50 sweeps, depends on the order of contacts. Newton's method does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.representations import direct_sum
from symprior.symmetry.symmetry import Exactness
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.probe import Look
from symprior.tasks.families.mujoco.reflections.reflections import LEFT_RIGHT, Plane, Reflection, reflected
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import Readings, UprightRules, within
from symprior.tasks.task import register

ROOT = ("x", "y", "z", "qw", "qx", "qy", "qz")
TRUNK = ("abdomen_z", "abdomen_y", "abdomen_x")
LEG, ARM = ("hip_x", "hip_z", "hip_y", "knee"), ("shoulder1", "shoulder2", "elbow")
LIMBS = tuple(f"{side}_{joint}" for limb in (LEG, ARM) for side in ("right", "left") for joint in limb)
JOINTS = (*TRUNK, *LIMBS)
ACTUATORS = ("abdomen_y", "abdomen_z", "abdomen_x", *LIMBS)
THIGH_TO_FOOT, UPPER_TO_LOWER_ARM = ("thigh", "shin", "foot"), ("upper_arm", "lower_arm")
BODIES = (
    *("torso", "lwaist", "pelvis"),
    *(
        f"{side}_{part}"
        for parts in (THIGH_TO_FOOT, UPPER_TO_LOWER_ARM)
        for side in ("right", "left")
        for part in parts
    ),
)
SIDES = tuple((f"right_{part}", f"left_{part}") for part in (*LEG, *ARM, *THIGH_TO_FOOT, *UPPER_TO_LOWER_ARM))
# The axes of hips, knees and elbows are mirrored from side to side, those of the shoulders are not.
REVERSED = ("abdomen_z", "abdomen_x", *(f"{side}_shoulder{i}" for side in ("right", "left") for i in (1, 2)))

LOOK = Look(
    (("left_thigh", "left_upper_arm"), ("right_thigh", "right_upper_arm")),
    camera={"azimuth": 180, "elevation": -10, "distance": 3.5, "lookat": np.array([0, 0, 1.1])},
)
WORDS = {
    "root": "torso",
    "lwaist": "lower waist",
    **{f"abdomen_{axis}": f"abdomen about {axis}" for axis in "xyz"},
    **{f"{side}_hip_{axis}": f"{side} hip about {axis}" for side in ("right", "left") for axis in "xyz"},
    **{f"{side}_shoulder{i}": f"{side} shoulder about axis {i}" for side in ("right", "left") for i in (1, 2)},
}


SAMPLING = Sampling(
    (*ROOT, *JOINTS),
    ranges={"x": (-1, 1), "y": (-1, 1), "z": (0.9, 2.1)},
    ends={"z": (1.0, 2.0)},
    orientation="qw",
    height="z",
)

SOLVED = (
    5000.0,
    "SAC of RL Baselines3 Zoo reaches 6,232 on Humanoid-v3 in 2,000,000 steps, TD3 5,567 (its benchmark.md); rounded down",
)


def mirrored(plane: Plane, sides: Reflection) -> RobotSymmetry:
    """A mirror at the plane, in which those sides change places."""
    joints = sides.on(JOINTS)
    rotation = reflected(plane.quaternion)
    velocities = direct_sum(reflected(plane.vector), reflected(plane.pseudovector), joints)
    inertias, spatial = sides.on(BODIES, plane.inertia), sides.on(BODIES, plane.spatial)
    return RobotSymmetry(
        direct_sum(reflected(plane.vector), rotation, joints),
        velocities,
        controls=sides.on(ACTUATORS),
        observation=direct_sum(
            *(reflected(plane.vector[2:]), rotation, joints, velocities),
            *(inertias, spatial, joints, spatial),  # inertias, velocities of bodies, torques, contact forces
        ),
    )


def left_right() -> RobotSymmetry:
    """C2: arms and legs at +y and at −y change places."""
    return mirrored(LEFT_RIGHT, Reflection(SIDES, REVERSED))


def symmetric_humanoid(**arguments: Any) -> Environment:
    """Humanoid-v5 with the left hip's armature, the left knee's spring and Newton's method on both sides."""
    import mujoco  # type: ignore[import-untyped]
    from gymnasium.envs.mujoco.humanoid_v5 import HumanoidEnv

    env = HumanoidEnv(**arguments)
    model = env.model
    hips = [model.joint(f"{side}_hip_y").dofadr[0] for side in ("right", "left")]
    knees = [model.joint(f"{side}_knee").id for side in ("right", "left")]
    model.dof_armature[hips] = model.dof_armature[hips[1]]
    model.jnt_stiffness[knees] = model.jnt_stiffness[knees[1]]
    model.opt.solver = mujoco.mjtSolver.mjSOL_NEWTON
    mujoco.mj_setConst(model, mujoco.MjData(model))  # what the compiler derived from the armature
    return env


class HumanoidRules(UprightRules):
    """Inertias, bodies' velocities, torques and contact forces are shown; the place is the centre of mass."""

    need_contact_forces = True

    def views(self, model: Any, data: Any) -> dict[str, NDArray[np.float64]]:
        """With what is shown of all bodies but the world, and their places."""
        shown = {"inertias": data.cinert[1:], "velocities": data.cvel[1:], "torques": data.qfrc_actuator[6:]}
        contacts = {"forces": data.cfrc_ext, "controls": data.ctrl, "places": data.xipos}
        return {**super().views(model, data), **shown, **contacts}

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """Positions but for x and y, velocities, and what the bodies show."""
        joints = [now["qpos"][:, 2:], now["qvel"]]
        bodies = [now["inertias"], now["velocities"], now["torques"], now["forces"][:, 1:]]
        return np.concatenate([*joints, *(each.reshape(len(each), -1) for each in bodies)], axis=1)

    def place(self, now: Readings) -> NDArray[np.float64]:
        """The centre of mass in the last of the substeps."""
        masses, along_x = self.robot.model.body_mass, now["places"][:, :, 0].T
        moments = np.multiply(masses[:, None], along_x, order="C").sum(axis=0)  # one body after the other
        return np.asarray(moments / masses.sum())

    def healthy(self, now: Readings) -> NDArray[np.bool_]:
        """Those at a height in the range."""
        return within(now["qpos"][:, 2], self.robot._healthy_z_range)

    def costs(self, now: Readings, actions: NDArray[np.float32]) -> NDArray[np.float64]:
        """The costs of torques, in double precision, and of contact forces."""
        robot, forces = self.robot, np.square(now["forces"])
        contact = robot._contact_cost_weight * forces.reshape(len(forces), -1).sum(axis=1)
        torques = robot._ctrl_cost_weight * np.square(now["controls"]).sum(axis=1)
        return np.asarray(torques + np.clip(contact, *robot._contact_cost_range))


DESCRIPTION = (
    "Walk along x on two legs without falling; the speed, 5 for every healthy step, less costs of torques and contacts."
)
IN_WORDS = (
    "C2: mirror left and right, y ↦ −y. Arms and legs change places; the trunk's and the shoulders' rotations about x and z "
    "and sideways velocities and forces change sign."
)
ROBOT = """@inproceedings{tassa2012synthesis,
  title={Synthesis and stabilization of complex behaviors through online trajectory optimization},
  author={Tassa, Yuval and Erez, Tom and Todorov, Emanuel},
  booktitle={IEEE/RSJ International Conference on Intelligent Robots and Systems},
  pages={4906--4913}, year={2012}
}"""

register(
    robot_task(
        left_right,
        SAMPLING,
        look=LOOK,
        words=WORDS,
        rules=HumanoidRules,
        exactness=Exactness.APPROXIMATE,
        id="humanoid-v1",
        family="humanoid",
        gym_id="Humanoid-v5",
        stated_threshold=SOLVED,
        declared_track="approximate",
        card=robot_card(
            "Humanoid-v5",
            f"As gymnasium ships it; `humanoid-symmetric-v1` is the same robot with both sides alike. {DESCRIPTION}",
            f"{IN_WORDS} Approximate: the model's right hip and knee differ from the left ones, its solver depends on the "
            "order of contacts.",
            ROBOT,
        ),
    )
)

register(
    robot_task(
        left_right,
        SAMPLING,
        look=LOOK,
        words=WORDS,
        rules=HumanoidRules,
        id="humanoid-symmetric-v1",
        family="humanoid",
        gym_id="symprior/HumanoidSymmetric-v1",
        stated_threshold=SOLVED,
        card=robot_card(
            "Humanoid-v5",
            "`humanoid-v1` with the right hip and knee made as the left ones are, and a solver that does not depend on the "
            f"order of contacts: so its mirror is exact, and that one's is not. {DESCRIPTION}",
            IN_WORDS,
            ROBOT,
            change="with the right hip and knee made as the left ones are, and solved by Newton's method",
        ),
    )
)
