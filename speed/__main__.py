"""Measure everything and print a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from rich.console import Console
from rich.table import Table

from speed import planning, rival
from speed.comparison import Comparison
from speed.comparisons import (
    bases,
    boards,
    certificates,
    environments,
    evaluation,
    isolation,
    learners,
    networks,
    training,
)

PONG = ("pong-objects-v1", "pong-small-v1", "pong-v1")

COMPARISONS: tuple[Callable[[], Comparison], ...] = (
    lambda: environments.vectorised("cartpole-v1"),
    lambda: environments.vectorised("grid-catch-vector-v1"),
    lambda: environments.steps_a_second("grid-catch-vector-v1", 1024, 500_000),
    lambda: environments.steps_a_second("room-vector-v1", 1024, 500_000),
    lambda: environments.steps_a_second("colour-world-vector-v1", 1024, 500_000),
    lambda: environments.steps_a_second("grid-catch-observed-drift-v1@eps=0.4", 1024, 500_000),
    lambda: environments.steps_a_second("room-observed-obstacles-v1@k=8", 1024, 500_000),
    lambda: environments.steps_a_second("collect-v1", 1024, 300_000),
    lambda: environments.steps_a_second("two-agents-v1", 1024, 300_000),
    lambda: environments.robot("ant-v1", 1.5),
    lambda: environments.robot("walker2d-v1", 1.5),
    lambda: environments.robot("humanoid-v1", 1.4),
    lambda: environments.robot("swimmer-v1", 1.6),
    lambda: environments.robot("reacher-v1", 1.8),
    *(partial(environments.pong, task_id, games) for task_id in PONG for games in (4, 16)),
    *(partial(environments.pong_reset, task_id) for task_id in PONG),
    certificates.whole_registry,
    boards.whole_board,
    boards.aggregates_against_rliable,
    boards.improvement_against_rliable,
    training.metered,
    lambda: networks.acting("cartpole-v1", 256),
    lambda: networks.acting("cartpole-v1", 16),
    lambda: networks.acting("grid-catch-v1", 256),
    lambda: networks.acting("grid-catch-v1", 16),
    lambda: networks.acting("room-v1", 16),
    lambda: networks.acting_together("cartpole-v1", 16, 25),
    lambda: networks.acting_together("room-vector-v1", 16, 25),
    lambda: networks.gradient_step("cartpole-v1", 32),
    lambda: networks.gradient_step("cartpole-v1", 1024),
    lambda: networks.gradient_step("grid-catch-v1", 32),
    lambda: networks.gradient_step("grid-catch-v1", 256),
    lambda: networks.training_step("cartpole-v1"),
    lambda: networks.training_step("grid-catch-v1"),
    lambda: bases.seconds_for_whole_layers("ant-v1"),
    lambda: bases.against_sampling("ant-v1", 16, 100),
    lambda: bases.against_published_layer("ant-v1", 128, 64, 1, 0.7, backward=False),
    lambda: bases.against_published_layer("ant-v1", 128, 64, 1, 0.7),
    lambda: bases.against_published_layer("ant-v1", 32, 64, 25, 2),
    lambda: bases.against_published_layer("two-agents-v1", 16, 64, 1, 0.7),
    training.two_workers,
    isolation.own_ppo,
    lambda: learners.ppo_on_cartpole(25, 10),
    lambda: learners.ppo_on_cartpole(100, 18),
    lambda: learners.a2c_on_catch("grid-catch-vector-v1", 20, 4),
    lambda: learners.a2c_on_catch("grid-catch-v1", 20, 1),
    lambda: learners.homomorphic_training(25),
    lambda: learners.fused_kernel("cartpole-v1", "ppo", 25, learners.PAPER_PPO, 3),
    lambda: learners.fused_kernel("cartpole-v1", "ppo+homomorphic", 25, learners.PAPER_PPO, 1.5),
    lambda: learners.fused_kernel("grid-catch-vector-v1", "a2c", 20, learners.PAPER_A2C, 3),
    lambda: learners.fused_kernel("cartpole-v1", "dqn", 10, learners.DQN, 3),
    lambda: learners.fused_kernel("pendulum-v1", "ppo", 10, (), 3),
    lambda: evaluation.acting("cartpole-v1", "ppo", 25, learners.PAPER_PPO),
    lambda: evaluation.acting("cartpole-v1", "ppo+homomorphic", 25, learners.PAPER_PPO),
    lambda: evaluation.acting("grid-catch-vector-v1", "a2c", 20, learners.PAPER_A2C),
    lambda: evaluation.acting("pendulum-v1", "ppo", 10, ()),
    planning.sweeps,
    lambda: planning.key_room("prae"),
    lambda: planning.key_room("prae+homomorphic"),
)

AGAINST_JAX: tuple[Callable[[], Comparison], ...] = (
    lambda: rival.against_jax(1, 1),
    lambda: rival.against_jax(25, 1.5),
    lambda: rival.against_jax(100, 1.5),
)


def main() -> None:
    """Measure everything and print a table."""
    torch.set_num_threads(1)
    console = Console()
    table = Table(title="Speed, as ratios within this run", title_justify="left")
    table.add_column("what", overflow="fold")
    table.add_column("ratio", justify="right")
    table.add_column("target", no_wrap=True)
    table.add_column("", no_wrap=True)
    comparisons = COMPARISONS + (AGAINST_JAX if rival.is_installed() else ())
    for number, compare in enumerate(comparisons, start=1):
        with console.status(f"Measuring {number} of {len(comparisons)} …"):
            found = compare()
        table.add_row(found.title, f"{found.ratio:.2f}", found.target, "reached" if found.reached else "missed")
    console.print(table)
    parts = ", ".join(f"{suite} {part:.0%}" for suite, part in evaluation.shares().items())
    console.print(f"Evaluation's part of the recorded time of published suites: {parts}.", highlight=False)
    if not rival.is_installed():
        console.print("`make bench-jax` installs a JAX program to compare the kernel with.")


if __name__ == "__main__":
    main()
