"""Whether compiling pays: training a stack with its network compiled by `torch.compile` against as it is.

`python -m speed.studies.compilation` trains PPO on CartPole as the suite paper-cartpole does, without evaluation,
the two ways in turn, and prints for each number of seeds the ratio of their CPU times and what compiling took. It needs a
C++ compiler.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Annotated

import torch
import typer
from rich.console import Console

from speed.comparison import seconds
from speed.comparisons.learners import PAPER_PPO, Work, prepared
from symprior.agents.learners.learner import stacking_learner
from symprior.tasks import get_task

TASK, WARM_UP, REPEATS = "cartpole-v1", 3, 5


def training(agent_name: str, seeds: int, rollouts: int, compiled: bool) -> Callable[[int], float]:
    """A stack on its way: trains so many rollouts more and returns their CPU time."""
    agent, steps = prepared(Work(TASK, agent_name, stacking_learner(), seeds, rollouts, PAPER_PPO))
    environments = get_task(TASK).make_vector(seeds * agent.num_envs)
    if compiled:
        agent.population.network.compile()

    def spent(count: int) -> float:
        return seconds(lambda: agent.learn(environments, count * steps), time.process_time)

    return spent


def main(
    seeds: Annotated[list[int] | None, typer.Option(help="Seeds side by side; may be given again.")] = None,
    rollouts: Annotated[int, typer.Option(help="Rollouts of 80 steps in each repeat.")] = 10,
) -> None:
    """Measure and print a line for each agent and number of seeds."""
    torch.set_num_threads(1)
    console = Console()
    for agent in ("ppo", "ppo+homomorphic"):
        for count in seeds or [25, 100]:
            eager, compiled = (training(agent, count, rollouts, compile_it) for compile_it in (False, True))
            eager(WARM_UP)
            first = seconds(partial(compiled, WARM_UP))
            ratio = statistics.median(compiled(rollouts) / eager(rollouts) for _ in range(REPEATS))
            console.print(
                f"{agent:16} {count:5} seeds: compiled / as it is {ratio:.2f}, first {WARM_UP} rollouts {first:.0f} s",
                highlight=False,
            )


if __name__ == "__main__":
    typer.run(main)
