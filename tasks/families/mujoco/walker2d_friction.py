"""Walker2d-v5 with one slippery foot: a dial that breaks the exchange of the legs, and its twin, where the foot is seen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.representations import direct_sum
from symprior.symmetry.symmetry import Exactness
from symprior.tasks.environments.gymnasium_types import Environment, Infos
from symprior.tasks.families.mujoco.cards import robot_card
from symprior.tasks.families.mujoco.probe import Draw, MujocoProbe
from symprior.tasks.families.mujoco.reflections.reflections import Reflection, reflected
from symprior.tasks.families.mujoco.reflections.robot_symmetry import RobotSymmetry
from symprior.tasks.families.mujoco.robot_task import robot_task
from symprior.tasks.families.mujoco.robots.walker2d import LOOK, ROBOT, SAMPLING, SOLVED, WORDS, WalkerRules, leg_swap
from symprior.tasks.families.mujoco.simulation.rules import Readings
from symprior.tasks.task import Task
from symprior.tasks.task.dials import Arm, register_with_twin

FRICTION = 1.9
"""The sliding friction of both feet in gymnasium's model. The floor has 0.7; where two bodies touch, the larger counts."""

GREATEST = 1.2
"""At which the slippery foot has the friction of the floor; less would change nothing."""

RIGHT, LEFT = 1.0, -1.0
FEET = {RIGHT: "foot_geom", LEFT: "foot_left_geom"}


def set_friction(walker: Any, foot: float, friction: float) -> None:
    """Set the sliding friction of the right or the left foot of gymnasium's Walker2d."""
    model = walker.model
    model.geom_friction[model.geom(FEET[foot]).id, 0] = friction


def slippery_right_foot(eps: float, **arguments: Any) -> Environment:
    """Walker2d-v5 whose right foot has less friction, by `eps`."""
    from gymnasium.envs.mujoco.walker2d_v5 import Walker2dEnv

    walker = Walker2dEnv(**arguments)
    set_friction(walker, RIGHT, FRICTION - eps)
    return walker


