"""What MuJoCo's model calls the entries of an observation: joints and bodies, each with what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FREE_PLACE = ("x", "y", "z", "orientation w", "orientation x", "orientation y", "orientation z")
FREE_SPEED = ("velocity x", "velocity y", "velocity z", "turning about x", "turning about y", "turning about z")
SPATIAL = ("torque about x", "torque about y", "torque about z", "force along x", "force along y", "force along z")
TWIST = tuple(f"{what} {axis}" for what in ("turning about", "velocity along") for axis in "xyz")
INERTIA = (
    *(f"inertia {pair}" for pair in ("xx", "yy", "zz", "xy", "xz", "yz")),
    *(f"mass times {a}" for a in "xyz"),
    "mass",
)
NAMED = ("qpos", "qvel", "cinert", "cvel", "qfrc_actuator", "cfrc_ext", "ten_length", "ten_velocity")
"""Parts of an observation, in the order in which they are shown."""


def named(model: Any, part: str, structure: Mapping[str, int]) -> list[str]:
    """The names of one part of an observation, [entries of the part].

    Args:
        model: MuJoCo's.
        part: one of `NAMED`.
        structure: gymnasium's `observation_structure`: how many entries each part has.
    """
    count = structure[part]
    if part in ("qpos", "qvel", "qfrc_actuator"):
        return _of_joints(model, part)[-count:]  # the first may be left out
    components = {"cinert": INERTIA, "cvel": TWIST, "cfrc_ext": SPATIAL}.get(part)
    if components is None:
        return [f"{part}[{i}]" for i in range(count)]
    bodies = [_body(model, i) for i in range(1, model.nbody)]
    return [f"{body}, {what}" for body in bodies for what in components]


def _of_joints(model: Any, part: str) -> list[str]:
    names: list[str] = []
    for i in range(model.njnt):
        name = model.joint(i).name
        if model.jnt_type[i] == 0:
            names += [f"{name} {what}" for what in (FREE_PLACE if part == "qpos" else FREE_SPEED)]
        else:
            names.append(f"{name}, {'position' if part == 'qpos' else 'velocity' if part == 'qvel' else 'force'}")
    return names


def _body(model: Any, number: int) -> str:
    """A body without a name is called after its first geometry, else by its number."""
    if model.body(number).name:
        return str(model.body(number).name)
    geometry = int(model.body_geomadr[number])
    return str(model.geom(geometry).name) if geometry >= 0 and model.geom(geometry).name else f"body {number}"
