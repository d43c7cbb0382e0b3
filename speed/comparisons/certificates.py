"""How long it takes to measure every symmetry of the registry again, by the small samples that the tests use."""

from __future__ import annotations

import time

from speed.comparison import Comparison, at_most
from symprior.tasks import get_task, task_names
from symprior.tasks.certificates import certify

STATES, RESETS = 40, 4000
TARGET = 90


def whole_registry() -> Comparison:
    """Processor seconds for every installed task and every dial at its frozen values, on one core."""
    tasks = [task for task in map(get_task, task_names()) if task.is_installed]
    started = time.process_time()
    for task in tasks:
        certify(task, samples=STATES, resets=RESETS)
    title = f"certificates of {len(tasks)} tasks, {STATES} states from each sampler, processor seconds"
    return at_most(title, time.process_time() - started, TARGET)
