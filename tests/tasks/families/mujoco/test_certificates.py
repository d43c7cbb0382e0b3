"""Every robot's declared grade holds on the simulator, and plausible mistakes are refused by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symprior.symmetry.representations import Representation, SignedPermutation, direct_sum, trivial_representation
from symprior.tasks import TASKS, Exactness, Task, get_task
from symprior.tasks.certificates import Certificate, certify
from symprior.tasks.families.mujoco.probe import MujocoProbe
from symprior.tasks.families.mujoco.reflections.reflections import FRONT_BACK, LEFT_RIGHT, Plane, Reflection, reflected
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
from symprior.tasks.families.mujoco.sampling import HINGE, Sampling

ROBOTS = [name for name in TASKS if "mujoco" in get_task(name).packages]


KINDS = ("inverted-pendulum-v1", "reacher-turned-4-v1", "walker2d-v1", "humanoid-symmetric-v1")
"""A robot on a rail, a group of four, legs that change places, and contacts; the kept certificates measure all once."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.exhaustive] * (name not in KINDS)) for name in ROBOTS]
)
@pytest.mark.cells(test=1, ci=3)
def test_the_declared_grades_hold_for_other_states(name: str, seed: int) -> None:
    certificate = certify(get_task(name), samples=120, seed=seed)
    assert certificate.agrees, certificate.lines()
    assert certificate.versions["mujoco"] and certificate.dynamics_evidence.at_time_limit > 0


# --- mistakes ---


def moved(declared: RobotSymmetry, **parts: Representation) -> RobotSymmetry:
    return replace(declared, **parts)


def planar(joints: tuple[str, ...], actuators: tuple[str, ...], hidden: int, *both: Any) -> RobotSymmetry:
    """A flat robot that shows its positions, but for the first `hidden` of them, and its velocities."""
    reflection = Reflection(*both)
    acts = reflection.on(joints)
    return RobotSymmetry(acts, acts, reflection.on(actuators), direct_sum(reflection.on(joints[hidden:]), acts))


PENDULUM = (inverted_pendulum.JOINTS, ("slider",), 0)
SWIMMER = (swimmer.JOINTS, swimmer.JOINTS[3:], 2)
WALKER = (walker2d.JOINTS, (*walker2d.RIGHT, *walker2d.LEFT), 1)
CHEETAH = (half_cheetah.JOINTS, (*half_cheetah.BACK, *half_cheetah.FRONT), 1)
HOPPER = (hopper.JOINTS, hopper.LEG, 1)
WALKER_LEGS, CHEETAH_LEGS = walker2d.LEG_SWAP.swapped, half_cheetah.LEG_SWAP.swapped


class Polar(Plane):
    """The mistake to take angular velocities and torques for vectors."""

    @property
    def pseudovector(self) -> tuple[int, int, int]:
        return self.vector

    @property
    def quaternion(self) -> tuple[int, ...]:
        return LEFT_RIGHT.quaternion


class WithoutProducts(Plane):
    """The mistake to take the products of inertia for scalars."""

    @property
    def inertia(self) -> tuple[int, ...]:
        return (1,) * 6 + (*self.vector, 1)


def double_pendulum(
    reversed: tuple[str, ...] = inverted_double_pendulum.JOINTS, force: int = -1, push: int = -1
) -> RobotSymmetry:
    mirror = Reflection(reversed=reversed)
    joints = mirror.on(inverted_double_pendulum.JOINTS)
    shown = direct_sum(
        mirror.on(["slider"]), mirror.on(["hinge", "hinge2"]), reflected((1, 1)), joints, reflected((force,))
    )
    return RobotSymmetry(joints, joints, reflected((push,)), shown)


def turned_reacher(**parts: Any) -> RobotSymmetry:
    return moved(reacher.turns(4), **parts)


def backwards(representation: Any) -> Any:
    """The representation after the automorphism g ↦ g⁻¹: it turns the other way."""
    order = representation.group.inverse
    return type(representation)(representation.group, representation.source[order], representation.sign[order])


RIGHT_ANT, WRONG_ANT = ant.exchange_of_legs((1, 4), (2, 3)), ant.exchange_of_legs((1, 2), (3, 4))
RIGHT_HUMANOID = Reflection(humanoid.SIDES, humanoid.REVERSED)
ALL_BUT_TWO_HIPS = ant.exchange_of_legs((1, 4), (2, 3), reversed=("hip_2", "hip_3"))

