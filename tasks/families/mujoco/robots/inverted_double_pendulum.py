"""InvertedDoublePendulum-v5 seen from behind: gravity has a hundred-thousandth of a sideways component."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.representations import direct_sum
from symprior.symmetry.symmetry import Exactness
from symprior.tasks.families.classic_control.cartpole import BIBTEX
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.reflections.reflections import Reflection, reflected
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import Outcome, Readings, Rules, squares
from symprior.tasks.task import register

JOINTS = ("slider", "hinge", "hinge2")
MIRROR = Reflection(reversed=JOINTS)
WORDS = {"slider": "cart", "hinge": "lower pole", "hinge2": "upper pole"}


SHOWN = (
    "cart, place",
    *("lower pole, sine of the angle", "upper pole, sine of the angle"),
    *("lower pole, cosine of the angle", "upper pole, cosine of the angle"),
    *("cart, speed", "lower pole, angular speed", "upper pole, angular speed"),
    "cart, force at the rail's end",
)
SAMPLING = Sampling(JOINTS, ranges={"hinge": (-1, 1), "hinge2": (-1, 1)})


def mirror() -> RobotSymmetry:
    """C2: the cart, both poles and the push change sides."""
    joints = MIRROR.on(JOINTS)
    position, sines, cosines = MIRROR.on(["slider"]), MIRROR.on(["hinge", "hinge2"]), reflected((1, 1))
    constraint_force = MIRROR.on(["slider"])
    return RobotSymmetry(
        joints,
        joints,
        controls=MIRROR.on(["slider"]),
        observation=direct_sum(position, sines, cosines, joints, constraint_force),
    )


class DoublePendulumRules(Rules):
    """The poles' tip is to stay up, and everything still."""

    def views(self, model: Any, data: Any) -> dict[str, NDArray[np.float64]]:
        """With the tip's place and the constraint forces."""
        return {**super().views(model, data), "tip": data.site_xpos[0], "forces": data.qfrc_constraint}

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """The cart's place, sines and cosines of the angles, velocities, the force at the rail's end."""
        angles, forces = now["qpos"][:, 1:], np.clip(now["forces"], -10, 10)[:, :1]
        return np.concatenate(
            [now["qpos"][:, :1], np.sin(angles), np.cos(angles), np.clip(now["qvel"], -10, 10), forces], axis=1
        )

    def outcome(self, before: Readings, now: Readings, actions: NDArray[np.float32]) -> Outcome:
        """A reward for every step until the tip is below 1, less penalties of place and speed."""
        x, y, (_, first, second) = now["tip"][:, 0], now["tip"][:, 2], now["qvel"].T
        fallen = y <= 1
        distance = 0.01 * squares(x) + squares(y - 2)
        speed = 1e-3 * squares(first) + 5e-3 * squares(second)
        return self.robot._healthy_reward * ~fallen - distance - speed, fallen


def balance(observations: NumpyArray) -> NDArray[np.float32]:
    """Linear feedback, about the gain that is optimal for the linearised step: keeps every episode up to its end."""
    gain = np.array([0.097, 1.15, 4.66, 0, 0, 0.176, 0.654, 0.689, 0])
    return np.asarray(np.clip(-observations @ gain, -1, 1), dtype=np.float32)[:, None]


register(
    robot_task(
        mirror,
        SAMPLING,
        words=WORDS,
        shown=SHOWN,
        rules=DoublePendulumRules,
        exactness=Exactness.APPROXIMATE,
        id="inverted-double-pendulum-v1",
        family="inverted-double-pendulum",
        gym_id="InvertedDoublePendulum-v5",
        declared_track="approximate",
        reference_policy=balance,
        greatest_reward=10 - (2 - 1.2) ** 2,
        return_bounds=(None, 9360.0),
        threshold_fraction=None,
        card=robot_card(
            "InvertedDoublePendulum-v5",
            "Push a cart so that two poles, one on top of the other, stay up; about 10 a step, 1,000 steps at most.",
            "C2: mirror left and right. Positions, sines, velocities, the force at the rail's end and the push change sign; "
            "cosines stay. Approximate, but only just: gravity has a sideways component of 0.00001 m/s².",
            BIBTEX,
        ),
    )
)
