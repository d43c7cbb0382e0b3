"""`make bench`: speeds as ratios, both sides measured in turn in one run on this machine; medians of repeats.

Single absolute times mean little on a shared machine, so every line compares two things that do the same work.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gymnasium
import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from symprior.agents import Problem, ShippedAgent, get_agent
from symprior.agents.learners.stable_baselines3 import StableBaselinesAgent
from symprior.agents.learners.stable_baselines3.environment import VectorEnvAdapter
from symprior.agents.networks.actor_critic import ActorCritic, default_widths, matched_channels, plain_network
from symprior.agents.symmetrizer import equivariant_basis
from symprior.benchmark import runner
from symprior.benchmark.job import Job
from symprior.benchmark.metering import MeteredVectorEnv
from symprior.benchmark.protocol import evaluation_points
from symprior.benchmark.store import RecordStore
from symprior.tasks import Task, get_task
from symprior.tasks.simulators import SimulatorVectorEnv, training_seeds

REPEATS = 7
ENVIRONMENTS = 256


@dataclass(frozen=True)
class Comparison:
    """Two ways to do the same work.

    Attributes:
        title: what is compared.
        ratio: the median of the repeats' ratios.
        target: what the ratio should be, in words.
        reached: whether it is.
    """

    title: str
    ratio: float
    target: str
    reached: bool


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _median_ratio(numerator: Callable[[], object], denominator: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median of time(numerator) / time(denominator), measured in turn after one warm-up of each."""
    numerator(), denominator()
    return statistics.median(_seconds(numerator) / _seconds(denominator) for _ in range(repeats))


def _steps(environments: gymnasium.vector.VectorEnv, actions: np.ndarray) -> Callable[[], None]:
    environments.reset(seed=0)

    def work() -> None:
        for row in actions:
            environments.step(row)

    return work


def vectorised_environments(task_id: str) -> Comparison:
    """The array environment against gymnasium's SyncVectorEnv of the single one, in steps a second."""
    task = get_task(task_id)
    rng = np.random.default_rng(0)
    slow, fast = 20, 400
    actions = rng.integers(0, task.simulator().action_space.n, (fast, ENVIRONMENTS))  # type: ignore[attr-defined]
    together = _steps(SimulatorVectorEnv(task.simulator(), ENVIRONMENTS), actions)
    one_by_one = _steps(gymnasium.vector.SyncVectorEnv([task.make] * ENVIRONMENTS), actions[:slow])
    ratio = _median_ratio(one_by_one, together) * fast / slow
    return Comparison(
        f"{task_id}: vectorised against SyncVectorEnv, {ENVIRONMENTS} environments", ratio, "≥ 20", ratio >= 20
    )


def metered_training() -> Comparison:
    """PPO in the metered environment against the same Stable-Baselines3 call on the bare one, in steps a second."""
    task, steps = get_task("cartpole-v1"), 8192
    ratio = _median_ratio(
        lambda: _train(task, steps, metered=False), lambda: _train(task, steps, metered=True), repeats=5
    )
    title = "PPO through the benchmark against Stable-Baselines3 alone (evaluation not counted)"
    return Comparison(title, ratio, "≥ 0.95", ratio >= 0.95)


def _train(task: Task, steps: int, metered: bool) -> None:
    agent = _agent(get_agent("ppo"), task)
    environments: gymnasium.vector.VectorEnv = SimulatorVectorEnv(task.simulator(), agent.num_envs)
    seeds = training_seeds(task.id, 0, agent.num_envs)
    environments.reset(seed=0)
    if metered:
        assert isinstance(environments, SimulatorVectorEnv)
        environments = MeteredVectorEnv(environments, 1, steps, evaluation_points(steps), seeds, lambda point: None)
    agent.learn(environments, steps)


def _agent(shipped: ShippedAgent, task: Task) -> StableBaselinesAgent:
    simulator = task.simulator()
    problem = Problem(simulator.observation_space, simulator.action_space, task.symmetry())
    agent = shipped.build(problem, [0], [shipped.settings(task.family)])
    assert isinstance(agent, StableBaselinesAgent)
    return agent


