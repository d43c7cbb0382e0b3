"""What the homomorphic network's CartPole curve owes to differences from the code that van der Pol et al. (2020) released.

`python -m speed.studies.released_code` trains the suite paper-cartpole's homomorphic arm as it is and with one
difference undone at a time, and prints where the median over seeds is at 475 and stays. The differences, as read in that
code: the squared error of the value is halved there (so its coefficient of 1 is ½ here); a time limit counts as an end; a
layer's basis is what a singular value decomposition of random symmetrized matrices gives, dense where the orbits' vectors
are sparse; its coefficients start with variance 2 / (rank · output channels · size of the output's representation) and those
of its bias with variance 1, where here outputs start as large as inputs, the policy's a hundred times smaller, biases at 0;
Adam's ε is torch's 1e-8, not 1e-5; an evaluation steps 25 environments 500 times and takes the mean of the episodes that
were completed, so that short ones count more often; and evaluations are 480 steps apart but drawn 500 apart.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from rich.console import Console
from torch import nn

from symprior.agents import Problem, get_agent
from symprior.agents.agent.source import BudgetExhausted
from symprior.agents.learners.learner import stacking_learner
from symprior.agents.networks.layers.equivariant import BasisLinear
from symprior.benchmark.run.evaluation import evaluate
from symprior.benchmark.run.protocol import EvaluationPoint, episode_seeds, evaluation_points
from symprior.benchmark.run.sources.metering import MeteredVectorEnv
from symprior.benchmark.sweep.suite import get_suite
from symprior.symmetry.arrays import NumpyArray
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import SimulatorVectorEnv, training_seeds
from symprior.tasks.families.classic_control.cartpole import CartPole

SUITE, AGENT, DENSE = "paper-cartpole", "ppo+homomorphic", "ppo+dense-basis"
BUDGET = 19_200
"""Environment steps of a run: the first part of the suite's, and twice what the paper's curve takes."""
ENVIRONMENTS, STEPS = 25, 500
"""Of an evaluation in the released code."""


@dataclass(frozen=True)
class Variant:
    """The suite's arm with some of the differences undone."""

    title: str
    settings: tuple[tuple[str, Any], ...] = ()
    agent: str = AGENT
    released_start: bool = False
    time_limit_ends: bool = False


VARIANTS = (
    Variant("as in the suite"),
    Variant("half the weight of the value", (("value_coefficient", 0.5),)),
    Variant("coefficients and biases start as released", released_start=True),
    Variant("dense bases", agent=DENSE),
    Variant("the time limit is an end", time_limit_ends=True),
    Variant("Adam's ε of 1e-8", (("adam_epsilon", 1e-8),)),
    Variant("all of these", (("value_coefficient", 0.5), ("adam_epsilon", 1e-8)), DENSE, True, True),
)


class _EndingAtTheLimit(SimulatorVectorEnv):
    """An environment whose time limit looks like an end."""

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Step as the base class does."""
        observations, rewards, terminated, truncated, infos = super().step(actions)
        return observations, rewards, terminated | truncated, truncated & False, infos


def start_as_released(network: nn.Module, rng: np.random.Generator) -> None:
    """Draw the coefficients of linear layers, [seeds, rank, in channels, out channels], as the released code does."""
    for layer in network.modules():
        if isinstance(layer, BasisLinear):
            outputs, rank = layer.weight.matrix().shape[-2], layer.weight.coefficients.shape[-3]
            for part, variance in ((layer.weight, 2 / (rank * outputs)), (layer.bias, 1.0)):
                drawn = rng.standard_normal(part.coefficients.shape) * variance**0.5
                with torch.no_grad():
                    part.coefficients.copy_(torch.as_tensor(drawn))


def completed_episodes(agent: Any, task_id: str, seeds: tuple[int, ...], point: EvaluationPoint) -> list[list[float]]:
    """The returns of the episodes that 25 environments complete in 500 steps, starting again after each; for each run."""
    task = get_task(task_id)
    environments = task.make_vector(ENVIRONMENTS * len(seeds))
    starts = [episode_seeds(task_id, seed, point, ENVIRONMENTS, "as released") for seed in seeds]
    agent.seed_policy(np.concatenate(starts) + 1)
    observations, _ = environments.reset(seed=np.concatenate(starts))
    returns, completed = np.zeros(environments.num_envs), [[] for _ in seeds]  # type: ignore[var-annotated]
    for _ in range(STEPS):
        observations, rewards, terminated, truncated, _ = environments.step(agent.act(observations))
        returns += rewards
        for row in np.flatnonzero(terminated | truncated):
            completed[row // ENVIRONMENTS].append(float(returns[row]))
            returns[row] = 0
    return completed


def median_curves(variant: Variant, seeds: int) -> tuple[NDArray[np.int64], NumpyArray, NumpyArray]:
    """Train `seeds` runs; evaluation steps, and medians over runs of the mean return by both ways of evaluating."""
    job = next(job for job in get_suite(SUITE).jobs() if job.agent == AGENT)
    task, shipped, runs = get_task(job.task), get_agent(variant.agent), tuple(range(seeds))
    problem = Problem.of(task)
    settings = shipped.settings(task.family, {**dict(job.settings), **dict(variant.settings)})
    agent: Any = shipped.build(problem, runs, [settings] * seeds, stacking_learner())
    if variant.released_start:
        start_as_released(agent.network, np.random.default_rng(0))
    kind = _EndingAtTheLimit if variant.time_limit_ends else SimulatorVectorEnv
    steps: list[int] = []
    ours: list[list[float]] = []
    theirs: list[list[float]] = []

    def measure(point: EvaluationPoint) -> None:
        steps.append(point.step)
        for found, returns in (
            (ours, evaluate(agent, task, runs, point)),
            (theirs, completed_episodes(agent, task.id, runs, point)),
        ):
            found.append([float(np.mean(of_run)) if of_run else np.nan for of_run in returns])

    points = evaluation_points(BUDGET, job.evaluate_every)
    env = MeteredVectorEnv(
        kind(CartPole(), agent.num_envs * seeds),
        seeds,
        BUDGET,
        points,
        np.concatenate([training_seeds(job.task, seed, agent.num_envs) for seed in runs]),
        measure,
    )
    with suppress(BudgetExhausted):
        agent.learn(env, BUDGET)
    return np.array(steps), np.median(ours, axis=1), np.nanmedian(theirs, axis=1)


def reached(steps: NDArray[np.int64], medians: NumpyArray, threshold: float) -> str:
    """The first step at which the median is at the threshold and still is at the next evaluation."""
    there = medians >= threshold
    stays = np.flatnonzero(there[:-1] & there[1:])
    return f"{steps[stays[0]]:,}" if stays.size else "never"


def main(
    seeds: Annotated[int, typer.Option(min=2, help="Runs of each variant.")] = 20,
    variant: Annotated[
        list[int] | None, typer.Option(help="Number of a variant, from 0; all where none is given.")
    ] = None,
) -> None:
    """Train every variant and print where its median is at the threshold, by both ways of evaluating."""
    torch.set_num_threads(1)
    console = Console()
    threshold = get_task("cartpole-v1").threshold
    for number in variant or range(len(VARIANTS)):
        steps, ours, theirs = median_curves(VARIANTS[number], seeds)
        console.print(
            f"{VARIANTS[number].title:40} {reached(steps, ours, threshold):>7}, evaluated as released "
            f"{reached(steps, theirs, threshold):>7}",
            highlight=False,
        )


if __name__ == "__main__":
    typer.run(main)