MISTAKES: dict[str, dict[str, Callable[[], RobotSymmetry]]] = {
    "inverted-pendulum-v1": {
        "the angle keeps its sign": lambda: planar(*PENDULUM, (), ("slider",)),
        "the position keeps its sign": lambda: planar(*PENDULUM, (), ("hinge",)),
        "the push keeps its sign": lambda: moved(inverted_pendulum.mirror(), controls=reflected((1,))),
    },
    "inverted-double-pendulum-v1": {
        "the second pole keeps its side": lambda: double_pendulum(("slider", "hinge")),
        "the force at the rail's end keeps its sign": lambda: double_pendulum(force=1),
        "the push keeps its sign": lambda: double_pendulum(push=1),
    },
    "swimmer-v1": {
        "one joint keeps its sign": lambda: planar(*SWIMMER, (), swimmer.JOINTS[1:4]),
        "front and back": lambda: planar(*SWIMMER, (), ("slider1", *swimmer.JOINTS[2:])),
        "the torques keep their signs": lambda: moved(swimmer.mirror(), controls=reflected((1, 1))),
        "the joints change places": lambda: planar(*SWIMMER, (("motor1_rot", "motor2_rot"),), swimmer.MIRROR.reversed),
    },
    "reacher-v1": {
        "the elbow keeps its sign": lambda: moved(
            reacher.mirror(),
            **{
                name: Reflection(reversed=("joint0", "target_y")).on(reacher.POSITIONS)
                for name in ("positions", "velocities")
            },
            controls=reflected((-1, 1)),
            observation=reflected((1, 1, -1, 1, 1, -1, -1, 1, 1, -1)),
        ),
        "the torques keep their signs": lambda: moved(reacher.mirror(), controls=reflected((1, 1))),
        "the way to the target stays": lambda: moved(
            reacher.mirror(), observation=reflected((1, 1, -1, -1, 1, -1, -1, -1, 1, 1))
        ),
    },
    "reacher-turned-4-v1": {
        "what is shown turns the other way": lambda: turned_reacher(
            observation=backwards(reacher.turns(4).observation)
        ),
        "the arm stays, the target turns": lambda: turned_reacher(shift=None),
        "the torques turn too": lambda: turned_reacher(controls=_block(reacher.turns(4).observation, 8)),
    },
    "walker2d-v1": {
        "only the thighs change places": lambda: planar(*WALKER, WALKER_LEGS[:1]),
        "the torques keep their places": lambda: moved(
            walker2d.leg_swap(), controls=trivial_representation(reflected((1,)).group, 6)
        ),
        "the legs change places and sign": lambda: planar(*WALKER, WALKER_LEGS, (*walker2d.RIGHT, *walker2d.LEFT)),
        "front and back": lambda: planar(*WALKER, (), ("rootx", "rooty", *walker2d.RIGHT, *walker2d.LEFT)),
    },
    "ant-v1": {
        "front and back": lambda: ant.mirrored(FRONT_BACK, WRONG_ANT),
        "the legs that are called front and back": lambda: ant.mirrored(LEFT_RIGHT, WRONG_ANT),
        "the actuators in the order of the joints": lambda: moved(ant.left_right(), controls=RIGHT_ANT.on(ant.JOINTS)),
        "angular velocities and torques as vectors": lambda: ant.mirrored(Polar(LEFT_RIGHT.vector), RIGHT_ANT),
        "one pair of hips keeps its sign": lambda: ant.mirrored(LEFT_RIGHT, ALL_BUT_TWO_HIPS),
        "contact forces of other legs": lambda: moved(
            ant.left_right(),
            observation=_with_tail(
                ant.left_right().observation, WRONG_ANT.on(["torso", *ant.LEGS], LEFT_RIGHT.spatial)
            ),
        ),
    },
    "humanoid-symmetric-v1": {
        "the actuators in the order of the joints": lambda: moved(
            humanoid.left_right(), controls=RIGHT_HUMANOID.on(humanoid.JOINTS)
        ),
        "the shoulders keep their signs": lambda: humanoid.mirrored(
            LEFT_RIGHT, Reflection(humanoid.SIDES, ("abdomen_z", "abdomen_x"))
        ),
        "angular velocities and torques as vectors": lambda: humanoid.mirrored(
            Polar(LEFT_RIGHT.vector), RIGHT_HUMANOID
        ),
        "products of inertia keep their signs": lambda: humanoid.mirrored(
            WithoutProducts(LEFT_RIGHT.vector), RIGHT_HUMANOID
        ),
        "arms keep their places": lambda: humanoid.mirrored(
            LEFT_RIGHT,
            Reflection(
                tuple(
                    pair
                    for pair in humanoid.SIDES
                    if "arm" not in pair[0] and "shoulder" not in pair[0] and "elbow" not in pair[0]
                ),
                humanoid.REVERSED,
            ),
        ),
        "front and back": lambda: humanoid.mirrored(FRONT_BACK, RIGHT_HUMANOID),
    },
    "half-cheetah-v1": {
        "front and back, with the legs": lambda: planar(
            *CHEETAH, CHEETAH_LEGS, ("rootx", "rooty", *half_cheetah.BACK, *half_cheetah.FRONT)
        ),
        "only the thighs change places": lambda: planar(*CHEETAH, CHEETAH_LEGS[:1]),
        "the legs change places and sign": lambda: planar(
            *CHEETAH, CHEETAH_LEGS, (*half_cheetah.BACK, *half_cheetah.FRONT)
        ),
    },
    "hopper-v1": {
        "the angles change sign, the speed stays": lambda: planar(*HOPPER, (), ("rooty", *hopper.LEG)),
        "the foot changes sign": lambda: planar(*HOPPER, (), ("foot_joint",)),
        "thigh and foot change places": lambda: planar(*HOPPER, (("thigh_joint", "foot_joint"),)),
    },
    "pusher-v1": {
        "the rolls keep their signs": lambda: _pusher(("r_shoulder_pan_joint", "obj_slidey", "goal_slidey")),
        "the elbow changes sign": lambda: _pusher((*pusher.MIRROR.reversed, "r_elbow_flex_joint")),
        "the torques keep their signs": lambda: moved(pusher.mirror(), controls=reflected((1,) * 7)),
    },
}
MISTAKES["humanoid-v1"] = {
    mistake: MISTAKES["humanoid-symmetric-v1"][mistake]
    for mistake in ("the shoulders keep their signs", "angular velocities and torques as vectors", "front and back")
}