def _networks(task: Task) -> tuple[ActorCritic, ActorCritic]:
    """The homomorphic network, and the plain one of its expanded widths."""
    symmetry, rng = task.symmetry(), np.random.default_rng(0)
    channels = matched_channels(symmetry, default_widths(symmetry))
    wide = tuple(len(symmetry.group) * count for count in channels)
    return ActorCritic(symmetry, channels, equivariant_basis, rng), plain_network(symmetry, wide, rng)


def acting(task_id: str, batch: int) -> Comparison:
    """Acting with the homomorphic network against the plain one of the same expanded widths."""
    task = get_task(task_id)
    observations = torch.as_tensor(SimulatorVectorEnv(task.simulator(), batch).reset(seed=0)[0])

    def work(network: ActorCritic) -> Callable[[], None]:
        def repeat() -> None:
            with torch.no_grad():
                for _ in range(max(1, 4000 // batch)):
                    torch.multinomial(torch.softmax(network(observations)[0], dim=-1), 1)

        return repeat

    homomorphic, wide = _networks(task)
    ratio = _median_ratio(work(homomorphic), work(wide), repeats=15)
    return Comparison(f"{task_id}: acting on {batch} observations, homomorphic / plain", ratio, "≤ 1.2", ratio <= 1.2)


def training_step(task_id: str) -> Comparison:
    """A whole PPO update by Stable-Baselines3, homomorphic against plain of the same expanded widths."""
    task = get_task(task_id)
    ratio = _median_ratio(_updates("ppo+homomorphic", task), _updates("ppo+wide", task))
    return Comparison(f"{task_id}: PPO update, homomorphic / plain", ratio, "≤ 1.5", ratio <= 1.5)


def _updates(agent_id: str, task: Task) -> Callable[[], None]:
    agent = _agent(get_agent(agent_id), task)
    environments = SimulatorVectorEnv(task.simulator(), agent.num_envs)
    environments.reset(seed=0)
    model = agent.model(VectorEnvAdapter(environments))
    model.learn(agent.num_envs * model.n_steps, log_interval=None)

    def work() -> None:
        for _ in range(5):
            model.train()

    return work


def two_workers() -> Comparison:
    """The same jobs in one worker and in two; the start of the workers counts."""
    runs = Job("bench", "1", "cartpole-v1", "ppo", tuple(range(8)), 30_000).runs

    def run(workers: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            runner.run(runs, RecordStore(Path(folder)), workers, lambda steps: None)

    ratio = statistics.median(_seconds(lambda: run(1)) / _seconds(lambda: run(2)) for _ in range(3))
    title = f"two workers against one, 8 runs of 30,000 steps ({os.cpu_count()} cores)"
    return Comparison(title, ratio, "≥ 1.7", ratio >= 1.7)


COMPARISONS: tuple[Callable[[], Comparison], ...] = (
    lambda: vectorised_environments("cartpole-v1"),
    lambda: vectorised_environments("grid-catch-vector-v1"),
    metered_training,
    lambda: acting("cartpole-v1", 256),
    lambda: acting("cartpole-v1", 16),
    lambda: acting("grid-catch-v1", 256),
    lambda: training_step("cartpole-v1"),
    lambda: training_step("grid-catch-v1"),
    two_workers,
)


def main() -> None:
    """Measure everything and print a table."""
    torch.set_num_threads(1)
    console = Console()
    table = Table(title="Speed, as ratios within this run", title_justify="left")
    for column, justify in (("what", "left"), ("ratio", "right"), ("target", "left"), ("", "left")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for number, compare in enumerate(COMPARISONS, start=1):
        with console.status(f"Measuring {number} of {len(COMPARISONS)} …"):
            found = compare()
        table.add_row(found.title, f"{found.ratio:.2f}", found.target, "reached" if found.reached else "missed")
    console.print(table)


if __name__ == "__main__":
    main()
