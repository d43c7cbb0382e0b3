"""What it costs to have a user's agent in a process of its own, in CPU time of both sides."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import psutil

from speed.comparison import Comparison, at_least, median_ratio
from speed.comparisons.own_agent import OwnPPO
from symprior.agents import Problem
from symprior.agents.agent.source import BudgetExhausted
from symprior.benchmark.jobs.isolation.agent_process import UNBOUND
from symprior.benchmark.jobs.isolation.isolated_agent import IsolatedAgent, Made
from symprior.benchmark.run.sources.metering import MeteredVectorEnv
from symprior.tasks import Task, get_task
from symprior.tasks.environments.simulators import training_seeds

STEPS, REPEATS = 16_384, 5
FILE = Path(__file__).with_name("own_agent.py")


def own_ppo() -> Comparison:
    """PPO with 16 copies of CartPole in this process, against the same in its own."""
    task = get_task("cartpole-v1")
    problem = Problem.of(task)
    here, apart = OwnPPO(problem, 0), IsolatedAgent(Made(f"{FILE}:OwnPPO", task.id, problem, 0, 0), UNBOUND)
    ratio = median_ratio(lambda: _learn(here, task), lambda: _learn(apart, task), REPEATS, _used)
    apart.close()
    return at_least("Stable-Baselines3's PPO as a user's agent, 16 copies: in this process / in its own", ratio, 0.9)


def _learn(agent: OwnPPO | IsolatedAgent, task: Task) -> None:
    environments = task.make_vector(agent.num_envs)
    seeds = training_seeds(task.id, 0, agent.num_envs)
    with suppress(BudgetExhausted):
        agent.learn(MeteredVectorEnv(environments, 1, STEPS, [], seeds, lambda point: None), STEPS)


def _used() -> float:
    """CPU seconds of this process and of those that it started."""
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return time.process_time() + sum(each.user + each.system for each in times)
