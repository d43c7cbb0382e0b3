"""Whether compiling pays: training a stack with its network compiled by `torch.compile` against as it is.

`python -m symprior.benchmark.bench.compilation` trains PPO on CartPole as the suite paper-cartpole does, without evaluation,
the two ways in turn, and prints for each number of seeds the ratio of their CPU times and what compiling took. It needs a
C++ compiler.
"""

from __future__ import annotations

import statistics
import time
from typing import Annotated, Any

import torch
import typer
from rich.console import Console

from symprior.agents import Problem, get_agent
from symprior.benchmark.bench.learners import PAPER_PPO
from symprior.benchmark.job import BATCHED
from symprior.tasks import get_task

TASK, WARM_UP, REPEATS = "cartpole-v1", 3, 5


class Training:
    """A stack on its way."""

    def __init__(self, agent_name: str, seeds: int, compiled: bool) -> None:
        task, shipped = get_task(TASK), get_agent(agent_name)
        settings: Any = shipped.settings(task.family, dict(PAPER_PPO))
        agent: Any = shipped.build(Problem.of(task), range(seeds), [settings] * seeds, BATCHED)
        if compiled:
            agent.stack.network.compile()
        self.agent = agent
        self.environments = task.make_vector(seeds * settings.num_envs)
        self.steps = settings.num_envs * settings.steps

    def seconds(self, rollouts: int) -> float:
        """CPU time of so many rollouts and their updates."""
        started = time.process_time()
        self.agent.learn(self.environments, rollouts * self.steps)
        return time.process_time() - started


def main(
    seeds: Annotated[list[int] | None, typer.Option(help="Seeds side by side; may be given again.")] = None,
    rollouts: Annotated[int, typer.Option(help="Rollouts of 80 steps in each repeat.")] = 10,
) -> None:
    """Measure and print a line for each agent and number of seeds."""
    torch.set_num_threads(1)
    console = Console()
    for agent in ("ppo", "ppo+homomorphic"):
        for count in seeds or [25, 100]:
            eager, compiled = Training(agent, count, False), Training(agent, count, True)
            eager.seconds(WARM_UP)
            started = time.perf_counter()
            compiled.seconds(WARM_UP)
            first = time.perf_counter() - started
            ratio = statistics.median(compiled.seconds(rollouts) / eager.seconds(rollouts) for _ in range(REPEATS))
            console.print(
                f"{agent:16} {count:5} seeds: compiled / as it is {ratio:.2f}, first {WARM_UP} rollouts {first:.0f} s",
                highlight=False,
            )


if __name__ == "__main__":
    typer.run(main)
