"""What nobody declared is found: declared groups again, none where there is none, and in environments from outside."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.mujoco import MujocoEnv

import symprior
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Exactness
from symprior.tasks import get_task
from symprior.tasks.certificates import certify
from symprior.tasks.discovery.discover import Discovery
from symprior.tasks.discovery.overview import elements

QUICK = ("cartpole-v1", "acrobot-v1", "pendulum-v1", "swimmer-v1", "grid-catch-vector-v1")
SLOWER = ("cartpole-positions-v1", "reacher-v1")
OTHERS = (
    *("inverted-double-pendulum-v1", "walker2d-v1", "two-agents-v1", "ant-v1"),
    *("collect-v1", "grid-catch-v1", "room-vector-v1", "room-v1"),
)
NONE = ("hopper-v1", "mountain-car-continuous-v1")


@cache
def found_in(name: str) -> Discovery:
    """Searched once, for all that is asked of it."""
    return symprior.discover(name)


SLOW = (pytest.mark.slow, pytest.mark.covering)


def in_one_process(name: str, *marks: pytest.MarkDecorator) -> Any:
    """The name, whose tests run side by side, so that they search once."""
    return pytest.param(name, marks=[*marks, pytest.mark.xdist_group(f"discover {name}")])


@pytest.mark.parametrize(
    "name",
    [
        *map(in_one_process, QUICK),
        *(in_one_process(name, *SLOW) for name in SLOWER),
        *(pytest.param(name, marks=pytest.mark.exhaustive) for name in OTHERS),
    ],
)
def test_the_declared_group_or_a_larger_one_is_found_and_certified(name: str) -> None:
    found = found_in(name)
    assert found.proposal is not None and found.proposal.certificate.agrees
    assert elements(get_task(name).symmetry()) <= elements(found.proposal.symmetry)


@pytest.mark.parametrize(
    "name", [*NONE, *(pytest.param(name, marks=pytest.mark.exhaustive) for name in ("half-cheetah-v1", "pusher-v1"))]
)
def test_nothing_is_found_where_there_is_nothing(name: str) -> None:
    found = symprior.discover(name)
    assert found.proposal is None and found.declaration == ""
    assert ("group", "none found") in found.lines


def test_an_approximate_symmetry_is_proposed_with_its_residual() -> None:
    found = symprior.discover("inverted-pendulum-v1")
    assert found.proposal is not None
    assert found.proposal.symmetry.exactness == Exactness.APPROXIMATE
    assert "approximate" in dict(found.lines)["residual"]


@pytest.mark.covering
@pytest.mark.xdist_group("discover reacher-v1")
def test_what_only_the_starts_break_is_told_and_proposed_on_request() -> None:
    found = found_in("reacher-v1")
    assert found.larger is not None and found.larger.found.group.name == "D4"
    turned = elements(get_task("reacher-turned-4-v1").symmetry())
    assert turned <= elements(found.larger.symmetry)
    assert found.larger.certificate.dynamics == Exactness.EXACT
    assert found.larger.certificate.reset == Exactness.BROKEN


@pytest.mark.xdist_group("discover swimmer-v1")
def test_what_only_the_reward_breaks_is_told() -> None:
    says = dict(found_in("swimmer-v1").lines)
    assert says["dynamics"] == "have also D4; the reward breaks it"


@pytest.mark.parametrize(
    "name",
    [
        *map(in_one_process, ("CartPole-v1", "swimmer-v1")),
        *(
            pytest.param(name, marks=pytest.mark.exhaustive)
            for name in ("room-vector-v1", "walker2d-v1", "Walker2d-v5")
        ),
    ],
)
def test_the_declaration_is_pasted_and_passes_its_check(name: str, tmp_path: Path) -> None:
    file = tmp_path / "found.py"
    file.write_text(found_in(name).declaration)
    certificate = certify(get_task(f"{file}:Discovered"), samples=100, resets=1000)
    assert certificate.agrees and certificate.dynamics == Exactness.EXACT


class Springs(gymnasium.Env[Any, Any]):
    """Two carts between walls, with a spring between them; entries are shuffled and in units of their own."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (6,), np.float64)
    action_space = gymnasium.spaces.Box(-1.0, 1.0, (2,), np.float64)
    metres, speed = 3.0, 0.2  # how the state counts places and speeds

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        return self.set_state(self.np_random.uniform(-0.5, 0.5, 4)), {}

    def step(self, action: Any) -> Any:
        v2, x1, v1, x2 = self.state / np.array([self.speed, self.metres, self.speed, self.metres])
        between = x2 - x1 + (x2 - x1) ** 3
        a1, a2 = -2 * x1 - x1**3 + between + action[0], -2 * x2 - x2**3 - between + action[1]
        v1, v2 = 0.9 * v1 + 0.1 * a1, 0.9 * v2 + 0.1 * a2
        x1, x2 = x1 + 0.1 * v1, x2 + 0.1 * v2
        following = np.array([v2, x1, v1, x2]) * [self.speed, self.metres, self.speed, self.metres]
        return self.set_state(following), -float(x1**2 + x2**2), False, False, {}

    def get_state(self) -> Any:
        return self.state.copy()

    def set_state(self, state: Any) -> Any:
        self.state = np.array(state, dtype=np.float64)
        v2, x1, v1, x2 = self.state
        return np.array([x2, -x1, v1, v2, np.sin(x1 + x2), x2 - x1])


