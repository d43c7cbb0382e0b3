"""HalfCheetah-v5, which has no symmetry: exchanging its legs, as one does with a walker's, is assumed and wrong.

MuJoCo warns that a setting of gymnasium's model is going to be removed; nobody who uses the model can do anything about it.
"""

from __future__ import annotations

from math import pi
from typing import Any

from symprior.symmetry.representations import direct_sum
from symprior.symmetry.symmetry import Exactness
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.probe import Look
from symprior.tasks.families.mujoco.reflections.reflections import Reflection
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.sampling import Sampling
from symprior.tasks.families.mujoco.simulation.rules import ForwardRules
from symprior.tasks.families.mujoco.simulation.silence import without_warning
from symprior.tasks.task import register

BACK, FRONT = ("bthigh", "bshin", "bfoot"), ("fthigh", "fshin", "ffoot")
JOINTS = ("rootx", "rootz", "rooty", *BACK, *FRONT)
LEG_SWAP = Reflection(swapped=tuple(zip(BACK, FRONT, strict=True)))
WORDS = {
    **{"rootx": "torso along x", "rootz": "torso up", "rooty": "torso leaning"},
    **{f"{leg[0]}{part}": f"{leg} {part}" for leg in ("back", "front") for part in ("thigh", "shin", "foot")},
}


SAMPLING = Sampling(JOINTS, ranges={"rootx": (-1, 1), "rootz": (-0.4, 0.5), "rooty": (-pi, pi)}, height="rootz")


def quietly(**arguments: Any) -> Environment:
    """HalfCheetah-v5."""
    from gymnasium.envs.mujoco.half_cheetah_v5 import HalfCheetahEnv

    with without_warning("settotalmass"):
        return HalfCheetahEnv(**arguments)


def leg_exchange(reflection: Reflection = LEG_SWAP) -> RobotSymmetry:
    """C2: the back and the front leg change places."""
    joints = reflection.on(JOINTS)
    return RobotSymmetry(
        joints,
        joints,
        controls=reflection.on([*BACK, *FRONT]),
        observation=direct_sum(reflection.on(JOINTS[1:]), joints),
    )


register(
    robot_task(
        leg_exchange,
        SAMPLING,
        look=Look((("bthigh",), ("fthigh",))),
        words=WORDS,
        rules=ForwardRules,
        exactness=Exactness.NONE,
        id="half-cheetah-v1",
        family="half-cheetah",
        gym_id="symprior/QuietHalfCheetah-v1",
        stated_threshold=(4800.0, "reward_threshold of gymnasium's HalfCheetah-v5"),
        declared_track="control",
        card=robot_card(
            "HalfCheetah-v5",
            "Run along x on a back and a front leg; the speed less a small cost of the torques, 1,000 steps.",
            "C2, assumed and wrong: the back and the front leg change places.",
            """@article{wawrzynski2009cat,
  title={A Cat-Like Robot Real-Time Learning to Run},
  author={Wawrzy{\\'n}ski, Pawe{\\l}},
  journal={Adaptive and Natural Computing Algorithms},
  volume={5495}, pages={380--390}, year={2009}
}""",
        ),
    )
)
