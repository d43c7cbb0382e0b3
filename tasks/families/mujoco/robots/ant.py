"""Ant-v5 with its left and right changed: y becomes −y.

The bodies that the model calls `front_…` point to +y, and the reward is for +x: what changes places is `front_left_leg`
with `right_back_leg`, and `front_right_leg` with `back_leg`. The actuators are not in the order of the joints.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.representations import direct_sum
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.probe import Look
from symprior.tasks.families.mujoco.reflections.reflections import LEFT_RIGHT, Plane, Reflection, reflected
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import Readings, UprightRules
from symprior.tasks.task import register

ROOT = ("x", "y", "z", "qw", "qx", "qy", "qz")
JOINTS = ("hip_1", "ankle_1", "hip_2", "ankle_2", "hip_3", "ankle_3", "hip_4", "ankle_4")
ACTUATORS = ("hip_4", "ankle_4", "hip_1", "ankle_1", "hip_2", "ankle_2", "hip_3", "ankle_3")
LEGS = tuple(f"{part}_{leg}" for leg in (1, 2, 3, 4) for part in ("root", "thigh", "shin"))
HIPS = ("hip_1", "hip_2", "hip_3", "hip_4")  # they turn about z; an ankle's axis becomes the other ankle's

SAMPLING = Sampling(
    (*ROOT, *JOINTS),
    ranges={"x": (-1, 1), "y": (-1, 1), "z": (0.1, 1.1)},
    ends={"z": (0.2, 1.0)},
    orientation="qw",
    height="z",
    hidden_parts=("aux_1_geom", "aux_2_geom", "aux_3_geom", "aux_4_geom"),  # the hips: a thigh goes on where each ends
    folded=HIPS,
)


LEG_NAMES = {1: "left front leg", 2: "left hind leg", 3: "right hind leg", 4: "right front leg"}
ROOTS, SHINS = (
    ("front_left_leg", "front_right_leg", "back_leg", "right_back_leg"),
    ("left", "right", "third", "fourth"),
)
LOOK = Look(
    (ROOTS[:2], ROOTS[2:]), camera={"azimuth": 180, "elevation": -40, "distance": 4, "lookat": np.array([0, 0, 0.5])}
)
WORDS = {
    "root": "torso",
    **{f"{joint}_{i}": f"{joint} of the {leg}" for joint in ("hip", "ankle") for i, leg in LEG_NAMES.items()},
    **{name: f"root of the {LEG_NAMES[i]}" for i, name in enumerate(ROOTS, start=1)},
    **{f"aux_{i}": f"thigh of the {leg}" for i, leg in LEG_NAMES.items()},
    **{f"{name}_ankle_geom": f"shin of the {LEG_NAMES[i]}" for i, name in enumerate(SHINS, start=1)},
}
"""The model names the legs as if y were ahead, and leaves the shins without a name."""


def exchange_of_legs(*pairs: tuple[int, int], reversed: tuple[str, ...] = HIPS) -> Reflection:
    """The legs of each pair change places, with all their parts."""
    parts = ("hip", "ankle", "root", "thigh", "shin")
    return Reflection(tuple((f"{part}_{one}", f"{part}_{other}") for part in parts for one, other in pairs), reversed)


def mirrored(plane: Plane, legs: Reflection) -> RobotSymmetry:
    """A mirror at the plane, in which those legs change places."""
    joints = legs.on(JOINTS)
    rotation = reflected(plane.quaternion)
    velocities = direct_sum(reflected(plane.vector), reflected(plane.pseudovector), joints)
    contact_forces = legs.on(["torso", *LEGS], plane.spatial)
    return RobotSymmetry(
        direct_sum(reflected(plane.vector), rotation, joints),
        velocities,
        controls=legs.on(ACTUATORS),
        observation=direct_sum(reflected(plane.vector[2:]), rotation, joints, velocities, contact_forces),
    )


def left_right() -> RobotSymmetry:
    """C2: the legs at +y and at −y change places."""
    return mirrored(LEFT_RIGHT, exchange_of_legs((1, 4), (2, 3)))


class AntRules(UprightRules):
    """Contact forces are shown, and cost; the place is the torso's."""

    need_contact_forces = True

    def views(self, model: Any, data: Any) -> dict[str, NDArray[np.float64]]:
        """With the contact forces and the torso's place."""
        torso = data.body(self.robot._main_body).xpos
        return {**super().views(model, data), "forces": data.cfrc_ext, "torso": torso}

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """Positions but for x and y, velocities, and the contact forces on all bodies but the world."""
        forces = np.clip(now["forces"], *self.robot._contact_force_range)[:, 1:]
        return np.concatenate([now["qpos"][:, 2:], now["qvel"], forces.reshape(len(forces), -1)], axis=1)

    def place(self, now: Readings) -> NDArray[np.float64]:
        """Where the torso was in the last of the substeps."""
        return now["torso"][:, 0]

    def healthy(self, now: Readings) -> NDArray[np.bool_]:
        """Those of which everything is finite, at a height in the range."""
        low, high = self.robot._healthy_z_range
        is_finite = np.isfinite(now["qpos"]).all(axis=1) & np.isfinite(now["qvel"]).all(axis=1)
        return np.asarray(is_finite & (low <= now["qpos"][:, 2]) & (now["qpos"][:, 2] <= high))

    def costs(self, now: Readings, actions: NDArray[np.float32]) -> NDArray[np.float64]:
        """The costs of torques and contact forces."""
        forces = np.square(np.clip(now["forces"], *self.robot._contact_force_range))
        contact = self.robot._contact_cost_weight * forces.reshape(len(forces), -1).sum(axis=1)
        return np.asarray(super().costs(now, actions) + contact)


register(
    robot_task(
        left_right,
        SAMPLING,
        look=LOOK,
        words=WORDS,
        rules=AntRules,
        id="ant-v1",
        family="ant",
        gym_id="Ant-v5",
        threshold_fraction=None,
        card=robot_card(
            "Ant-v5",
            "Walk along x on four legs; the speed, 1 for every healthy step, less costs of the torques and contacts.",
            "C2: mirror left and right, y ↦ −y. Leg 1 changes places with leg 4 and leg 2 with leg 3; hips, sideways "
            "velocities and forces, and rotations about x and z change sign.",
            """@article{schulman2015high,
  title={High-Dimensional Continuous Control Using Generalized Advantage Estimation},
  author={Schulman, John and Moritz, Philipp and Levine, Sergey and Jordan, Michael and Abbeel, Pieter},
  journal={arXiv preprint arXiv:1506.02438}, year={2015}
}""",
        ),
    )
)
