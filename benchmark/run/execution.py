"""Carrying out a stack of runs: build the agent, train it once under the budget, evaluate, make the records."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np

from symprior.agents import Problem
from symprior.benchmark.run import contestants
from symprior.benchmark.run.equivariance import (
    EquivarianceErrors,
    closed_under,
    equivariance_error,
    log_std_equivariance_error,
    mean_equivariance_error,
    value_equivariance_error,
)
from symprior.benchmark.run.evaluation import evaluate, seed_global_generators
from symprior.benchmark.run.job import BATCHED, TORCH, Stack
from symprior.benchmark.run.metering import EndlessLoop, MeteredVectorEnv
from symprior.benchmark.run.policy_outputs import checked
from symprior.benchmark.run.protocol import EvaluationPoint, evaluation_points
from symprior.benchmark.run.provenance import provenance
from symprior.leaderboard.records.record import (
    DIVERGED,
    AgentCard,
    Checkpoint,
    Effort,
    EquivarianceError,
    OtherMode,
    RunRecord,
)
from symprior.symmetry.errors import BudgetExhausted, SympriorError
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks import Task, get_task
from symprior.tasks.environments.simulators import training_seeds
from symprior.tasks.environments.streams import seed_from
from symprior.tasks.references.frozen_states import frozen_observations
from symprior.tasks.task import TaskVectorEnv

OTHER_MODES = {"greedy": "act_greedily", "epsilon-greedy": "act_exploring", "sample": "act_sampling"}
"""Modes of acting beside the one that counts, and an agent's methods for them; the first that it has is recorded."""
EQUIVARIANCE: dict[str, Callable[[Any, Problem], EquivarianceErrors]] = {
    "action_values": lambda values, problem: value_equivariance_error(values, problem.symmetry),
    "action_probabilities": lambda policy, problem: equivariance_error(policy, problem.symmetry),
    "action_means": lambda means, problem: mean_equivariance_error(means, problem.symmetry, problem.action_space),
}
"""What is asked of an agent at the frozen states, and how far that is from being equivariant; the first that it has."""
LOG_STDS = "action_log_stds"
"""What is asked of one that has standard deviations, whose error stands apart."""


