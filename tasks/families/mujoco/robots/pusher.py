"""Pusher-v5, which has no symmetry: a mirror through the arm is assumed and wrong.

The arm itself is symmetric, and random play seldom reaches a joint's limit, which are not alike on the two sides. Positions
are measured from the shoulder, so that the mirror is linear.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.representations import direct_sum
from symprior.symmetry.symmetry import Exactness
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.reflections.reflections import LEFT_RIGHT, Reflection, reflected
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import Outcome, Readings, Rules, norms
from symprior.tasks.task import register

ARM = (
    *("r_shoulder_pan_joint", "r_shoulder_lift_joint", "r_upper_arm_roll_joint", "r_elbow_flex_joint"),
    *("r_forearm_roll_joint", "r_wrist_flex_joint", "r_wrist_roll_joint"),
)
POSITIONS = (*ARM, "obj_slidey", "obj_slidex", "goal_slidey", "goal_slidex")
MIRROR = Reflection(
    reversed=(
        *("r_shoulder_pan_joint", "r_upper_arm_roll_joint", "r_forearm_roll_joint", "r_wrist_roll_joint"),
        *("obj_slidey", "goal_slidey"),
    )
)
WORDS = {joint: joint.removeprefix("r_").removesuffix("_joint").replace("_", " ") for joint in ARM}


SHOWN = (
    *(f"{WORDS[joint]}, {what}" for what in ("angle", "angular speed") for joint in ARM),
    *(f"{thing}, {axis}" for thing in ("fingertip", "object", "goal") for axis in "xyz"),
)
SHOULDER = (0.0, -0.6, 0.0)
TO_THE_SIDE = -0.55
"""The value of `obj_slidey` and `goal_slidey` at which object and goal lie straight in front of the shoulder."""

ASIDE, ALONG = (TO_THE_SIDE - 0.6, TO_THE_SIDE + 0.6), (-0.6, 0.2)
SAMPLING = Sampling(
    POSITIONS,
    ranges={"obj_slidey": ASIDE, "goal_slidey": ASIDE, "obj_slidex": ALONG, "goal_slidex": ALONG},
    still=(9, 10),
)


def from_the_shoulder(**arguments: Any) -> Environment:
    """Pusher-v5 that shows fingertip, object and goal relative to the shoulder."""
    from gymnasium.envs.mujoco.pusher_v5 import PusherEnv

    env = PusherEnv(**arguments)
    shoulder = np.concatenate([np.zeros(14), np.tile(SHOULDER, 3)])
    return gymnasium.wrappers.TransformObservation(env, lambda shown: shown - shoulder, env.observation_space)


def mirror() -> RobotSymmetry:
    """C2: left and right of the shoulder change places."""
    positions, arm = MIRROR.on(POSITIONS), MIRROR.on(ARM)
    places = [reflected(LEFT_RIGHT.vector)] * 3  # fingertip, object, goal
    shift = np.zeros((2, len(POSITIONS)))
    shift[1, [7, 9]] = 2 * TO_THE_SIDE
    return RobotSymmetry(
        positions, velocities=positions, controls=arm, observation=direct_sum(arm, arm, *places), shift=shift
    )


class PusherRules(Rules):
    """Fingertip, object and goal are shown; how far the object is from the other two is the penalty."""

    PLACES = ("tips_arm", "object", "goal")

    def views(self, model: Any, data: Any) -> dict[str, NDArray[np.float64]]:
        """With the three places."""
        return {**super().views(model, data), **{name: data.body(name).xpos for name in self.PLACES}}

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """The arm's positions and velocities, and the places relative to the shoulder."""
        places = [now[name] - SHOULDER for name in self.PLACES]
        return np.concatenate([now["qpos"][:, :7], now["qvel"][:, :7], *places], axis=1)

    def outcome(self, before: Readings, now: Readings, actions: NDArray[np.float32]) -> Outcome:
        """Both distances and the torques are penalties; no end."""
        robot = self.robot
        near = -norms(now["object"] - now["tips_arm"]) * robot._reward_near_weight
        distance = -norms(now["object"] - now["goal"]) * robot._reward_dist_weight
        torques = -np.square(actions).sum(axis=1) * robot._reward_control_weight
        return distance + torques + near, np.zeros(len(near), dtype=np.bool_)


def rest(observations: NumpyArray) -> NDArray[np.float32]:
    """No torques: costs less than random ones, and moves nothing."""
    return np.zeros((len(observations), len(ARM)), dtype=np.float32)


register(
    robot_task(
        mirror,
        SAMPLING,
        words=WORDS,
        shown=SHOWN,
        rules=PusherRules,
        exactness=Exactness.NONE,
        reset=Exactness.NONE,
        id="pusher-v1",
        family="pusher",
        gym_id="symprior/PusherFromShoulder-v1",
        reference_policy=rest,
        return_bounds=(None, 0.0),
        declared_track="control",
        card=robot_card(
            "Pusher-v5",
            "Push an object to a goal with an arm of seven joints; the distances are the penalty, 100 steps.",
            "C2, assumed and wrong: mirror left and right of the shoulder. Pan, rolls and y change sign. The arm's "
            "joints are limited differently to the two sides, and the goal always lies on one of them.",
            change="with positions measured from the shoulder",
        ),
    )
)
