"""What MuJoCo's model calls the entries of an observation and the actions: joints and bodies, with what is told of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symprior.symmetry.names import BETWEEN, Names
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.families.mujoco.sampling import FREE, SLIDE

FREE_PLACE = ("x", "y", "z", "orientation w", "orientation x", "orientation y", "orientation z")
SPEED = tuple(f"speed along {axis}" for axis in "xyz")
TURNING = tuple(f"turning about {axis}" for axis in "xyz")
CONTACT = tuple(f"contact {what} {axis}" for what in ("torque about", "force along") for axis in "xyz")
INERTIA = (
    *(f"inertia {pair}" for pair in ("xx", "yy", "zz", "xy", "xz", "yz")),
    *(f"mass times {axis}" for axis in "xyz"),
    "mass",
)
OF_JOINTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "qpos": (FREE_PLACE, "place", "angle"),
    "qvel": (SPEED + TURNING, "speed", "angular speed"),
    "qfrc_actuator": (SPEED + TURNING, "force", "torque"),
}
"""What each part of an observation tells of a free body, of a slide and of a hinge."""

OF_BODIES = {"cinert": INERTIA, "cvel": tuple(f"{word} as a body" for word in TURNING + SPEED), "cfrc_ext": CONTACT}
PARTS = ("qpos", "qvel", "cinert", "cvel", "qfrc_actuator", "cfrc_ext")
"""Parts of an observation, in the order in which gymnasium shows them."""

Words = Mapping[str, str]
"""Better words for names of the model; other names stand as they are, with blanks for underscores."""


def robot_names(env: Environment, words: Words, observation: tuple[str, ...] = (), more: tuple[str, ...] = ()) -> Names:
    """The names of a robot's observation and controls.

    Args:
        env: gymnasium's environment.
        words: for names of the model.
        observation: names of what gymnasium shows, where it does not say of which parts that is.
        more: names of what a wrapper shows behind that.
    """
    robot: Any = env.unwrapped
    structure: Mapping[str, int] = getattr(robot, "observation_structure", {})
    shown = observation or tuple(
        name for part in PARTS if structure.get(part) for name in _named(robot.model, part, words)[-structure[part] :]
    )  # the first places may be left out
    driven = [int(joint) for joint in robot.model.actuator_trnid[:, 0]]
    return Names((*shown, *more), tuple(_of_joint(robot.model, joint, "qfrc_actuator", words)[0] for joint in driven))


def state_names(model: Any) -> list[str]:
    """A name for each entry of `qpos` and `qvel`, laid end to end."""
    return [*_named(model, "qpos", {}), *_named(model, "qvel", {})]


def _named(model: Any, part: str, words: Words) -> list[str]:
    if part in OF_JOINTS:
        return [name for joint in range(model.njnt) for name in _of_joint(model, joint, part, words)]
    bodies = [_in_words(_body(model, i), words) for i in range(1, model.nbody)]
    return [f"{body}{BETWEEN}{what}" for body in bodies for what in OF_BODIES[part]]


def _of_joint(model: Any, joint: int, part: str, words: Words) -> list[str]:
    name, kind = _in_words(model.joint(joint).name, words), model.jnt_type[joint]
    free, slide, hinge = OF_JOINTS[part]
    told = free if kind == FREE else (slide if kind == SLIDE else hinge,)
    return [f"{name}{BETWEEN}{what}" for what in told]


def _in_words(name: str, words: Words) -> str:
    return words.get(name, name.replace("_", " "))


def _body(model: Any, number: int) -> str:
    """A body without a name is called after its first geometry, else by its number."""
    if model.body(number).name:
        return str(model.body(number).name)
    geometry = int(model.body_geomadr[number])
    return str(model.geom(geometry).name) if geometry >= 0 and model.geom(geometry).name else f"body {number}"