class Execution:
    """Runs on their way, side by side.

    Args:
        stack: the runs.
        on_progress: called with the environment steps (over all runs) used since the last call.
    """

    def __init__(self, stack: Stack, on_progress: Callable[[int], None] = lambda steps: None) -> None:
        self.stack, self.job, self._on_progress = stack, stack.job, on_progress
        self.task = get_task(self.job.task)
        self.contestant = contestants.find(self.job.agent)
        self.curves: list[list[Checkpoint]] = [[] for _ in stack.runs]
        self.others: list[OtherMode | None] = [None for _ in stack.runs]
        self.evaluation_seconds = 0.0
        self.agent: Any = None
        self.env: MeteredVectorEnv | None = None
        self._reported = 0

    def run(self) -> list[RunRecord]:
        """Train and evaluate; one record for each run. An error in the agent becomes failed records."""
        ledger = self.job.ledger or self.contestant.ledger(self.task.family, dict(self.job.settings))
        origin = provenance(self.job.device, len(self.stack.runs), _torch_threads(), self.task, ledger)
        started = time.perf_counter()
        error: str | None = None
        try:
            self._train()
        except (SympriorError, EndlessLoop) as problem:
            error = str(problem)
        except (Exception, SystemExit, KeyboardInterrupt):  # whatever an agent raises is its own failure
            error = traceback.format_exc().encode(errors="replace").decode()
        finally:
            self._close_environments()
        training_seconds = time.perf_counter() - started - self.evaluation_seconds
        self._report(self.stack.steps)
        kernel = getattr(self.agent, "kernel", TORCH)
        origin = origin.model_copy(update={"kernel": None if kernel == TORCH else kernel})
        return [
            RunRecord(
                suite=run.job.suite,
                suite_version=run.job.suite_version,
                task=run.job.task,
                agent=self._card,
                seed=run.seed,
                status="failed" if error or diverged else "finished",
                error=error or (DIVERGED if diverged else None),
                budget=run.job.budget,
                steps_used=self._used,
                mode=self.contestant.mode,
                evaluate_every=run.job.evaluate_every,
                curve=curve,
                other_mode=other,
                hyperparameters=self.contestant.settings(self.task.family, dict(run.job.settings)),
                effort=Effort(
                    gradient_steps=contestants.counted(self.agent, "gradient_steps"),
                    samples_per_update=self.contestant.updates(self.task.family, dict(run.job.settings)),
                    training_seconds=training_seconds / len(self.stack.runs),
                    evaluation_seconds=self.evaluation_seconds / len(self.stack.runs),
                ),
                provenance=origin,
            )
            for run, curve, other, diverged in zip(
                self.stack.runs, self.curves, self.others, self._diverged(), strict=True
            )
        ]

    def _train(self) -> None:
        job, seeds = self.job, self.stack.seeds
        seed_global_generators(seed_from(job.task, *seeds, "agent"))
        self.agent = self.contestant.build(self._problem, self.stack, self.task.family)
        copies = _copies(self.agent)
        points = evaluation_points(job.budget, job.evaluate_every)
        self.env = MeteredVectorEnv(
            training_environments(self.task, copies * len(seeds), job.learner, job.device),
            len(seeds),
            job.budget,
            points,
            np.concatenate([training_seeds(job.task, seed, copies) for seed in seeds]),
            lambda point: self._evaluate(point, self._used),
        )
        with suppress(BudgetExhausted):
            self.agent.learn(self.env, job.budget)
        for point in self.env.unmet:  # the agent stopped early: its policy stays what it is
            self._evaluate(point, point.step)
        self._evaluate(points[-1], self._used if self.env.is_exhausted else job.budget)
        self._evaluate_other_mode(points[-1])

    def _close_environments(self) -> None:
        opened = (self.env, self.__dict__.get("_evaluation_environments"))
        for environments in opened:
            if environments is not None:
                environments.close()

    def _evaluate(self, point: EvaluationPoint, step: int) -> None:
        started = time.perf_counter()
        returns = evaluate(self.agent, self.task, self.stack.seeds, point, None, self._evaluation_environments)
        errors = self._equivariance()
        for curve, episode_returns, error in zip(self.curves, returns, errors, strict=True):
            curve.append(Checkpoint(step=step, returns=episode_returns, equivariance=error))
        self.evaluation_seconds += time.perf_counter() - started
        self._report(self._used * len(self.stack.runs))

    def _evaluate_other_mode(self, point: EvaluationPoint) -> None:
        for mode, method in OTHER_MODES.items():
            if mode == self.contestant.mode or not hasattr(self.agent, method):
                continue
            started = time.perf_counter()
            act = getattr(self.agent, method)
            returns = evaluate(self.agent, self.task, self.stack.seeds, point, act, self._evaluation_environments)
            self.others = [OtherMode.model_validate({"mode": mode, "returns": each}) for each in returns]
            self.evaluation_seconds += time.perf_counter() - started
            return

    def _equivariance(self) -> list[EquivarianceError | None]:
        runs = len(self.stack.runs)
        measured = next(((name, error) for name, error in EQUIVARIANCE.items() if hasattr(self.agent, name)), None)
        if measured is None:
            return [None] * runs
        name, error_of = measured
        outputs = self._at_frozen_states(name)
        log_stds = self._at_frozen_states(LOG_STDS) if hasattr(self.agent, LOG_STDS) else [None] * runs
        return [self._error(error_of, *each) for each in zip(outputs, log_stds, strict=True)]

    def _at_frozen_states(self, method: str) -> list[Any]:
        """What the agent says there, for each run, [|G| · states, …]."""
        runs = len(self.stack.runs)
        rows = np.tile(self._frozen, (runs, *(1,) * (self._frozen.ndim - 1)))
        given, size = getattr(self.agent, method)(rows), self._symmetry.action.size
        return np.split(checked(given, method, self.contestant.id, len(rows), size), runs)

    def _error(
        self, error_of: Callable[[Any, Problem], EquivarianceErrors], outputs: Any, log_stds: Any
    ) -> EquivarianceError | None:
        """Of one run; None where the agent's numbers are none."""
        if not all(np.isfinite(part).all() for part in (outputs, log_stds) if part is not None):
            return None
        found = error_of(outputs, self._declared)
        spread = None if log_stds is None else log_std_equivariance_error(log_stds, self._symmetry)
        return EquivarianceError(mean=found.mean, maximum=found.maximum, raw_maximum=found.raw_maximum, log_std=spread)

    def _diverged(self) -> list[bool]:
        """For each run, whether its parameters are no numbers any more."""
        flags = np.asarray(getattr(self.agent, "diverged", False), dtype=bool)
        return np.broadcast_to(flags, len(self.stack.runs)).tolist()  # type: ignore[no-any-return]

    def _report(self, steps: int) -> None:
        self._on_progress(steps - self._reported)
        self._reported = steps

    @property
    def _used(self) -> int:
        """Environment steps of each run so far."""
        return self.env.used if self.env else 0

    @cached_property
    def _symmetry(self) -> Symmetry:
        return self.task.symmetry()

    @cached_property
    def _evaluation_environments(self) -> TaskVectorEnv:
        """One for each episode of an evaluation, made once: a simulator's model may take long to load."""
        return self.task.make_vector(self.task.evaluation_episodes * len(self.stack.runs))

    @cached_property
    def _problem(self) -> Problem:
        """What the agent is told, which may be a control's symmetry."""
        return self.contestant.problem(self.task, dict(self.job.settings))

    @cached_property
    def _declared(self) -> Problem:
        """What its policy is held against."""
        return Problem.of(self.task, self._symmetry)

    @cached_property
    def _frozen(self) -> Any:
        """The frozen states, closed under the group."""
        return closed_under(self._symmetry, frozen_observations(self.task))

    @cached_property
    def _card(self) -> AgentCard:
        told = self._declared if self.agent is None else self._problem
        return self.contestant.card(self.agent, told.symmetry.group.name, self.job.learner)


def training_environments(task: Task, count: int, learner: str, device: str) -> TaskVectorEnv:
    """The environments to train in: beside the batched learner where that computes on a device, else in numpy."""
    if learner != BATCHED or device == "cpu":
        return task.make_vector(count)
    from array_api_compat import torch as namespace

    return task.make_vector(count, namespace, device)


def _copies(agent: Any) -> int:
    copies = getattr(agent, "num_envs", 1)
    if isinstance(copies, bool) or not isinstance(copies, int) or copies < 1:
        raise SympriorError(f"num_envs of {type(agent).__name__} is {copies!r}; it must be a whole number from 1 on.")
    return copies


def _torch_threads() -> int:
    import torch

    return torch.get_num_threads()
