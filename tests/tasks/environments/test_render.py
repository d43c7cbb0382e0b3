"""`render_mode="rgb_array"` works for every task whose simulator is installed."""

from __future__ import annotations

import os

import numpy as np
import pytest

from symprior.tasks import DIALS, TASKS, get_task
from symprior.tasks.environments.drawing import drawing, enlarged

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")  # no window
STEPS = 20
NAMES = [*TASKS, *(DIALS[name].name(DIALS[name].values[2]) for name in DIALS)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.cells(test=8, ci=24)
def test_a_task_draws_where_it_is(name: str) -> None:
    task = get_task(name)
    if not task.is_installed:
        pytest.skip(f"the extra {task.extra} is not installed")
    env = task.make(render_mode="rgb_array")
    env.action_space.seed(0)
    env.reset(seed=0)
    assert env.render_mode == "rgb_array"
    pictures = [env.render()]
    for _ in range(STEPS):
        ended = any(env.step(env.action_space.sample())[2:4])
        pictures.append(env.render())
        if ended:
            break
    env.close()
    for picture in pictures:
        assert isinstance(picture, np.ndarray) and picture.dtype == np.uint8
        assert picture.ndim == 3 and picture.shape[2] == 3 and min(picture.shape) > 0 and picture.shape[0] >= 40
        assert picture.shape == pictures[0].shape
    assert any(not np.array_equal(picture, pictures[0]) for picture in pictures), "nothing moves"


def test_nothing_is_drawn_where_nobody_asks() -> None:
    env = get_task("room-v1").make()
    env.reset(seed=0)
    assert env.unwrapped.render() is None


def test_numbers_are_bars_up_and_down() -> None:
    space = get_task("cartpole-positions-v1").observation_space
    up = drawing(np.full(space.shape, 0.1, dtype=np.float32), space)
    down = drawing(np.full(space.shape, -0.1, dtype=np.float32), space)
    assert not np.array_equal(up, down)
    np.testing.assert_array_equal(up[::-1], down)


def test_a_small_picture_is_enlarged_in_whole_pixels() -> None:
    picture = np.arange(7 * 7 * 3, dtype=np.uint8).reshape(7, 7, 3)
    large = enlarged(picture)
    assert large.shape == (238, 238, 3)
    np.testing.assert_array_equal(large[::34, ::34], picture)
