"""Carrying out one job: build the agent, train it once under its budget, evaluate at the points, make the records."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np

from symprior.agents import Problem
from symprior.agents.equivariance import equivariance_error
from symprior.benchmark import contestants
from symprior.benchmark.evaluation import evaluate
from symprior.benchmark.job import Job
from symprior.benchmark.metering import MeteredVectorEnv
from symprior.benchmark.protocol import EvaluationPoint, evaluation_points
from symprior.benchmark.provenance import provenance
from symprior.leaderboard.records import AgentCard, Checkpoint, Effort, EquivarianceError, OtherMode, RunRecord
from symprior.tasks import get_task
from symprior.tasks.errors import BudgetExhausted, SympriorError
from symprior.tasks.frozen_states import frozen_observations
from symprior.tasks.simulators import SimulatorVectorEnv, training_seeds


class Execution:
    """One job on its way.

    Args:
        job: what to do.
        on_progress: called with the environment steps (over all seeds) used since the last call.
    """

    def __init__(self, job: Job, on_progress: Callable[[int], None] = lambda steps: None) -> None:
        self.job, self._on_progress = job, on_progress
        self.task = get_task(job.task)
        self.contestant = contestants.find(job.agent)
        self.overrides = dict(job.settings)
        self.curves: list[list[Checkpoint]] = [[] for _ in job.seeds]
        self.others: list[OtherMode | None] = [None for _ in job.seeds]
        self.evaluation_seconds = 0.0
        self.agent: Any = None
        self.env: MeteredVectorEnv | None = None
        self._reported = 0

    def run(self) -> list[RunRecord]:
        """Train and evaluate; one record for each seed. An error in the agent becomes failed records."""
        origin = provenance(self.job.device, len(self.job.seeds), _torch_threads())
        started = time.perf_counter()
        error: str | None = None
        try:
            self._train()
        except SympriorError as problem:
            error = str(problem)
        except Exception:
            error = traceback.format_exc()
        seconds = time.perf_counter() - started - self.evaluation_seconds
        self._on_progress(self.job.budget * len(self.job.seeds) - self._reported)
        return [
            RunRecord(
                suite=self.job.suite,
                suite_version=self.job.suite_version,
                task=self.job.task,
                agent=self._card,
                seed=seed,
                status="failed" if error else "finished",
                error=error,
                budget=self.job.budget,
                steps_used=self._used,
                mode=self.contestant.mode,
                curve=self.curves[i],
                other_mode=self.others[i],
                hyperparameters=self.contestant.settings(self.task.family, self.overrides),
                effort=Effort(
                    gradient_steps=getattr(self.agent, "gradient_steps", None),
                    samples_per_update=self.contestant.updates(self.task.family, self.overrides),
                    training_seconds=seconds / len(self.job.seeds),
                    evaluation_seconds=self.evaluation_seconds / len(self.job.seeds),
                ),
                provenance=origin,
            )
            for i, seed in enumerate(self.job.seeds)
        ]

    def _train(self) -> None:
        job, simulator = self.job, self.task.simulator()
        problem = Problem(simulator.observation_space, simulator.action_space, self._symmetry)
        self.agent = self.contestant.build(problem, job.seeds[0], self.task.family, self.overrides, job.device)
        copies = int(getattr(self.agent, "num_envs", 1))
        points = evaluation_points(job.budget, job.evaluate_every)
        self.env = MeteredVectorEnv(
            SimulatorVectorEnv(simulator, copies * len(job.seeds)),
            len(job.seeds),
            job.budget,
            points,
            np.concatenate([training_seeds(job.task, seed, copies) for seed in job.seeds]),
            lambda point: self._evaluate(point, self._used),
        )
        with suppress(BudgetExhausted):
            self.agent.learn(self.env, job.budget)
        for point in self.env.unmet:  # the agent stopped early: its policy stays what it is
            self._evaluate(point, point.step)
        self._evaluate(points[-1], self._used if self.env.is_exhausted else job.budget)
        self._evaluate_other_mode(points[-1])

    def _evaluate(self, point: EvaluationPoint, step: int) -> None:
        started = time.perf_counter()
        returns = evaluate(self.agent, self.task, self.job.seeds, point)
        errors = self._equivariance()
        for curve, episode_returns, error in zip(self.curves, returns, errors, strict=True):
            curve.append(Checkpoint(step=step, returns=episode_returns, equivariance=error))
        self.evaluation_seconds += time.perf_counter() - started
        steps = self._used * len(self.job.seeds)
        self._on_progress(steps - self._reported)
        self._reported = steps

    def _evaluate_other_mode(self, point: EvaluationPoint) -> None:
        if not hasattr(self.agent, "act_greedily"):
            return
        started = time.perf_counter()
        returns = evaluate(self.agent, self.task, self.job.seeds, point, self.agent.act_greedily)
        self.others = [OtherMode(mode="greedy", returns=episode_returns) for episode_returns in returns]
        self.evaluation_seconds += time.perf_counter() - started

    def _equivariance(self) -> list[EquivarianceError | None]:
        if not hasattr(self.agent, "action_probabilities"):
            return [None for _ in self.job.seeds]
        found = equivariance_error(self.agent.action_probabilities, self._symmetry, self._frozen)
        return [EquivarianceError(mean=found.mean, maximum=found.maximum, raw_maximum=found.raw_maximum)]

    @property
    def _used(self) -> int:
        """Environment steps of each run so far."""
        return self.env.used if self.env else 0

    @cached_property
    def _symmetry(self) -> Any:
        return self.task.symmetry()

    @cached_property
    def _frozen(self) -> Any:
        return frozen_observations(self.task)

    @cached_property
    def _card(self) -> AgentCard:
        return self.contestant.card(self.agent, self._symmetry.group.name, self.job.learner)


def _torch_threads() -> int:
    import torch

    return torch.get_num_threads()
