"""Compiling everything beforehand, at set-up or with a word to the user, in one process for all that wait for it."""

from __future__ import annotations

import fcntl
import hashlib
import sys
from pathlib import Path

from symprior.agents.agent import Problem
from symprior.agents.algorithms.algorithm import ALGORITHMS
from symprior.agents.learners.batched import BatchedLearner
from symprior.agents.learners.batched.kernel.arithmetic.compiled import KERNEL, folder
from symprior.agents.learners.learner import FUSED, LEARNERS, Training
from symprior.agents.priors.prior import PRIORS, settings_of_both
from symprior.symmetry.arrays import as_numpy
from symprior.tasks import get_task

SAMPLES: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("ppo", "plain", "cartpole-v1", {"num_envs": 4, "steps": 4}),
    ("ppo", "plain", "pendulum-v1", {"num_envs": 4, "steps": 4}),
    ("ppo", "fold", "cartpole-v1", {"num_envs": 4, "steps": 4}),
    (
        "dqn",
        "plain",
        "cartpole-v1",
        {"num_envs": 4, "learning_starts": 4, "train_frequency": 1, "target_update_interval": 4},
    ),
)
"""Algorithms, priors, tasks and settings that need every compiled function between them."""

_is_at_work = False


def ready() -> Path:
    """A file in the folder of machine code: all of it is there for these files.

    numba keeps code apart by where a function's file lies and when it was written, so that another checkout has its own.
    """
    files = [(str(path), path.stat().st_mtime_ns) for path in sorted(KERNEL.rglob("*.py"))]
    return folder() / f"ready-{hashlib.sha256(repr(files).encode()).hexdigest()[:16]}"


def prepare() -> None:
    """Compile the kernel unless that is done; other processes wait for the first and find its code."""
    global _is_at_work  # noqa: PLW0603  (the samples are agents, which ask for what they wait for)
    if _is_at_work or ready().exists():
        return
    with (folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if ready().exists():
            return
        print("Compiling the kernel for this processor, once; this takes half a minute …", file=sys.stderr, flush=True)
        _is_at_work = True
        try:
            _train_samples()
        finally:
            _is_at_work = False
        ready().touch()


def _train_samples() -> None:
    for algorithm, prior, task_id, settings in SAMPLES:
        task, kind = get_task(task_id), ALGORITHMS[algorithm]
        own = settings_of_both(kind.settings, PRIORS[prior].settings)(**settings)
        training = Training(Problem.of(task), (0,), kind, PRIORS[prior], (own,), kernel=FUSED)
        agent, env = LEARNERS[BatchedLearner.name].build(training), task.make_vector(4)
        agent.learn(env, 64)
        agent.act(as_numpy(env.reset()[0]))
