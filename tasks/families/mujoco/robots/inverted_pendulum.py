"""InvertedPendulum-v5 seen from behind: a symmetry but for a millimetre, by which the model's pole leans."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.representations import direct_sum
from symprior.symmetry.symmetry import Exactness
from symprior.tasks.families.classic_control.cartpole import BIBTEX
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.reflections.reflections import Reflection
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import Outcome, Readings, Rules
from symprior.tasks.task import register

JOINTS = ("slider", "hinge")
MIRROR = Reflection(reversed=JOINTS)
WORDS = {"slider": "cart", "hinge": "pole"}


SAMPLING = Sampling(JOINTS, ends={"hinge": (-0.2, 0.2)})


def mirror() -> RobotSymmetry:
    """C2: the cart, the pole and the push change sides."""
    joints = MIRROR.on(JOINTS)
    return RobotSymmetry(joints, joints, MIRROR.on(["slider"]), observation=direct_sum(joints, joints))


class PendulumRules(Rules):
    """1 for each step until the pole leans by 0.2."""

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """Positions and velocities."""
        return np.concatenate([now["qpos"], now["qvel"]], axis=1)

    def outcome(self, before: Readings, now: Readings, actions: NDArray[np.float32]) -> Outcome:
        """The end is where the pole leans too much or something is not finite."""
        fallen = ~np.isfinite(self.observe(now)).all(axis=1) | (np.abs(now["qpos"][:, 1]) > 0.2)
        return (~fallen).astype(np.float64), fallen


def balance(observations: NumpyArray) -> NDArray[np.float32]:
    """Push towards where the pole leans: keeps every episode up to its end."""
    pushes = observations @ np.array([0.3, 15, 0.7, 2])
    return np.asarray(np.clip(pushes, -3, 3), dtype=np.float32)[:, None]


register(
    robot_task(
        mirror,
        SAMPLING,
        words=WORDS,
        rules=PendulumRules,
        exactness=Exactness.APPROXIMATE,
        id="inverted-pendulum-v1",
        family="inverted-pendulum",
        gym_id="InvertedPendulum-v5",
        declared_track="approximate",
        reference_policy=balance,
        greatest_reward=1.0,
        return_bounds=(0.0, 1000.0),
        threshold_fraction=None,
        card=robot_card(
            "InvertedPendulum-v5",
            "Push a cart so that the pole on it stays up; 1 a step, 1,000 steps at most.",
            "C2: mirror left and right. Every observation and the push change sign. Approximate: in the model the pole, "
            "0.6 m long, leans by 1 mm to one side.",
            BIBTEX,
        ),
    )
)
