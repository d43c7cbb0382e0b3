"""LunarLander-v3 without wind, discrete and continuous, under the mirror: exact but for its random terrain and engines.

The engines' thrust is random at every step, and the state of the physics engine cannot be set: the mirror is
declared, and tested, in distribution.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.groups import Group, cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import SignedPermutation, permutation, signs
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.environments.probes.probe import drawn
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe, Transitions
from symprior.tasks.task import TASKS, Card, Task, register

NOTHING, LEFT_ENGINE, MAIN_ENGINE, RIGHT_ENGINE = range(4)
LEGS = [6, 7]
GREATEST_TILT = 0.4


def mirrored_observation(group: Group) -> SignedPermutation:
    """C2 on (x, y, their velocities, angle, its velocity, left and right leg on the ground).

    Position and velocity to the side, angle and its velocity change sign, the legs swap.
    """
    source = [[*range(8)], [*range(6), 7, 6]]
    return SignedPermutation(group, source, [[1] * 8, [-1, 1, -1, 1, -1, -1, 1, 1]])


def mirror(continuous: bool) -> Symmetry:
    """C2: mirror left and right; the side engines swap."""
    group = cyclic(2)
    engines = [[NOTHING, LEFT_ENGINE, MAIN_ENGINE, RIGHT_ENGINE], [NOTHING, RIGHT_ENGINE, MAIN_ENGINE, LEFT_ENGINE]]
    return Symmetry(
        observation=mirrored_observation(group),
        action=signs(group, [[1, 1], [1, -1]]) if continuous else permutation(group, engines),
        discrete=not continuous,
        exactness=Exactness.IN_DISTRIBUTION,
        reset=Exactness.IN_DISTRIBUTION,
    )


class LunarLanderProbe(RolloutProbe):
    """gymnasium's own single environment; a step with one leg on the ground is a kind of its own, for it is rare."""

    def kinds(self, transitions: Transitions) -> dict[str, NDArray[np.bool_]]:
        """Flight or rest, one leg on the ground before or after the step, the last step."""
        legs = np.stack([transitions.before, transitions.after])[..., LEGS]
        one_leg = (legs[..., 0] != legs[..., 1]).any(axis=0) & ~transitions.terminated
        return {
            "steps in flight or on both legs": ~one_leg & ~transitions.terminated,
            "steps on one leg": one_leg,
            "last steps": transitions.terminated,
        }

    def render(self, observation: NumpyArray) -> NDArray[np.uint8] | None:
        """Gymnasium's own picture with the lander put where it is observed; the ground is that of the first terrain."""
        import gymnasium.envs.box2d.lunar_lander as game

        self.env.reset(seed=0)
        inner: Any = self.env.unwrapped
        width, height = game.VIEWPORT_W / game.SCALE, game.VIEWPORT_H / game.SCALE
        x, y, angle = (float(observation[i]) for i in (0, 1, 4))
        to = np.array([(x + 1) * width / 2, y * height / 2 + inner.helipad_y + game.LEG_DOWN / game.SCALE])
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        start = np.array(inner.lander.position)
        for body in (inner.lander, *inner.legs):
            body.position = tuple(map(float, to + turn @ (np.array(body.position) - start)))
            body.angle += angle
        return drawn(self.env)


def _wanted(observations: NumpyArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much to turn and how much to rise, [batch] each: gymnasium's own heuristic."""
    x, y, x_speed, y_speed, angle, angle_speed, *legs = observations.T.astype(np.float64)
    landed = (legs[0] + legs[1]) > 0
    tilt = np.clip(0.5 * x + x_speed, -GREATEST_TILT, GREATEST_TILT)
    turn = np.where(landed, 0, 0.5 * (tilt - angle) - angle_speed)
    rise = np.where(landed, -0.5 * y_speed, 0.5 * (0.55 * np.abs(x) - y) - 0.5 * y_speed)
    return turn, rise


def land(observations: NumpyArray) -> NDArray[np.int64]:
    """The heuristic of gymnasium with engines on or off; [batch, 8] → [batch]."""
    turn, rise = _wanted(observations)
    side = np.where(turn < -0.05, RIGHT_ENGINE, np.where(turn > 0.05, LEFT_ENGINE, NOTHING))
    return np.where((rise > np.abs(turn)) & (rise > 0.05), MAIN_ENGINE, side)


def land_with_throttle(observations: NumpyArray) -> NDArray[np.float32]:
    """The heuristic of gymnasium with throttled engines; [batch, 8] → [batch, 2]."""
    turn, rise = _wanted(observations)
    return np.clip(np.stack([20 * rise - 1, -20 * turn], axis=1), -1, 1).astype(np.float32)


BIBTEX = """@misc{brockman2016openai,
  title={{OpenAI} Gym},
  author={Brockman, Greg and Cheung, Vicki and Pettersson, Ludwig and Schneider, Jonas and Schulman, John
          and Tang, Jie and Zaremba, Wojciech},
  year={2016}, eprint={1606.01540}, archivePrefix={arXiv}
}"""


SEEN = (
    *("place to the side", "height", "speed to the side", "speed up", "angle", "angular speed"),
    *("left leg on the ground", "right leg on the ground"),
)
ENGINES = ("no engine", "left engine", "main engine", "right engine")
THROTTLES = ("main throttle", "side throttle")


def _register(task_id: str, gym_id: str, continuous: bool) -> None:
    actions = "throttle of main and side engines" if continuous else "three engines, one at a time or none"
    swap = "the side throttle changes sign" if continuous else "the two side engines swap"
    register(
        Task(
            id=task_id,
            family="lunar-lander-continuous" if continuous else "lunar-lander",
            gym_id=gym_id,
            symmetry=partial(mirror, continuous),
            names=Names(SEEN, THROTTLES if continuous else ENGINES),
            probe=lambda: LunarLanderProbe(TASKS[task_id].make()),
            reference_policy=land_with_throttle if continuous else land,
            threshold_fraction=None,
            extra="box2d",
            packages=("box2d",),
            card=Card(
                description=f"Land softly between two flags ({actions}); at most 1,000 steps. No wind; terrain, push at "
                "the start and thrust are random.",
                group_in_words="C2: mirror left and right. Position and velocity to the side, angle and its velocity change "
                f"sign, the legs swap and {swap}. In distribution: the terrain and the thrust are random.",
                source=f"gymnasium {gym_id}.",
                licence="MIT",
                bibtex=BIBTEX,
            ),
        )
    )


_register("lunar-lander-v1", "LunarLander-v3", continuous=False)
_register("lunar-lander-continuous-v1", "LunarLanderContinuous-v3", continuous=True)