class ObservedFriction(gymnasium.ObservationWrapper[NDArray[np.float64], Any, NDArray[np.float64]]):
    """Walker2d-v5 with one foot that has less friction, by `eps`; each episode draws which, and shows the friction of both.

    Attributes:
        slippery: the foot, `RIGHT` or `LEFT`.
    """

    def __init__(self, walker: Environment, eps: float) -> None:
        super().__init__(walker)
        shape = walker.observation_space.shape
        assert shape is not None
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (shape[0] + 2,), np.float64)
        self._eps = eps
        self.slip(RIGHT)

    def slip(self, foot: float) -> None:
        """Make this foot the slippery one."""
        self.slippery = foot
        set_friction(self.unwrapped, foot, FRICTION - self._eps)
        set_friction(self.unwrapped, -foot, FRICTION)

    def reset(self, *, seed: int | None = None, options: Infos | None = None) -> tuple[NDArray[np.float64], Infos]:
        """Start an episode and draw its slippery foot."""
        shown, info = self.env.reset(seed=seed, options=options)
        self.slip(RIGHT if self.np_random.random() < 0.5 else LEFT)
        return self.observation(shown), info

    def observation(self, observation: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the walker shows, then the friction of the right and of the left foot."""
        return np.append(observation, [FRICTION - self._eps * (self.slippery == foot) for foot in (RIGHT, LEFT)])


def slippery_observed_foot(eps: float, **arguments: Any) -> Environment:
    """The environment of the twin."""
    from gymnasium.envs.mujoco.walker2d_v5 import Walker2dEnv

    return ObservedFriction(Walker2dEnv(**arguments), eps)


class ObservedFrictionRules(WalkerRules):
    """The walker's rules; each has feet of its own, whose frictions are shown."""

    change_the_model = True

    def views(self, model: Any, data: Any) -> dict[str, NDArray[np.float64]]:
        """With the sliding friction of both feet, which lies in the model."""
        feet = {name: model.geom(name).friction[:1] for name in FEET.values()}
        return {**super().views(model, data), **feet}

    def observe(self, now: Readings) -> NDArray[np.float64]:
        """What the walker shows, then the friction of the right and of the left foot."""
        return np.concatenate([super().observe(now), *(now[name] for name in FEET.values())], axis=1)


class ObservedFrictionProbe(MujocoProbe):
    """A probe whose states end with the slippery foot."""

    def get_state(self) -> NDArray[np.float64]:
        """The walker's state and the slippery foot."""
        return np.append(super().get_state(), self.env.get_wrapper_attr("slippery"))

    def _put(self, state: NDArray[np.float64]) -> None:
        self.env.get_wrapper_attr("slip")(state[-1])
        super()._put(state)

    def samplers(self) -> dict[str, Draw]:
        """The samplers of the task without friction, and a random foot."""
        return {name: partial(_on_slippery_feet, draw) for name, draw in super().samplers().items()}


def _on_slippery_feet(draw: Draw, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    return np.concatenate([draw(rng, count), rng.choice([RIGHT, LEFT], (count, 1))], axis=1)


def leg_swap_with_friction() -> RobotSymmetry:
    """C2: the legs change places, with the friction of their feet."""
    walker = leg_swap()
    feet = Reflection(swapped=(("right", "left"),)).on(["right", "left"])
    return replace(walker, observation=direct_sum(walker.observation, feet), rest=reflected((-1,)))


TWIN = "walker2d-observed-friction-v1"
ONE_SLIPPERY, OBSERVED = "symprior/Walker2dFriction-v1", "symprior/Walker2dObservedFriction-v1"

DESCRIPTION = (
    "Walk along x on two legs, one of whose feet is slippery; the speed, 1 for every step upright, less a small cost of the "
    "torques."
)
FRICTION_CARD = robot_card(
    "Walker2d-v5",
    DESCRIPTION,
    "C2: the right and the left leg change places. The right foot stays the slippery one, so the exchange holds without a "
    "difference in friction and ever less with it.",
    ROBOT,
    change="with the friction of the right foot lowered by `eps`",
)
OBSERVED_CARD = robot_card(
    "Walker2d-v5",
    DESCRIPTION,
    "C2: the right and the left leg change places, and so do the frictions of their feet, which are seen.",
    ROBOT,
    change="with the friction of one foot, drawn for each episode and seen, lowered by `eps`",
)


def one_slippery_foot(eps: float) -> Task:
    """The dial's task at `eps`."""
    return robot_task(
        leg_swap,
        SAMPLING,
        look=LOOK,
        words=WORDS,
        rules=WalkerRules,
        exactness=Exactness.APPROXIMATE if eps else Exactness.EXACT,
        id="walker2d-friction-v1",
        family="walker2d-friction",
        gym_id=ONE_SLIPPERY,
        arguments=(("eps", eps),),
        stated_threshold=SOLVED,
        card=FRICTION_CARD,
    )


def observed_slippery_foot(eps: float) -> Task:
    """The twin's task at `eps`."""
    return robot_task(
        leg_swap_with_friction,
        SAMPLING,
        look=LOOK,
        words=WORDS,
        rules=ObservedFrictionRules,
        probe=ObservedFrictionProbe,
        more=("right foot, friction", "left foot, friction"),
        id=TWIN,
        family="walker2d-observed-friction",
        gym_id=OBSERVED,
        arguments=(("eps", eps),),
        stated_threshold=SOLVED,
        card=OBSERVED_CARD,
    )


register_with_twin(
    Arm("walker2d-friction-v1", FRICTION_CARD, one_slippery_foot, __name__),
    Arm(TWIN, OBSERVED_CARD, observed_slippery_foot, __name__),
    parameter="eps",
    meaning="by how much the friction of one foot is lower than the other's, 1.9",
    values=(0.0, 0.1, 0.3, 0.6, 1.0),
    high=GREATEST,
    breaks="walker2d-v1",
)
