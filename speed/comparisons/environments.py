"""Vector environments against what they are made of: one environment at a time, or an emulator."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np

from speed.comparison import REPEATS, Comparison, at_least, at_most, median_ratio, seconds
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks import get_task
from symprior.tasks.environments.gymnasium_vector import GymnasiumVectorEnv

ENVIRONMENTS, GAMES, ROBOTS = 256, 16, 64


def _steps(environments: gymnasium.vector.VectorEnv[Any, Any, Any], actions: NumpyArray) -> Callable[[], None]:
    environments.reset(seed=0)

    def work() -> None:
        for row in actions:
            environments.step(row)

    return work


def vectorised(task_id: str) -> Comparison:
    """The array environment against gymnasium's SyncVectorEnv of the single one, in steps a second."""
    task = get_task(task_id)
    slow, fast = 20, 400
    choices = int(getattr(task.action_space, "n", 0))
    actions = np.random.default_rng(0).integers(0, choices, (fast, ENVIRONMENTS))
    together = _steps(task.make_vector(ENVIRONMENTS), actions)
    one_by_one = _steps(gymnasium.vector.SyncVectorEnv([task.make] * ENVIRONMENTS), actions[:slow])
    ratio = median_ratio(one_by_one, together) * fast / slow
    return at_least(f"{task_id}: vectorised / SyncVectorEnv, {ENVIRONMENTS} environments", ratio, 20)


def pong(task_id: str, games: int) -> Comparison:
    """Pong as agents get it against the emulators alone, four frames a step, in steps a CPU second."""
    from symprior.tasks.families.pong.emulator import Emulator

    actions = np.random.default_rng(0).integers(0, 3, (1600 // games, games))
    emulators = [Emulator() for _ in range(games)]
    for seed, emulator in enumerate(emulators):
        emulator.reset(seed)

    def alone() -> None:
        for row in actions.tolist():
            for emulator, action in zip(emulators, row, strict=True):
                emulator.step(action)
                if emulator.is_over:
                    emulator.reset(None)

    ours = _steps(get_task(task_id).make_vector(games), actions)
    ratio = median_ratio(alone, ours, clock=time.process_time)
    return at_least(f"{task_id}: throughput / emulators alone, {games} games", ratio, 0.85)


def pong_reset(task_id: str) -> Comparison:
    """A reset with a seed, in steps."""
    games = get_task(task_id).make_vector(GAMES)
    actions = np.random.default_rng(0).integers(0, 3, (20, GAMES))
    ratio = median_ratio(lambda: games.reset(seed=1), _steps(games, actions), clock=time.process_time)
    return at_most(f"{task_id}: a seeded reset, in steps", ratio * len(actions), 20)


def robot(task_id: str, target: float) -> Comparison:
    """MuJoCo stepped directly against gymnasium's environments of the same robot side by side, in CPU time."""
    task = get_task(task_id)
    space: Any = task.action_space
    drawn = np.random.default_rng(0).uniform(space.low, space.high, (20, ROBOTS, *space.shape))
    actions = drawn.astype(np.float32)
    ours = _steps(task.make_vector(ROBOTS), actions)
    theirs = _steps(GymnasiumVectorEnv(task.make, ROBOTS), actions)
    ratio = median_ratio(theirs, ours, clock=time.process_time)
    return at_least(f"{task_id}: stepped directly / gymnasium's, {ROBOTS} robots, CPU", ratio, target)


def steps_a_second(task_id: str, environments: int, target: int) -> Comparison:
    """How many steps a second the array environment makes, as a multiple of the target."""
    task, rows = get_task(task_id), 400
    choices = int(getattr(task.action_space, "n", 0))
    actions = np.random.default_rng(0).integers(0, choices, (rows, environments))
    work = _steps(task.make_vector(environments), actions)
    work()
    rate = rows * environments / statistics.median(seconds(work) for _ in range(REPEATS))
    return at_least(f"{task_id}: steps a second / {target:,}, {environments:,} environments", rate / target, 1)
