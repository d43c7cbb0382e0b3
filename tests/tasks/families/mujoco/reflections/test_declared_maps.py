"""The names and maps that the families declare are those of MuJoCo's models, found anew from the models' geometry."""

from __future__ import annotations

from typing import Any

import gymnasium
import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.families.mujoco.reflections.reflections import FRONT_BACK, LEFT_RIGHT, Plane, Reflection
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robots import (
    ant,
    half_cheetah,
    hopper,
    humanoid,
    inverted_double_pendulum,
    inverted_pendulum,
    pusher,
    reacher,
    swimmer,
    walker2d,
)

FREE = ("x", "y", "z", "qw", "qx", "qy", "qz")
DECLARED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # positions and actuators by joint
    "InvertedPendulum-v5": (inverted_pendulum.JOINTS, ("slider",)),
    "InvertedDoublePendulum-v5": (inverted_double_pendulum.JOINTS, ("slider",)),
    "Swimmer-v5": (swimmer.JOINTS, swimmer.JOINTS[3:]),
    "Reacher-v5": (reacher.POSITIONS, reacher.ARM),
    "Walker2d-v5": (walker2d.JOINTS, (*walker2d.RIGHT, *walker2d.LEFT)),
    "Ant-v5": ((*ant.ROOT, *ant.JOINTS), ant.ACTUATORS),
    "Humanoid-v5": ((*humanoid.ROOT, *humanoid.JOINTS), humanoid.ACTUATORS),
    "HalfCheetah-v5": (half_cheetah.JOINTS, (*half_cheetah.BACK, *half_cheetah.FRONT)),
    "Hopper-v5": (hopper.JOINTS, hopper.LEG),
    "Pusher-v5": (pusher.POSITIONS, pusher.ARM),
}


def model_of(gym_id: str) -> Any:
    return gymnasium.make(gym_id).unwrapped.model  # type: ignore[attr-defined]


@pytest.mark.parametrize("gym_id", DECLARED)
def test_positions_and_actuators_have_the_models_names_in_the_models_order(gym_id: str) -> None:
    model, (positions, actuators) = model_of(gym_id), DECLARED[gym_id]
    joints = [model.joint(i).name for i in range(model.njnt)]
    named = [*FREE, *joints[1:]] if model.jnt_type[0] == mujoco.mjtJoint.mjJNT_FREE else joints
    assert list(positions) == named
    assert list(actuators) == [model.joint(model.actuator_trnid[i, 0]).name for i in range(model.nu)]


def mirrored_bodies(model: Any, data: Any, plane: NDArray[np.int64]) -> list[int]:
    """The body whose centre of mass is the mirror image of each body's, the world left out."""
    distances = np.linalg.norm(data.xipos[None, 1:] - (data.xipos[1:] * plane)[:, None], axis=2)
    assert distances.min(axis=1).max() < 1e-9
    return [int(i) for i in distances.argmin(axis=1)]


def mirrored_joints(model: Any, data: Any, plane: NDArray[np.int64]) -> list[tuple[int, int]]:
    """The hinge whose anchor and axis are the mirror image of each hinge's, and the axis's sign; without the free joint."""
    images = [
        [
            int(np.sign(data.xaxis[j] @ -(data.xaxis[i] * plane)))  # an axis is a pseudo-vector
            * (
                np.allclose(data.xanchor[j], data.xanchor[i] * plane)
                and np.linalg.norm(np.cross(data.xaxis[j], data.xaxis[i] * plane)) < 1e-9
            )
            for j in range(1, model.njnt)
        ]
        for i in range(1, model.njnt)
    ]
    assert (np.abs(images).sum(axis=1) == 1).all()
    return [(int(np.abs(row).argmax()), int(np.sum(row))) for row in images]


def from_the_geometry(gym_id: str) -> tuple[list[int], list[tuple[int, int]], list[int]]:
    model = model_of(gym_id)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    plane = np.array(LEFT_RIGHT.vector)
    return mirrored_bodies(model, data, plane), mirrored_joints(model, data, plane), model.actuator_trnid[:, 0].tolist()