def _pusher(reversed: tuple[str, ...]) -> RobotSymmetry:
    mirror = Reflection(reversed=reversed)
    positions, arm = mirror.on(pusher.POSITIONS), mirror.on(pusher.ARM)
    places = [reflected(LEFT_RIGHT.vector)] * 3
    return replace(
        pusher.mirror(),
        positions=positions,
        velocities=positions,
        controls=arm,
        observation=direct_sum(arm, arm, *places),
    )


def _block(representation: Any, start: int) -> Any:
    """The entries from `start` on, which the representation maps onto themselves."""
    return type(representation)(
        representation.group, representation.source[:, start:] - start, representation.sign[:, start:]
    )


def _with_tail(representation: Any, tail: Any) -> Any:
    """The representation with its last entries acted on in another way."""
    kept = representation.size - tail.size
    head = type(representation)(representation.group, representation.source[:, :kept], representation.sign[:, :kept])
    return direct_sum(head, tail)


def under(task: Task, symmetry: RobotSymmetry, sampling: Sampling) -> Certificate:
    """A certificate of another symmetry, which moves the simulator's state too."""
    declared = replace(task, symmetry=symmetry.declared, probe=lambda: MujocoProbe(task.make(), sampling, symmetry))
    return certify(declared, samples=15, resets=100)


SAMPLINGS = {
    name: module.SAMPLING
    for module, names in {
        inverted_pendulum: ["inverted-pendulum-v1"],
        inverted_double_pendulum: ["inverted-double-pendulum-v1"],
        swimmer: ["swimmer-v1"],
        reacher: ["reacher-v1", "reacher-turned-4-v1"],
        walker2d: ["walker2d-v1"],
        ant: ["ant-v1"],
        humanoid: ["humanoid-v1", "humanoid-symmetric-v1"],
        half_cheetah: ["half-cheetah-v1"],
        hopper: ["hopper-v1"],
        pusher: ["pusher-v1"],
    }.items()
    for name in names
}


@pytest.mark.parametrize(
    ("name", "mistake"), [(name, mistake) for name, found in MISTAKES.items() for mistake in found]
)
@pytest.mark.cells(test=4, ci=10)
def test_a_mistake_is_broken(name: str, mistake: str) -> None:
    certificate = under(get_task(name), MISTAKES[name][mistake](), SAMPLINGS[name])
    assert certificate.dynamics == Exactness.BROKEN, certificate.lines()


