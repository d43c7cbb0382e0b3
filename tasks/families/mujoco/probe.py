"""The probe of a MuJoCo robot: states are positions, velocities and what the solver starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.families.mujoco.reflections.names import NAMED, named
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.sampling import Sampler, Sampling

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
    """

    replays_rewards = False  # a speed's first place was computed a substep before the state that the episode was in

    def __init__(self, env: Environment, sampling: Sampling, symmetry: RobotSymmetry) -> None:
        super().__init__(env, symmetry.state)
        self._robot = cast(Any, env.unwrapped)
        env.reset(seed=0)  # once: gymnasium wants it before the first step
        self._shift = symmetry.shift
        self._has_hidden_parts = bool(sampling.hidden_parts)
        self._sampler = Sampler(self._robot.model, sampling)

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
        return np.asarray(_shown(self.env))

    def given_to_policy(self, state: NDArray[np.float64], observation: NDArray[np.float64]) -> NDArray[np.float64]:
        """The observation."""
        return observation

    def act_on_states(self, symmetry: Symmetry, g: int, states: NDArray[np.float64]) -> NDArray[np.float64]:
        """g·s: the representation's, and what g adds to the positions."""
        moved = super().act_on_states(symmetry, g, states)
        if self._shift is None:
            return moved
        return np.asarray(moved + np.pad(self._shift[g], (0, moved.shape[1] - self._shift.shape[1])))

    def entry_names(self) -> Sequence[str] | None:
        """What the model calls joints and bodies, in the order in which gymnasium shows them; None where it does not say."""
        structure: Mapping[str, int] = getattr(self._robot, "observation_structure", {})
        if not set(structure) <= {*NAMED, "skipped_qpos"}:
            return None
        names = [each for part in NAMED if structure.get(part) for each in named(self._robot.model, part, structure)]
        return names if len(names) == self._shown_entries else None

    @property
    def _shown_entries(self) -> int:
        return int(np.prod(self.env.observation_space.shape or ()))

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


def _shown(env: Environment) -> Any:
    """What the environment, with its wrappers, shows of the robot as it is."""
    if not isinstance(env, gymnasium.Wrapper):
        return env._get_obs()  # type: ignore[attr-defined]
    seen = _shown(env.env)
    return env.observation(seen) if isinstance(env, gymnasium.ObservationWrapper) else seen
