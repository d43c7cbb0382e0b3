"""How many environment steps a second the batched learner makes, by seeds and by device.

`python -m speed.studies.devices --device cuda --out FILE` measures whole training (environments, rollouts,
updates; no evaluation) and writes a line of JSON for each cell. Repeats are medians; every cell is warmed up first.
"""

from __future__ import annotations

import json
import platform
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console

from speed.comparisons.learners import PAPER_A2C, PAPER_PPO
from symprior.agents import Problem, get_agent
from symprior.agents.learners.batched.on_policy import BatchedCategoricalAgent
from symprior.agents.learners.learner import LEARNERS, stacking_learner
from symprior.benchmark.run.sources.metering import MeteredVectorEnv
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import training_seeds

CELLS: dict[str, tuple[str, dict[str, Any]]] = {
    "cartpole-v1": ("ppo", dict(PAPER_PPO)),
    "grid-catch-vector-v1": ("a2c", dict(PAPER_A2C)),
    "grid-catch-v1": ("a2c", {**dict(PAPER_A2C), "channels": (8, 16, 256)}),
}
REPEATS = 3


@dataclass(frozen=True)
class Rate:
    """One measurement: environment steps a second over all seeds."""

    task: str
    agent: str
    seeds: int
    device: str
    steps_per_second: float
    spread: float
    peak_memory_mib: float | None


def measure(task_id: str, prior: str, seeds: int, device: str, rollouts: int) -> Rate:
    """Train `seeds` seeds for `rollouts` rollouts, several times over; the first time is not counted.

    Returns:
        The median rate, and the spread (highest − lowest over the median).
    """
    algorithm, overrides = CELLS[task_id]
    shipped = get_agent(algorithm if prior == "plain" else f"{algorithm}+{prior}")
    task = get_task(task_id)
    problem = Problem.of(task)
    settings = shipped.settings(task.family, overrides)
    agent = shipped.build(problem, range(seeds), [settings] * seeds, stacking_learner(), device)
    assert isinstance(agent, BatchedCategoricalAgent)
    budget = rollouts * agent.num_envs * settings.steps  # type: ignore[attr-defined]
    rates = []
    for _ in range(1 + REPEATS):
        environments = MeteredVectorEnv(
            task.make_vector(seeds * agent.num_envs, **LEARNERS[stacking_learner()].environments_on(device)),
            seeds,
            budget,
            [],
            training_seeds(task_id, 0, seeds * agent.num_envs),
            lambda point: None,
        )
        _wait(device)
        started = time.perf_counter()
        agent.learn(environments, budget)
        _wait(device)
        rates.append(seeds * budget / (time.perf_counter() - started))
    counted = rates[1:]
    middle = statistics.median(counted)
    memory = torch.cuda.max_memory_allocated() / 2**20 if device != "cpu" else None
    return Rate(task_id, shipped.id, seeds, device_name(device), middle, (max(counted) - min(counted)) / middle, memory)


def _wait(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()


def device_name(device: str) -> str:
    """The device in words."""
    if device == "cpu":
        return f"cpu, {torch.get_num_threads()} thread, {platform.machine()}"
    return torch.cuda.get_device_name(device)


def main(
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    task: Annotated[list[str] | None, typer.Option(help="A task; all three where none is given.")] = None,
    seeds: Annotated[list[int] | None, typer.Option(help="Seeds side by side; may be given again.")] = None,
    rollouts: Annotated[int, typer.Option(help="Rollouts in each repeat.")] = 40,
    out: Annotated[Path | None, typer.Option(help="A file for the measurements, a line of JSON each.")] = None,
) -> None:
    """Measure every cell and print a line for each."""
    torch.set_num_threads(1)
    console = Console()
    for task_id in task or list(CELLS):
        for prior in ("plain", "homomorphic"):
            for count in seeds or [25, 250, 1000]:
                cell = measure(task_id, prior, count, device, rollouts)
                rate, spread = f"{cell.steps_per_second:>12,.0f}", f"± {cell.spread / 2:.0%}"
                console.print(f"{task_id:22} {cell.agent:18} {count:5} seeds {rate} steps/s {spread}", highlight=False)
                if out is not None:
                    with out.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(cell)) + "\n")


if __name__ == "__main__":
    typer.run(main)