HIPS = tuple(f"root of the {side} {end} leg" for side in ("left", "right") for end in ("front", "hind"))


def test_the_words_for_the_legs_of_the_ant_are_where_the_model_has_them() -> None:
    """Left is +y, and ahead is +x, where the reward is."""
    task = get_task("ant-v1")
    model = task.make().unwrapped.model  # type: ignore[attr-defined]
    names = [name.partition(",")[0] for name in task.called.observation]
    joints = [int(joint) for joint in range(1, model.njnt)]
    for joint, name in zip(joints, names[5:13], strict=True):
        hip = model.joint(f"hip_{(joint + 1) // 2}").id
        x, y, _ = model.body_pos[model.jnt_bodyid[hip]]
        assert name.startswith(model.joint(joint).name.partition("_")[0])
        assert name.endswith(f"{'left' if y > 0 else 'right'} {'front' if x > 0 else 'hind'} leg")


@pytest.mark.parametrize("name", ROBOTS)
def test_what_is_called_a_speed_shows_the_speed_of_its_joint(name: str) -> None:
    """Every joint has a speed of its own; slides have speeds, and hinges angular ones."""
    task = get_task(name)
    probe = task.probe()
    assert isinstance(probe, MujocoProbe)
    model = probe.env.unwrapped.model  # type: ignore[attr-defined]
    state = probe.rollout_states(None, np.random.default_rng(0), 1)[0]
    speeds = np.linspace(0.01, 0.02, model.nv)
    state[model.nq : model.nq + model.nv] = speeds
    shown = dict(zip(task.called.observation, probe.observation(state).tolist(), strict=True))
    joints = [joint for joint in range(model.njnt) if model.jnt_type[joint] != 0]
    of_joints = {
        name: value for name, value in shown.items() if "speed" in name and "body" not in name and "along" not in name
    }
    assert of_joints, "speeds are shown"
    for called, value in of_joints.items():
        (joint,) = [joint for joint in joints if speeds[model.jnt_dofadr[joint]] == pytest.approx(value, rel=1e-6)]
        assert ("angular" in called) == (model.jnt_type[joint] == HINGE), called


@pytest.fixture(scope="module")
def ant_names() -> list[str]:
    return list(get_task("ant-v1").called.observation)


@pytest.mark.parametrize("hip", HIPS[:2])
@pytest.mark.cells(test=1)
def test_contact_forces_of_each_pair_of_hips_with_the_wrong_sign_are_broken(hip: str, ant_names: list[str]) -> None:
    """A hip and the one across, whose forces are its image."""
    task = get_task("ant-v1")
    declared = task.symmetry().observation
    assert isinstance(declared, SignedPermutation)
    sign = declared.sign.copy()
    entries = [i for i, name in enumerate(ant_names) if name.startswith(f"{hip}, ")]
    partner = declared.source[1][entries]
    sign[1][[*entries, *partner]] *= -1
    wrong = replace(task.symmetry(), observation=SignedPermutation(declared.group, declared.source, sign))
    assert len(entries) == 6 and certify(task, samples=60, symmetry=wrong).dynamics == Exactness.BROKEN


@pytest.mark.covering
def test_contact_forces_of_hips_that_do_not_swap_are_broken(ant_names: list[str]) -> None:
    task = get_task("ant-v1")
    declared = task.symmetry().observation
    assert isinstance(declared, SignedPermutation)
    source = declared.source.copy()
    entries = [i for i, name in enumerate(ant_names) if name.startswith(HIPS)]
    source[1][entries] = entries
    wrong = replace(task.symmetry(), observation=SignedPermutation(declared.group, source, declared.sign))
    assert certify(task, samples=60, symmetry=wrong).dynamics == Exactness.BROKEN


def test_every_entry_of_the_ant_moves_and_masses_are_named_where_they_cannot() -> None:
    assert certify(get_task("ant-v1"), samples=60).never_moved == ""
    certificate = certify(get_task("humanoid-v1"), samples=60)
    assert certificate.never_moved.startswith("[54] torso, mass; [64] lower waist, mass")
    assert dict(certificate.lines())["dynamics"].startswith("approximate but for: [54] torso, mass; [64]")
