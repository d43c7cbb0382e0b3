"""The probe of a MuJoCo robot: states are positions, velocities and what the solver starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.attribute_probe import shown
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.sampling import FREE, HINGE, Sampler, Sampling

COLOURS = ((0.1, 0.45, 0.7, 1.0), (0.87, 0.56, 0.02, 1.0))
"""Blue for one side of a robot, orange for the other."""


@dataclass(frozen=True)
class Look:
    """How pictures show a robot.

    Attributes:
        sides: bodies of one side and of the other; they are painted, with all that hangs on them, in two colours.
        camera: what MuJoCo's camera is set to, where gymnasium's own view hides what changes sides.
    """

    sides: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    camera: Mapping[str, Any] | None = None


Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]
"""Draws so many states, [count, entries]."""


class MujocoProbe(Probe):
    """gymnasium's environment of a robot, put into states [nq + 2 nv]: `qpos`, `qvel`, `qacc_warmstart`.

    Everything else that MuJoCo keeps is reset first. What gymnasium shows of bodies and contact forces after a step was
    computed before the last of its substeps, under the action; so it is not what the same state shows once it is set, and
    certificates compare stepped with stepped. `observation` computes it in the state itself, without an action.

    Args:
        env: the environment.
        sampling: the states to try beside roll-outs.
        symmetry: how the group acts on the robot.
        look: how pictures show it.
    """

    replays_rewards = False  # a speed's first place was computed a substep before the state that the episode was in

    def __init__(self, env: Environment, sampling: Sampling, symmetry: RobotSymmetry, look: Look | None = None) -> None:
        super().__init__(env, symmetry.state)
        self._robot = cast(Any, env.unwrapped)
        env.reset(seed=0)  # once: gymnasium wants it before the first step
        self._shift = symmetry.shift
        self._has_hidden_parts = bool(sampling.hidden_parts)
        self._sampler = Sampler(self._robot.model, sampling)
        self._look = look or Look()

    def get_state(self) -> NDArray[np.float64]:
        """`qpos`, `qvel`, `qacc_warmstart`, [nq + 2 nv]."""
        data = self._robot.data
        return np.concatenate([data.qpos, data.qvel, data.qacc_warmstart])

    def set_state(self, state: NDArray[np.float64]) -> None:
        """Start an episode in this state."""
        self.env.set_wrapper_attr("_elapsed_steps", 0, force=False)
        self._put(state)

    def _put(self, state: NDArray[np.float64]) -> None:
        import mujoco  # type: ignore[import-untyped]

        model, data = self._robot.model, self._robot.data
        positions, velocities, warm_start, _ = np.split(state, np.cumsum([model.nq, model.nv, model.nv]))
        mujoco.mj_resetData(model, data)
        self._robot.set_state(positions, velocities)
        data.qacc_warmstart[:] = warm_start

    def observation(self, state: NDArray[np.float64]) -> NDArray[np.float64]:
        """What is shown of the state, contact forces computed, with no force from the actuators."""
        import mujoco

        self._put(state)
        mujoco.mj_rnePostConstraint(self._robot.model, self._robot.data)
        return shown(self.env)

    def given_to_policy(self, state: NDArray[np.float64], observation: NDArray[np.float64]) -> NDArray[np.float64]:
        """The observation."""
        return observation

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[np.float64]) -> NDArray[np.float64]:
        """g·s: the representation's, and what g adds to the positions."""
        moved = super().act_on_states(symmetry, g, states)
        if self._shift is None:
            return moved
        return np.asarray(moved + np.pad(self._shift[g], (0, moved.shape[1] - self._shift.shape[1])))

    def states_to_show(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Trunks as in random play, free ones over the origin; limited hinges anywhere within their limits; at rest."""
        model, states = self._robot.model, self.rollout_states(None, rng, count)
        limited = model.jnt_qposadr[model.jnt_limited.astype(bool) & (model.jnt_type == HINGE)]
        states[:, limited] = self._sampler.within_limits(rng, count)[:, limited]
        if model.jnt_type[0] == FREE:
            states[:, :2] = 0
        states[:, model.nq : model.nq + 2 * model.nv] = 0
        return states

    def render(self, state: NDArray[np.float64]) -> NDArray[np.uint8] | None:
        """MuJoCo's picture, each side of the robot in a colour."""
        model = self._robot.model
        if self._look.camera is not None:
            self._robot.mujoco_renderer.default_cam_config = dict(self._look.camera)
        for names, colour in zip(self._look.sides, COLOURS, strict=True):
            bodies = {model.body(name).id for name in names}
            for body in range(model.nbody):  # parents come before what hangs on them
                if model.body_parentid[body] in bodies:
                    bodies.add(body)
            model.geom_rgba[np.isin(model.geom_bodyid, list(bodies))] = colour
        return super().render(state)

    def boundary_states(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """States beside the limits of joints and where episodes end."""
        return self.samplers()["beside limits"](rng, count)

    def samplers(self) -> dict[str, Draw]:
        """States within the limits, beside them and, for a robot that can touch the floor, on it."""
        sampler = self._sampler
        found: dict[str, Draw] = {"within limits": sampler.within_limits, "beside limits": sampler.beside_limits}
        if sampler.has_floor:
            found["on the floor"] = sampler.on_the_floor
        if self._has_hidden_parts:
            found["hidden parts on the floor"] = sampler.hidden_parts_on_the_floor
        return found
