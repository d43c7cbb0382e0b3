"""What stacking seeds could gain for SAC, from above: Stable-Baselines3's gradient step against the stacked networks alone.

`python -m speed.studies.soft_actor_critic` measures SAC on Pendulum. The stack makes the products of one gradient
step, forward and backward, and nothing else: no replay, no optimizer, no environment. A whole learner could not be faster.
CPU time of the process, so that a busy machine distorts little.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.table import Table
from torch import Tensor

from symprior.agents import Problem, get_agent
from symprior.tasks import get_task

TASK, AGENT, REPEATS = "pendulum-v1", "sac", 5


def seconds_of_stable_baselines3(steps: int) -> float:
    """CPU seconds of one environment step with its gradient step, after learning has begun."""
    task, shipped = get_task(TASK), get_agent(AGENT)
    settings = shipped.settings(task.family)
    taken = []
    for length in (settings.learning_starts, settings.learning_starts + steps):  # type: ignore[attr-defined]
        agent = shipped.build(Problem.of(task), [0], [settings])
        env = task.make_vector(settings.num_envs)
        taken.append(_cpu_seconds(lambda agent=agent, env=env, length=length: agent.learn(env, length)))  # type: ignore[misc]
    return (taken[1] - taken[0]) / steps


def seconds_of_a_stack(seeds: int, steps: int) -> float:
    """CPU seconds a seed of the products of one gradient step."""
    task = get_task(TASK)
    settings = get_agent(AGENT).settings(task.family)
    batch, widths = settings.batch_size, settings.widths  # type: ignore[attr-defined]
    rng = torch.Generator().manual_seed(0)
    size, actions = task.observation_space.shape[0], task.action_space.shape[0]  # type: ignore[index]

    def network(inputs: int, outputs: int, copies: int) -> list[Tensor]:
        sizes = (inputs, *widths, outputs)
        return [
            torch.randn(copies * seeds, *shape, generator=rng).mul_(0.05).requires_grad_() for shape in pairwise(sizes)
        ]

    actor, critics = network(size, 2 * actions, 1), network(size + actions, 1, 2)
    observations = torch.randn(seeds, batch, size, generator=rng)

    def criticise(chosen: Tensor) -> Tensor:
        return _through(critics, torch.cat([observations, chosen], dim=-1).repeat(2, 1, 1))

    def gradient_steps(count: int) -> None:
        for _ in range(count):
            gradient_step()

    def gradient_step() -> None:
        with torch.no_grad():
            chosen = _through(actor, observations)[..., :actions]
            criticise(chosen)
        torch.autograd.grad(criticise(chosen).sum(), critics)
        torch.autograd.grad(criticise(_through(actor, observations)[..., :actions]).sum(), actor)

    gradient_step()
    return _cpu_seconds(lambda: gradient_steps(steps)) / steps / seeds


def _through(weights: list[Tensor], x: Tensor) -> Tensor:
    for weight in weights[:-1]:
        x = torch.relu(torch.bmm(x, weight))
    return torch.bmm(x, weights[-1])


def _cpu_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main(
    seeds: Annotated[list[int] | None, typer.Option(help="Seeds side by side; may be given again.")] = None,
    steps: Annotated[int, typer.Option(help="Gradient steps of each measurement.")] = 300,
) -> None:
    """Measure and print a table."""
    torch.set_num_threads(1)
    whole = median(seconds_of_stable_baselines3(steps) for _ in range(REPEATS))
    table = Table(title=f"SAC on {TASK}: what stacking could gain at most", title_justify="left")
    for heading in ("seeds", "Stable-Baselines3, ms a step", "stacked products alone, ms", "at most"):
        table.add_column(heading, justify="right")
    for count in seeds or [1, 5, 25]:
        bare = median(seconds_of_a_stack(count, max(steps // count, 10)) for _ in range(REPEATS))
        table.add_row(str(count), f"{1e3 * whole:.2f}", f"{1e3 * bare:.2f}", f"{whole / bare:.1f}×")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
