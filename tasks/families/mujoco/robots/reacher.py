"""Reacher-v5 in a mirror and turned about its shoulder: the arm, the target and what lies between them.

Turning keeps the dynamics but not where episodes start: the arm always starts near the direction of x.
"""

from __future__ import annotations

from functools import partial
from math import cos, pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import (
    Representation,
    as_signed_permutation,
    direct_sum,
    generated,
    trivial_representation,
)
from symprior.symmetry.symmetry import Exactness
from symprior.tasks.families.classic_control.idle import idle
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.reflections.reflections import Reflection, reflected
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import Outcome, Readings, Rules, norms
from symprior.tasks.task import register

ARM = ("joint0", "joint1")
POSITIONS = (*ARM, "target_x", "target_y")
MIRROR = Reflection(reversed=(*ARM, "target_y"))
WITHIN_REACH = (-0.14, 0.14)  # targets start within 0.2 m of the shoulder, and turned ones must lie there too
WORDS = {"joint0": "shoulder", "joint1": "elbow"}


SHOWN = (
    *("cosine of the shoulder", "cosine of the elbow", "sine of the shoulder", "sine of the elbow"),
    *("target's x", "target's y", "angular speed of the shoulder", "angular speed of the elbow"),
    *("x from target to fingertip", "y from target to fingertip"),
)
SAMPLING = Sampling(
    POSITIONS, ranges={"joint0": (-pi, pi), "target_x": WITHIN_REACH, "target_y": WITHIN_REACH}, still=(2, 3)
)


def mirror() -> RobotSymmetry:
    """C2: y becomes −y, every angle and torque changes sign."""
    positions, arm = MIRROR.on(POSITIONS), MIRROR.on(ARM)
    cosines, target, to_the_target = reflected((1, 1)), reflected((1, -1)), reflected((1, -1))
    return RobotSymmetry(
        positions,
        velocities=positions,
        controls=arm,
        observation=direct_sum(cosines, arm, target, arm, to_the_target),  # the sines are as the angles
    )


def turns(order: int) -> RobotSymmetry:
    """The cyclic group of that order: everything is turned about the shoulder; torques and the elbow stay."""
    group, angle = cyclic(order), 2 * pi / order
    turn = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    shown = np.eye(10)  # cos 0, cos 1, sin 0, sin 1, target x y, velocities 0 1, fingertip − target x y
    for x, y in ((0, 2), (4, 5), (8, 9)):
        shown[np.ix_([x, y], [x, y])] = turn
    positions = np.eye(4)
    positions[2:, 2:] = turn
    moved = generated(group, {1: positions})
    return RobotSymmetry(
        moved,
        velocities=moved,
        controls=trivial_representation(group, 2),
        observation=_without_round_off(generated(group, {1: shown})),
        shift=angle * np.outer(np.arange(order), [1, 0, 0, 0]),
    )


def _without_round_off(representation: Representation) -> Representation:
    return as_signed_permutation(representation) or representation


class ReacherRules(Rules):
    """The way from the target to the fingertip is shown, and its length is the penalty."""

    def views(self, model: Any, data: Any) -> dict[str, NDArray[np.float64]]:
        """With the places of fingertip and target."""
        return {**super().views(model, data), **{name: data.body(name).xpos for name in ("fingertip", "target")}}

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """Cosines and sines of the angles, the target, the angles' velocities, x and y of the way."""
        angles, way = now["qpos"][:, :2], now["fingertip"] - now["target"]
        return np.concatenate(
            [np.cos(angles), np.sin(angles), now["qpos"][:, 2:], now["qvel"][:, :2], way[:, :2]], axis=1
        )

    def outcome(self, before: Readings, now: Readings, actions: NDArray[np.float32]) -> Outcome:
        """The way's length and the torques are penalties; no end."""
        robot, way = self.robot, norms(now["fingertip"] - now["target"])
        torques = -np.square(actions).sum(axis=1) * robot._reward_control_weight
        return -way * robot._reward_dist_weight + torques, np.zeros(len(way), dtype=np.bool_)


DESCRIPTION = "Bring the end of a two-jointed arm to a target; the distance to it is the penalty, 50 steps."

register(
    robot_task(
        mirror,
        SAMPLING,
        words=WORDS,
        shown=SHOWN,
        rules=ReacherRules,
        id="reacher-v1",
        family="reacher",
        gym_id="Reacher-v5",
        blind_policy=idle(2),
        return_bounds=(None, 0.0),
        threshold_fraction=None,
        card=robot_card(
            "Reacher-v5",
            DESCRIPTION,
            "C2: mirror y ↦ −y. Angles (their sines, not their cosines), y of the target, y from target to fingertip "
            "and both torques change sign.",
        ),
    )
)

for order, how in ((4, "90°"), (8, "45°")):
    register(
        robot_task(
            partial(turns, order),
            SAMPLING,
            words=WORDS,
            shown=SHOWN,
            rules=ReacherRules,
            reset=Exactness.BROKEN,
            id=f"reacher-turned-{order}-v1",
            family="reacher",
            gym_id="Reacher-v5",
            blind_policy=idle(2),
            return_bounds=(None, 0.0),
            threshold_fraction=None,
            declared_track="diagnostic",
            card=robot_card(
                "Reacher-v5",
                DESCRIPTION,
                f"C{order}: turn by {how} about the shoulder. The first angle's cosine and sine, the target and the way "
                "from target to fingertip turn; the elbow, the velocities and both torques stay. Exact in the dynamics, not "
                "in where episodes start: the arm always starts near the direction of x.",
            ),
        )
    )
