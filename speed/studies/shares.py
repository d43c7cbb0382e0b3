"""Where the time of the batched learner goes: acting, environments, remembering and updating, in CPU time.

`python -m speed.studies.shares` trains PPO on CartPole as the suite paper-cartpole does, without evaluation, and
prints a row for each number of seeds. CPU time of the process, so that a busy machine distorts little.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.table import Table

from speed.comparison import seconds, timed
from speed.comparisons.learners import PAPER_PPO, Work, prepared
from symprior.agents.learners.learner import stacking_learner
from symprior.tasks import get_task

TASK, WARM_UP = "cartpole-v1", 5
PARTS = {"choose": "acting", "step": "environments", "observe": "remembering", "update": "updates"}
"""Methods of the environment and of the learner's stack, and what they do."""


def shares(agent_name: str, seeds: int, rollouts: int) -> tuple[dict[str, float], float]:
    """The part of the CPU time that each kind of work takes, and environment steps a CPU second over all seeds."""
    agent, steps = prepared(Work(TASK, agent_name, stacking_learner(), seeds, rollouts, PAPER_PPO))
    env = get_task(TASK).make_vector(seeds * agent.num_envs)
    agent.learn(env, WARM_UP * steps)
    spent: dict[str, float] = defaultdict(float)
    for owner in (agent.population, env):
        for name, part in PARTS.items():
            if hasattr(owner, name):
                setattr(owner, name, timed(getattr(owner, name), part, spent))
    total = seconds(lambda: agent.learn(env, rollouts * steps), time.process_time)
    spent["rest"] = total - sum(spent.values())
    return {part: time_of / total for part, time_of in spent.items()}, seeds * rollouts * steps / total


def main(
    seeds: Annotated[list[int] | None, typer.Option(help="Seeds side by side; may be given again.")] = None,
    rollouts: Annotated[int, typer.Option(help="Rollouts of 80 steps that are measured.")] = 40,
) -> None:
    """Measure and print a table."""
    torch.set_num_threads(1)
    table = Table(title="Batched PPO on CartPole: parts of the CPU time", title_justify="left")
    for heading in ("agent", "seeds", *PARTS.values(), "rest", "steps a CPU second"):
        table.add_column(heading, justify="left" if heading == "agent" else "right")
    for agent in ("ppo", "ppo+homomorphic"):
        for count in seeds or [25, 100]:
            found, rate = shares(agent, count, rollouts)
            parts = [f"{found[part]:.0%}" for part in (*PARTS.values(), "rest")]
            table.add_row(agent, str(count), *parts, f"{rate:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
