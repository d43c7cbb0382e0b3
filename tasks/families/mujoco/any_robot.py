"""The probe of any environment that MuJoCo simulates: what a robot's file would say of its states is read off the model."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.generated.turned import TurnedSignedPermutation
from symprior.symmetry.groups import trivial
from symprior.symmetry.representations import Representation, SignedPermutation, trivial_representation
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.families.mujoco.probe import Draw, MujocoProbe
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.sampling import BALL, FREE, HINGE, SLIDE, Sampling

WIDTHS = {FREE: 7, BALL: 4, SLIDE: 1, HINGE: 1}
"""How many entries of `qpos` a joint of the kind has."""

LOWEST, HIGHEST = 0.1, 1.5
"""Between which parts of the height at which it starts a robot is tried."""

UPRIGHT = 0.99
"""From this cosine between its axis and the vertical on, a slide lifts."""


class AnyRobotProbe(MujocoProbe):
    """A robot of which only the model is known.

    Args:
        env: the environment.
        acts: how the group acts on `qpos` and `qvel` laid end to end; None where nobody knows.
    """

    def __init__(self, env: Environment, acts: Representation | None = None) -> None:
        model = model_of(env)
        known = trivial_representation(trivial(), model.nq + model.nv) if acts is None else acts
        super().__init__(env, sampling_of(model), _acting(known, model))

    def samplers(self) -> dict[str, Draw]:
        """The samplers of a robot, and states folded so that every part touches the floor somewhere."""
        found = super().samplers()
        if self._sampler.has_floor:
            found["every part on the floor"] = self._sampler.every_part_on_the_floor
        return found

    def about_the_middle(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """States that differ little, touching nothing."""
        return self._sampler.about_the_middle(rng, count)


def is_robot(env: Environment) -> bool:
    """Whether MuJoCo simulates it in the way in which gymnasium's environments ask it to."""
    inner: Any = env.unwrapped
    has = hasattr(getattr(inner, "model", None), "nq") and hasattr(getattr(inner, "data", None), "qpos")
    return has and hasattr(inner, "set_state") and hasattr(inner, "_get_obs")


def model_of(env: Environment) -> Any:
    """MuJoCo's model of the environment."""
    inner: Any = env.unwrapped
    return inner.model


def sampling_of(model: Any) -> Sampling:
    """The states to try, by the model: joints within their limits, unlimited ones about where they start.

    Raises:
        SympriorError: it has more than one joint that turns freely.
    """
    names: list[str] = []
    ranges: dict[str, tuple[float, float]] = {}
    turning: list[str] = []
    heights: list[str] = []
    for joint in range(model.njnt):
        kind, start = int(model.jnt_type[joint]), int(model.jnt_qposadr[joint])
        label = model.joint(joint).name or f"joint {joint}"
        own = [label] if WIDTHS[kind] == 1 else [f"{label} {i}" for i in range(WIDTHS[kind])]
        names += own
        rest = model.qpos0[start : start + WIDTHS[kind]]
        if kind in (FREE, BALL):
            turning.append(own[-4])
        if kind == FREE:
            ranges |= {own[i]: (rest[i] - 1, rest[i] + 1) for i in (0, 1)}
            ranges[own[2]] = (LOWEST * rest[2], HIGHEST * rest[2]) if rest[2] > 0 else (rest[2] - 1, rest[2] + 1)
            heights.append(own[2])
        elif kind == SLIDE and not model.jnt_limited[joint]:
            ranges[label] = (rest[0] - 1, rest[0] + 1)
        elif kind == HINGE and not model.jnt_limited[joint]:
            ranges[label] = (-pi, pi)
        if (
            kind == SLIDE
            and abs(model.jnt_axis[joint][2]) > UPRIGHT
            and model.body_parentid[model.jnt_bodyid[joint]] == 0
        ):
            heights.append(label)
    if len(turning) > 1:
        raise SympriorError(
            f"The model has {len(turning)} joints that turn freely ({', '.join(turning)}); states of "
            "choice are drawn for robots with one at most."
        )
    lifted = heights[0] if heights and _can_touch_a_floor(model) else None
    return Sampling(tuple(names), ranges=ranges, orientation=turning[0] if turning else None, height=lifted)


def _can_touch_a_floor(model: Any) -> bool:
    """Whether a plane belongs to the world and something can collide with it."""
    planes = (model.geom_type == 0) & (model.geom_bodyid == 0)
    return bool((planes & ((model.geom_contype > 0) | (model.geom_conaffinity > 0))).any())


def _acting(acts: Representation, model: Any) -> RobotSymmetry:
    """What a robot's symmetry says beside controls and observations, which a probe asks nobody for."""
    size = model.nq + model.nv
    if not isinstance(acts, SignedPermutation) or acts.size != size:
        raise SympriorError(
            f"States of this robot are {model.nq} positions and {model.nv} velocities: their representation is a signed "
            f"permutation of {size} entries, not {type(acts).__name__} of {acts.size}."
        )
    nothing = trivial_representation(acts.group)
    shift: NDArray[np.float64] | None = None
    if isinstance(acts, TurnedSignedPermutation):
        shift = np.asarray(0.5 * pi * acts.turn[:, : model.nq], dtype=np.float64)
    return RobotSymmetry(
        _block(acts, 0, model.nq), _block(acts, model.nq, size), controls=nothing, observation=nothing, shift=shift
    )


def _block(acts: SignedPermutation, start: int, stop: int) -> SignedPermutation:
    """The action on a block of entries.

    Raises:
        SympriorError: it is not mapped onto itself.
    """
    return SignedPermutation(acts.group, acts.source[:, start:stop] - start, acts.sign[:, start:stop])
