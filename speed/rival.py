"""The fused kernel against a JAX program for the same network, settings and environment, where that is installed.

`python -m speed.rival` prints environment steps a second of both, two processes of one thread each, and compiling; `make
bench` prints the ratios. Without the environment that `make bench-jax` makes, nothing is compared.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.table import Table

from speed.comparison import Comparison, at_least
from speed.comparisons.learners import PAPER_PPO, PROCESSES, Work, prepared
from symprior.agents.learners.learner import stacking_learner
from symprior.tasks import get_task

HERE = Path(__file__).parent
PYTHON = HERE.parent / ".venv-jax" / "bin" / "python"
"""Of the environment of its own."""

REPEATS = 5
WAYS = ("vmap", "map")
"""Seeds side by side in the JAX program: in one batch, or one after the other."""


@dataclass(frozen=True)
class Rates:
    """Environment steps a second over all seeds of both processes, by the clock and by CPU time.

    Attributes:
        compiling: seconds, 0 where it was done before.
    """

    by_clock: float
    by_cpu: float
    compiling: float = 0.0


def is_installed() -> bool:
    """Whether the rival's environment is there."""
    return PYTHON.exists()


def rollouts_for(seeds: int) -> int:
    """How many rollouts take a few seconds."""
    return max(40, 3000 // seeds)


def of_one_process(work: Work) -> Rates:
    """The fused kernel's, after a warm-up."""
    torch.set_num_threads(1)
    agent, rollout = prepared(work)
    task = get_task(work.task)
    agent.learn(task.make_vector(work.seeds * agent.num_envs), 3 * rollout)
    environments = task.make_vector(work.seeds * agent.num_envs)
    clock, cpu = time.perf_counter(), time.process_time()
    agent.learn(environments, work.rollouts * rollout)
    steps = work.seeds * work.rollouts * rollout
    return Rates(steps / (time.perf_counter() - clock), steps / (time.process_time() - cpu))


def fused(seeds: int, processes: int, agent: str = "ppo") -> Rates:
    """The rate of the kernel with the seeds shared out to processes."""
    each = -(-seeds // processes)
    work = Work("cartpole-v1", agent, stacking_learner(), each, rollouts_for(each), PAPER_PPO, kernel="fused")
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return _together(pool.map(of_one_process, [work] * processes))


def jax(seeds: int, processes: int, way: str) -> Rates:
    """The rate of the JAX program, likewise."""
    each = -(-seeds // processes)
    command: list[Any] = [
        PYTHON,
        HERE / "jax_program.py",
        "--seeds",
        each,
        "--rollouts",
        rollouts_for(each),
        "--by",
        way,
    ]
    started = [subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    said = [json.loads(process.communicate()[0].splitlines()[-1]) for process in started]
    return _together([Rates(one["rates"][0], one["cpu_rates"][0], one["compiling"]) for one in said])


def _together(each: list[Rates]) -> Rates:
    return Rates(sum(one.by_clock for one in each), sum(one.by_cpu for one in each), max(one.compiling for one in each))


def measured(seeds: int, processes: int, repeats: int) -> dict[str, list[Rates]]:
    """All ways in turn, so often."""
    found: dict[str, list[Rates]] = {"fused": [], **{way: [] for way in WAYS}}
    for _ in range(repeats):
        found["fused"].append(fused(seeds, processes))
        for way in WAYS:
            found[way].append(jax(seeds, processes, way))
    return found


def against_jax(seeds: int, target: float) -> Comparison:
    """The kernel's rate over the faster way of the JAX program, by CPU time, the median of repeats in turn."""
    found = measured(seeds, PROCESSES if seeds > 1 else 1, REPEATS)
    ratios = [
        ours.by_cpu / max(theirs.by_cpu for theirs in both)
        for ours, *both in zip(found["fused"], *(found[way] for way in WAYS), strict=True)
    ]
    title = f"cartpole-v1: PPO, {seeds} seed{'s' if seeds > 1 else ''}, fused kernel / JAX program, steps a CPU second"
    return at_least(title, statistics.median(ratios), target)


def main(
    seeds: Annotated[list[int] | None, typer.Option(help="Seeds in all; may be given again.")] = None,
    repeats: Annotated[int, typer.Option(help="Repeats, in turn.")] = REPEATS,
) -> None:
    """Measure and print a table of medians."""
    if not is_installed():
        raise SystemExit("There is no JAX to compare with; `make bench-jax` installs it beside the project.")
    table = Table(title="PPO on CartPole, medians: environment steps a second over all processes", title_justify="left")
    for heading in ("seeds", "processes", "what", "by the clock", "a CPU second", "compiling, s"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for count in seeds or [1, 25, 100]:
        processes = PROCESSES if count > 1 else 1
        for name, rates in measured(count, processes, repeats).items():
            numbers = [statistics.median(getattr(one, part) for one in rates) for part in ("by_clock", "by_cpu")]
            compiling = statistics.median(one.compiling for one in rates)
            label = "fused kernel" if name == "fused" else f"JAX, {name}"
            table.add_row(str(count), str(processes), label, *(f"{each:,.0f}" for each in numbers), f"{compiling:.1f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
