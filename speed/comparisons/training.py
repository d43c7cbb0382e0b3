"""Training through the benchmark against Stable-Baselines3 alone, and two workers against one."""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

from speed.comparison import Comparison, at_least, median_ratio, seconds
from symprior.agents import Problem, ShippedAgent, get_agent
from symprior.agents.learners.stable_baselines3.agent import StableBaselinesAgent
from symprior.benchmark.jobs.job import Job
from symprior.benchmark.run.protocol import evaluation_points
from symprior.benchmark.run.sources.metering import MeteredVectorEnv
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.store import RecordStore
from symprior.benchmark.sweep.sweep import Sweep
from symprior.tasks import Task, get_task
from symprior.tasks.environments.gymnasium_types import VectorEnvironment
from symprior.tasks.environments.simulators import training_seeds


def metered() -> Comparison:
    """PPO in the metered environment against the same Stable-Baselines3 call on the bare one, in steps a second."""
    task, steps = get_task("cartpole-v1"), 8192
    ratio = median_ratio(lambda: _train(task, steps, False), lambda: _train(task, steps, True), repeats=5)
    return at_least("PPO through the benchmark / Stable-Baselines3 alone, evaluation not counted", ratio, 0.95)


def _train(task: Task, steps: int, is_metered: bool) -> None:
    agent = stable_baselines_agent(get_agent("ppo"), task)
    bare = task.make_vector(agent.num_envs)
    environments: VectorEnvironment = bare
    if is_metered:
        seeds = training_seeds(task.id, 0, agent.num_envs)
        environments = MeteredVectorEnv(bare, 1, steps, evaluation_points(steps), seeds, lambda point: None)
    agent.learn(environments, steps)


def stable_baselines_agent(shipped: ShippedAgent, task: Task) -> StableBaselinesAgent:
    """One seed of an agent on the reference learner, with its tuned settings."""
    problem = Problem.of(task)
    agent = shipped.build(problem, [0], [shipped.settings(task.family)])
    assert isinstance(agent, StableBaselinesAgent)
    return agent


def two_workers() -> Comparison:
    """The same runs in one worker and in two; the start of the workers counts."""
    runs = Job("bench", "1", "cartpole-v1", "ppo", tuple(range(8)), 30_000).runs

    def run(workers: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Sweep(RecordStore(Path(folder)), LocalEngine(workers)).run(runs)

    ratio = statistics.median(seconds(lambda: run(1)) / seconds(lambda: run(2)) for _ in range(3))
    return at_least(f"two workers / one, 8 runs of 30,000 steps ({os.cpu_count()} cores)", ratio, 1.7)