class Puck(gymnasium.Env[Any, Any]):
    """A puck on a square table, pushed to four sides in shuffled order; its sides are seen, and one axis backwards."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (4,), np.float64)
    action_space = gymnasium.spaces.Discrete(5)
    pushes = np.array([[0, -1], [1, 0], [0, 0], [0, 1], [-1, 0]])

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        return self.set_state(self.np_random.uniform(-1, 1, 4)), {}

    def step(self, action: Any) -> Any:
        place, speed = self.state[[0, 2]], self.state[[3, 1]]
        speed = 0.8 * speed - 0.05 * speed * np.abs(speed) + 0.3 * self.pushes[action] - 0.1 * place**3
        place = place + 0.2 * speed
        ended = bool((np.abs(place) > 2.5).any())
        return self.set_state([place[0], speed[1], place[1], speed[0]]), -float(place @ place), ended, False, {}

    def get_state(self) -> Any:
        return self.state.copy()

    def set_state(self, state: Any) -> Any:
        self.state = np.array(state, dtype=np.float64)
        x, vy, y, vx = self.state
        return np.array([5 * y, vx, -vy, 5 * x])


class Point(MujocoEnv):
    """The point that gymnasium ships for its mazes, in the open: forward and turn, to be near the middle."""

    metadata = {"render_modes": ["human", "rgb_array", "depth_array", "rgbd_tuple"], "render_fps": 25}  # noqa: RUF012

    def __init__(self) -> None:
        space = gymnasium.spaces.Box(-np.inf, np.inf, (7,), np.float64)
        super().__init__("point.xml", 2, observation_space=space)

    def step(self, action: Any) -> Any:
        self.do_simulation(action, self.frame_skip)
        return self._get_obs(), -float((self.data.qpos[:2] ** 2).sum()), False, False, {}

    def reset_model(self) -> Any:
        self.set_state(self.np_random.uniform(-1, 1, 3), self.np_random.uniform(-1, 1, 3))
        return self._get_obs()

    def _get_obs(self) -> Any:
        x, y, angle = self.data.qpos
        return np.concatenate([[x, y, np.cos(angle), np.sin(angle)], self.data.qvel])


@pytest.mark.parametrize(("make", "group"), [(Springs, "C2×C2"), (Puck, "D4"), (Point, "C2")])
def test_environments_from_outside_are_solved(make: type[gymnasium.Env[Any, Any]], group: str) -> None:
    env = gymnasium.wrappers.TimeLimit(make(), 100)
    found = symprior.discover(env)
    assert found.proposal is not None and found.proposal.found.group.name == group
    assert found.proposal.certificate.dynamics == Exactness.EXACT


class Weighed(Springs):
    """Shows its two masses, too, which never change."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (8,), np.float64)

    def set_state(self, state: Any) -> Any:
        return np.concatenate([super().set_state(state), [0.1, 2.2619467]])


def test_entries_that_never_moved_are_named_and_stay() -> None:
    found = symprior.discover(gymnasium.wrappers.TimeLimit(Weighed(), 100))
    assert found.still == (6, 7) and found.proposal is not None and found.proposal.found.group.name == "C2×C2"


def test_the_same_seed_finds_the_same() -> None:
    first, second = (symprior.discover("cartpole-v1", seed=3) for _ in range(2))
    assert first.declaration == second.declaration and first.lines == second.lines


def test_entries_to_be_kept_stay_where_they_are() -> None:
    assert symprior.discover("cartpole-v1", keep=["state 0"]).proposal is not None  # a place kept may change its sign
    with pytest.raises(SympriorError, match=r"no state entry 'motor'.*motor1 rot, angle"):
        symprior.discover("swimmer-v1", keep=["motor"])


@pytest.mark.slow
@pytest.mark.exhaustive
def test_what_can_only_be_played_is_found_in_roll_outs() -> None:
    found = symprior.discover("lunar-lander-v1")
    assert found.proposal is not None
    assert elements(get_task("lunar-lander-v1").symmetry()) <= elements(found.proposal.symmetry)
    assert found.proposal.symmetry.exactness == Exactness.IN_DISTRIBUTION
    assert dict(found.lines)["searched by"] == "roll-outs of random actions"


class Locked(gymnasium.Env[Any, Any]):
    """A picture whose state cannot be set, with actions that are vectors."""

    observation_space = gymnasium.spaces.Box(0, 255, (1, 4, 4), np.uint8)
    action_space = gymnasium.spaces.Box(-1, 1, (2,), np.float32)

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        return np.zeros((1, 4, 4), np.uint8), {}

    def step(self, action: Any) -> Any:
        return np.zeros((1, 4, 4), np.uint8), 0.0, False, False, {}


class Huge(Springs):
    """Its state is too large."""

    def get_state(self) -> Any:
        return np.zeros(1000)

    def set_state(self, state: Any) -> Any:
        self.state = np.zeros(4)
        return np.zeros(6)


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        (Locked(), "cannot be set.*get_state"),
        (Huge(), "1000 state entries.*at most"),
        ("ant-v9", "no task 'ant-v9'.*Did you mean"),
        ("CartPole-v17", "CartPole-v17"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_a_sentence(subject: Any, says: str) -> None:
    with pytest.raises(SympriorError, match=says):
        symprior.discover(subject)
