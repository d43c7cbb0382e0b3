"""Maps that a MuJoCo model proposes: its bodies, joints and actuators matched under the reflections and turns of space.

A motion of space that keeps the vertical carries the tree of bodies onto itself where masses and places agree. What it does
to a joint follows from the joint's place and axis: a hinge's axis is a pseudo-vector, a slide's a vector, a free joint's
rotation turns with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.generated.closing import SignedMap, end_to_end, signed_map
from symprior.tasks.families.mujoco.sampling import BALL, FREE, SLIDE

Matrix = NDArray[np.float64]

CLOSE = 0.02
"""Metres, or parts of a mass, by which a body may differ from the one that it goes to; approximate symmetries show, too."""

MOST = 256
"""Ways to match the bodies that are looked at for one motion of space."""

ALONG = 0.98
"""From this cosine on two axes are one."""


def motions_of_space() -> list[Matrix]:
    """The turns by quarters about the vertical and the mirrors that contain it, the identity first."""
    found = []
    for order in permutations(range(2)):
        for signs in product((1.0, -1.0), repeat=2):
            motion = np.zeros((3, 3))
            motion[[0, 1], order] = signs
            motion[2, 2] = 1.0
            found.append(motion)
    return found


def proposed(model: Any) -> list[SignedMap]:
    """Maps of `qpos`, `qvel` and controls laid end to end that the model's geometry allows; the identity is none.

    Args:
        model: MuJoCo's.
    """
    import mujoco  # type: ignore[import-untyped]

    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    found: dict[bytes, SignedMap] = {}
    for motion in motions_of_space():
        for images in _Tree(model, data, motion).matchings():
            moved = _on_joints(model, data, motion, images)
            if moved is not None and not moved.is_identity:
                found[moved.key] = moved
    return list(found.values())


class _Tree:
    """The bodies of a model as they lie, matched to themselves under a motion of space."""

    def __init__(self, model: Any, data: Any, motion: Matrix) -> None:
        self._model, self._data, self._motion = model, data, motion
        self._children: dict[int, list[int]] = {body: [] for body in range(model.nbody)}
        for body in range(1, model.nbody):
            self._children[int(model.body_parentid[body])].append(body)

    def matchings(self) -> Iterator[NDArray[np.int64]]:
        """Where each body goes, [bodies]: children go to children, and places to their images."""
        for matched in islice(self._below(0, 0), MOST):
            yield np.array([matched[body] for body in range(self._model.nbody)])

    def _below(self, body: int, image: int) -> Iterator[dict[int, int]]:
        """Every matching of what hangs on a body to what hangs on its image."""
        here, there = self._children[body], self._children[image]
        for order in permutations(there) if len(here) == len(there) else ():
            pairs = list(zip(here, order, strict=True))
            if all(_fits(self._model, self._data, self._motion, *pair) for pair in pairs):
                for parts in product(*(list(self._below(*pair)) for pair in pairs)):
                    yield {body: image} | {key: value for part in parts for key, value in part.items()}


def _fits(model: Any, data: Any, motion: Matrix, body: int, image: int) -> bool:
    """Whether a body lies where another one is carried to, and is as heavy and as jointed."""
    root, other = (int(model.body_rootid[each]) for each in (body, image))
    place = motion @ (data.xpos[body] - data.xpos[root])
    is_there = np.abs(place - (data.xpos[image] - data.xpos[other])).max() <= CLOSE
    one, two = float(model.body_mass[body]), float(model.body_mass[image])
    return bool(
        is_there and abs(one - two) <= CLOSE * max(one, two, 1e-9) and _kinds(model, body) == _kinds(model, image)
    )


def _kinds(model: Any, body: int) -> list[int]:
    start, count = int(model.body_jntadr[body]), int(model.body_jntnum[body])
    return sorted(model.jnt_type[start : start + count].tolist()) if count else []


def _on_joints(model: Any, data: Any, motion: Matrix, images: NDArray[np.int64]) -> SignedMap | None:
    """What it does to positions, velocities and controls; None where an axis is carried to none."""
    positions = np.arange(model.nq), np.ones(model.nq, dtype=np.int64)
    velocities = np.arange(model.nv), np.ones(model.nv, dtype=np.int64)
    joints: dict[int, tuple[int, int]] = {}
    for body in range(model.nbody):
        for joint in range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body]):
            kind = int(model.jnt_type[joint])
            if kind in (FREE, BALL):
                _of_rotation(model, motion, joint, kind, positions, velocities)
                continue
            partner = _partner(model, data, motion, joint, int(images[body]))
            if partner is None:
                return None
            joints[joint] = partner
    for joint, (image, sign) in joints.items():
        for entries, address in ((positions, model.jnt_qposadr), (velocities, model.jnt_dofadr)):
            entries[0][address[image]], entries[1][address[image]] = address[joint], sign
    controls = _on_controls(model, joints)
    return None if controls is None else end_to_end(signed_map(*positions), signed_map(*velocities), controls)


def _partner(model: Any, data: Any, motion: Matrix, joint: int, image: int) -> tuple[int, int] | None:
    """The joint of the image's body that a joint is carried to, and the sign of its coordinate."""
    is_slide = model.jnt_type[joint] == SLIDE
    axis = motion @ data.xaxis[joint] * (1.0 if is_slide else np.linalg.det(motion))
    first = int(model.body_jntadr[image])
    for other in range(first, first + int(model.body_jntnum[image])):
        along = float(axis @ data.xaxis[other])
        if model.jnt_type[other] == model.jnt_type[joint] and abs(along) >= ALONG:
            return other, int(np.sign(along))
    return None


def _of_rotation(
    model: Any,
    motion: Matrix,
    joint: int,
    kind: int,
    positions: tuple[NDArray[np.int64], NDArray[np.int64]],
    velocities: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> None:
    """A free or ball joint stays where it is: its place moves as a vector, its rotation as a pseudo-vector."""
    place, speed = int(model.jnt_qposadr[joint]), int(model.jnt_dofadr[joint])
    turning = motion * np.linalg.det(motion)
    blocks = [(velocities, speed, turning), (positions, place + 1, turning)]
    if kind == FREE:
        blocks = [(velocities, speed, motion), (velocities, speed + 3, turning)]
        blocks += [(positions, place, motion), (positions, place + 4, turning)]
    for (source, sign), start, matrix in blocks:
        columns = np.abs(matrix).argmax(axis=1)
        source[start : start + 3] = start + columns
        sign[start : start + 3] = np.sign(matrix[range(3), columns])


def _on_controls(model: Any, joints: dict[int, tuple[int, int]]) -> SignedMap | None:
    """Controls go with the joints that they move; None where one moves something else, or its image moves nothing."""
    driven = {int(model.actuator_trnid[i, 0]): i for i in range(model.nu) if model.actuator_trntype[i] == 0}
    if len(driven) < model.nu:
        return None
    source, sign = np.arange(model.nu), np.ones(model.nu, dtype=np.int64)
    for joint, control in driven.items():
        image, along = joints.get(joint, (joint, 1))
        if image not in driven:
            return None
        other = driven[image]
        gears = np.sign(model.actuator_gear[control, 0] * model.actuator_gear[other, 0])
        source[other], sign[other] = control, along * int(gears)
    return signed_map(source, sign)