@pytest.mark.parametrize(("gym_id", "declared"), [("Ant-v5", ant.left_right()), ("Humanoid-v5", humanoid.left_right())])
def test_the_declared_reflection_is_that_of_the_models_bodies_and_axes(gym_id: str, declared: RobotSymmetry) -> None:
    bodies, joints, actuated = from_the_geometry(gym_id)
    velocities = np.zeros((len(joints) + 6, len(joints) + 6))
    velocities[:6, :6] = np.diag(LEFT_RIGHT.vector + LEFT_RIGHT.pseudovector)
    for i, (j, sign) in enumerate(joints):
        velocities[6 + i, 6 + j] = sign
    np.testing.assert_array_equal(declared.velocities.matrix(1), velocities)
    np.testing.assert_array_equal(declared.positions.matrix(1)[7:, 7:], velocities[6:, 6:])
    dofs = [5 + joint for joint in actuated]
    np.testing.assert_array_equal(declared.controls.matrix(1), velocities[np.ix_(dofs, dofs)])
    blocks = (
        [np.diag(LEFT_RIGHT.spatial)]
        if gym_id == "Ant-v5"
        else [np.diag(LEFT_RIGHT.inertia), np.diag(LEFT_RIGHT.spatial)]
    )
    exchange = np.eye(len(bodies))[bodies]
    contact_forces = np.kron(exchange, blocks[-1])
    np.testing.assert_array_equal(
        declared.observation.matrix(1)[-len(contact_forces) :, -len(contact_forces) :], contact_forces
    )
    start = len(declared.positions.matrix(1)) - 2 + len(velocities)
    first = np.kron(exchange, blocks[0])
    np.testing.assert_array_equal(
        declared.observation.matrix(1)[start : start + len(first), start : start + len(first)], first
    )


@pytest.mark.parametrize("plane", [LEFT_RIGHT, FRONT_BACK])
def test_a_planes_signs_are_those_of_rotations_and_inertias(plane: Plane) -> None:
    """Mirroring a body that turns: M R M for its rotation, M ω up to the determinant, M I M for its inertia."""
    rng, mirror = np.random.default_rng(0), np.diag(plane.vector).astype(np.float64)
    quaternion, matrix, moved = rng.standard_normal(4), np.zeros(9), np.zeros(9)
    quaternion /= np.linalg.norm(quaternion)
    mujoco.mju_quat2Mat(matrix, quaternion)
    mujoco.mju_quat2Mat(moved, quaternion * plane.quaternion)
    np.testing.assert_allclose(moved.reshape(3, 3), mirror @ matrix.reshape(3, 3) @ mirror, atol=1e-12)
    omega, place = rng.standard_normal((2, 3))
    np.testing.assert_allclose(mirror @ np.cross(omega, place), np.cross(omega * plane.pseudovector, mirror @ place))
    inertia = rng.standard_normal((3, 3))
    inertia = mirror @ (inertia + inertia.T) @ mirror * (inertia + inertia.T)
    signs = np.sign(inertia[[0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]])
    np.testing.assert_array_equal(signs, plane.inertia[:6])
    assert plane.inertia[6:] == (*plane.vector, 1) and plane.spatial == (*plane.pseudovector, *plane.vector)


def test_a_name_without_its_partner_leads_to_a_sentence() -> None:
    with pytest.raises(SympriorError, match="left changes places with right, which is not among"):
        Reflection(swapped=(("left", "right"),)).on(["left", "middle"])


@pytest.mark.parametrize("module", [walker2d, half_cheetah, hopper, swimmer, reacher, pusher, ant, humanoid])
def test_every_name_that_the_sampling_gives_is_a_position(module: Any) -> None:
    sampling = module.SAMPLING
    assert {*sampling.ranges, *sampling.ends} <= set(sampling.positions)
    assert sampling.height in (None, *sampling.positions)


def test_cards_say_where_a_robot_comes_from() -> None:
    for name in ("ant-v1", "humanoid-symmetric-v1", "pusher-v1"):
        card = get_task(name).card
        assert "gymnasium" in card.source and "todorov2012mujoco" in card.bibtex and "Apache" in card.licence
