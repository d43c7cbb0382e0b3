"""Array environments against one environment at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from symprior.benchmark.bench.comparison import Comparison, at_least, median_ratio
from symprior.tasks import get_task

ENVIRONMENTS = 256


def _steps(environments: gymnasium.vector.VectorEnv[Any, Any, Any], actions: NDArray[np.int64]) -> Callable[[], None]:
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
