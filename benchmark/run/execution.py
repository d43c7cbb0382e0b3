"""Carrying out a stack of runs: build the agent, train it once under the budget, evaluate, make the records."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, cast

import numpy as np

from symprior.agents.agent import Agent
from symprior.agents.agent.abilities import (
    ActsExploring,
    ActsGreedily,
    ActsSampling,
    CarriesOn,
    HasKernel,
    IsIsolated,
    KeepsPolicy,
    LearnsFromTransitions,
    MayDiverge,
    PolicyArrays,
)
from symprior.agents.agent.generators import global_generators, load_global_generators, seed_global_generators
from symprior.agents.agent.given import counted
from symprior.agents.agent.source import BudgetExhausted
from symprior.agents.learners.learner import LEARNERS, TORCH
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.contestant import generators_seed
from symprior.benchmark.jobs.isolation.agent_process import UNBOUND, Confines
from symprior.benchmark.jobs.isolation.errors import shortened
from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.jobs.resolved import Resolved
from symprior.benchmark.run.evaluation import Act, evaluate, play
from symprior.benchmark.run.policy_measure import PolicyMeasure
from symprior.benchmark.run.protocol import EvaluationPoint, evaluation_points
from symprior.benchmark.run.provenance import provenance
from symprior.benchmark.run.snapshots import Snapshots
from symprior.benchmark.run.sources.given_transitions import GivenTransitions
from symprior.benchmark.run.sources.held_out import held_out, latent_measure
from symprior.benchmark.run.sources.metering import EndlessLoop, MeteredVectorEnv
from symprior.leaderboard.records.record import (
    DIVERGED,
    AgentCard,
    Checkpoint,
    Effort,
    OtherMode,
    Provenance,
    RunRecord,
)
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task
from symprior.tasks.environments.simulators import training_seeds
from symprior.tasks.files.json_files import Json
from symprior.tasks.files.states import State
from symprior.tasks.task import TaskVectorEnv
from symprior.tasks.task.transitions import Transitions


class Execution:
    """Runs on their way, side by side.

    Args:
        stack: the runs.
        on_progress: called with the environment steps (over all runs) used since the last call.
        on_point: called behind each evaluation with the number of each run in the stack and its curve so far.
        confines: what surrounds an agent that has a process of its own.
        snapshots: where the stack is put down now and then, and where it may have been; None: nowhere.
    """

    def __init__(
        self,
        stack: Stack,
        on_progress: Callable[[int], None] = lambda steps: None,
        on_point: Callable[[int, Sequence[Checkpoint]], None] = lambda number, curve: None,
        confines: Confines = UNBOUND,
        snapshots: Snapshots | None = None,
    ) -> None:
        self.stack, self.job, self._on_progress, self._on_point = stack, stack.job, on_progress, on_point
        self._confines = confines
        self.task, self.contestant = get_task(self.job.task), contestants.find(self.job.agent)
        self.resolved = self._resolved()
        self.curves: list[list[Checkpoint]] = [[] for _ in stack.runs]
        self.others: list[OtherMode | None] = [None for _ in stack.runs]
        self.evaluation_seconds = self._seconds_before = 0.0
        self._snapshots = snapshots
        self.agent: Agent | None = None
        self.source: MeteredVectorEnv | GivenTransitions | None = None
        self._measure = PolicyMeasure(self.task, len(stack.runs))
        self._reported = self._used_elsewhere = 0

    def _resolved(self) -> list[Resolved]:
        """What each run resolves to; runs of one job share it."""
        of_jobs = {run.job: self.contestant.resolve(run.job, self.task) for run in self.stack.runs}
        return [of_jobs[run.job] for run in self.stack.runs]

    @property
    def _settings(self) -> list[Json]:
        """What the runs resolved to, as their records have it."""
        return [each.hyperparameters for each in self.resolved]

    def run(self) -> list[RunRecord]:
        """Train and evaluate; one record for each run. An error in the agent becomes failed records."""
        origin, self._started = self._origin(), time.perf_counter()
        error = self._why_it_failed()
        seconds = self._seconds - self.evaluation_seconds
        self._report(self.stack.steps)
        diverged, agent = self._diverged(), cast(object, self.agent)
        if isinstance(agent, HasKernel) and agent.kernel != TORCH:
            origin = origin.model_copy(update={"kernel": agent.kernel})
        if isinstance(agent, IsIsolated):
            origin = origin.model_copy(update={"isolation": agent.isolation})
        return [
            self._record(number, error or (DIVERGED if diverged[number] else None), seconds, origin)
            for number in range(len(self.stack.runs))
        ]

    def close(self) -> None:
        """End the process of an agent that has its own."""
        agent = cast(object, self.agent)
        if isinstance(agent, IsIsolated):
            agent.close()

    def given_up(
        self, cause: str, seconds: float, curves: Sequence[Sequence[Checkpoint]], steps: int
    ) -> list[RunRecord]:
        """Failed records of a stack that was carried out elsewhere and came to no end.

        Args:
            cause: why, in words.
            seconds: how long it took.
            curves: of each run, as far as it came.
            steps: environment steps of each run.
        """
        origin = self._origin()
        self.curves, self._used_elsewhere = [list(curve) for curve in curves], min(steps, self.job.budget)
        return [self._record(number, cause, seconds, origin) for number in range(len(self.stack.runs))]

    def _origin(self) -> Provenance:
        return provenance(self.job, len(self.stack.runs), _torch_threads(), self.task, self.resolved[0].ledger)

    def _why_it_failed(self) -> str | None:
        """Train; the error that ended it, or None."""
        try:
            self._train()
        except (SympriorError, EndlessLoop) as error:
            return str(error)
        except (Exception, SystemExit, KeyboardInterrupt):  # whatever an agent raises is its own failure
            return traceback.format_exc().encode(errors="replace").decode()
        finally:
            self._close_environments()
        return None

    def _record(self, number: int, error: str | None, training_seconds: float, origin: Provenance) -> RunRecord:
        run, resolved, runs = self.stack.runs[number], self.resolved[number], len(self.stack.runs)
        return RunRecord(
            suite=run.job.suite,
            suite_version=run.job.suite_version,
            task=run.job.task,
            agent=self._card,
            seed=run.seed,
            status="failed" if error else "finished",
            error=error and shortened(error),
            budget=run.job.budget,
            steps_used=self._used,
            mode=self.contestant.mode,
            evaluate_every=run.job.evaluate_every,
            curve=self.curves[number],
            other_mode=self.others[number],
            hyperparameters=resolved.hyperparameters,
            effort=Effort(
                gradient_steps=counted(self.agent, "gradient_steps"),
                samples_per_update=resolved.samples_per_update,
                training_seconds=training_seconds / runs,
                evaluation_seconds=self.evaluation_seconds / runs,
            ),
            provenance=origin,
        )

    @property
    def _seconds(self) -> float:
        """Since it was begun, without those in which it was put down."""
        return self._seconds_before + time.perf_counter() - self._started

    def _train(self) -> None:
        job = self.job
        points = evaluation_points(job.budget, job.evaluate_every, self.task.portions)
        agent, source = self._begin(points)
        with suppress(BudgetExhausted):
            if isinstance(source, GivenTransitions):
                cast(LearnsFromTransitions, agent).learn(source, job.budget)
            else:
                agent.learn(source, job.budget)
        for point in source.unmet:  # the agent stopped early: its policy stays what it is
            self._evaluate(agent, point, point.step)
        self._evaluate(agent, points[-1], self._used if source.is_exhausted else job.budget)
        self._evaluate_other_mode(agent, points[-1])

    def _begin(self, points: list[EvaluationPoint]) -> tuple[Agent, MeteredVectorEnv | GivenTransitions]:
        """Agent and environments: where the stack was put down, as they were then."""
        held = self._snapshots and self._snapshots.read(self._settings, self._origin())
        if held:
            try:
                agent, source = self._made(points)
                self._take_up(held)
                return agent, source
            except Exception:  # what does not fit costs the snapshot, not the run
                self._close_environments()
                self.close()
                self.curves = [[] for _ in self.stack.runs]
                self.evaluation_seconds = self._seconds_before = 0.0
        return self._made(points)

    def _made(self, points: list[EvaluationPoint]) -> tuple[Agent, MeteredVectorEnv | GivenTransitions]:
        """Agent and environments, new."""
        job, seeds = self.job, self.stack.seeds
        seed_global_generators(generators_seed(job, seeds))
        self.agent = self.contestant.build(self.resolved, seeds, self._confines)
        self.source = self._source_of(self.agent, points)
        return self.agent, self.source

    def _put_down(self) -> None:
        """Tell how far it is; write a snapshot where it is time for one and everything can be restored."""
        self._report(self._used * len(self.stack.runs))
        agent: object = self.agent
        if self._snapshots is None or not self._snapshots.is_due or not isinstance(agent, CarriesOn):
            return
        assert isinstance(self.source, MeteredVectorEnv)
        states = {"source": self.source.save(), "agent": agent.save()}
        if None not in states.values():
            own = {
                "curves": [[point.model_dump() for point in curve] for curve in self.curves],
                "seconds": self._seconds,
                "evaluation_seconds": self.evaluation_seconds,
                "generators": global_generators(),
            }
            self._snapshots.write({**states, **own}, self._settings, self._origin())

    def _take_up(self, held: State) -> None:
        """Go on from a snapshot."""
        assert isinstance(self.source, MeteredVectorEnv)
        self.source.load(held["source"])
        cast(CarriesOn, self.agent).load(held["agent"])
        self.curves = [[Checkpoint.model_validate(point) for point in curve] for curve in held["curves"]]
        self._seconds_before, self.evaluation_seconds = held["seconds"], held["evaluation_seconds"]
        load_global_generators(held["generators"])
        self._report(self._used * len(self.stack.runs))

    def _source_of(self, agent: Agent, points: list[EvaluationPoint]) -> MeteredVectorEnv | GivenTransitions:
        """What the agent learns from."""
        if self.contestant.learns_from_given:
            [seed] = self.stack.seeds  # each has data of its own
            return GivenTransitions(self.task, seed, self.job.budget, points, self._evaluate_at)
        return self._environments(_copies(agent, self.contestant.id, self.job.budget), points)

    def _environments(self, copies: int, points: list[EvaluationPoint]) -> MeteredVectorEnv:
        """So many copies of the environment for each run, metered."""
        job, seeds = self.job, self.stack.seeds
        return MeteredVectorEnv(
            self.task.make_vector(copies * len(seeds), **LEARNERS[job.learner].environments_on(job.device)),
            len(seeds),
            job.budget,
            points,
            np.concatenate([training_seeds(job.task, seed, copies) for seed in seeds]),
            self._evaluate_at,
            self._put_down,
        )

    def _close_environments(self) -> None:
        opened = (self.source, self.__dict__.get("_evaluation_environments"))
        for environments in opened:
            if environments is not None:
                environments.close()

    def _evaluate_at(self, point: EvaluationPoint) -> None:
        """In the middle of a training."""
        assert self.agent is not None
        self._evaluate(self.agent, point, self._used)

    def _evaluate(self, agent: Agent, point: EvaluationPoint, step: int) -> None:
        started = time.perf_counter()
        found = play(agent, self.task, self.stack.seeds, point, None, self._evaluation_environments)
        errors = self._measure.errors(agent, self.contestant.id)
        for curve, returns, lengths, error in zip(self.curves, found.returns, found.lengths, errors, strict=True):
            told = lengths if self.task.goal_sets else None
            latent = latent_measure(agent, self._held_out)
            curve.append(Checkpoint(step=step, returns=returns, equivariance=error, lengths=told, latent=latent))
        for number, curve in enumerate(self.curves):
            self._on_point(number, curve)
        self.evaluation_seconds += time.perf_counter() - started
        self._report(self._used * len(self.stack.runs))

    def _evaluate_other_mode(self, agent: Agent, point: EvaluationPoint) -> None:
        other = other_mode(agent, self.contestant.mode)
        if other is None:
            return
        mode, act = other
        started = time.perf_counter()
        returns = evaluate(agent, self.task, self.stack.seeds, point, act, self._evaluation_environments)
        self.others = [OtherMode.model_validate({"mode": mode, "returns": each}) for each in returns]
        self.evaluation_seconds += time.perf_counter() - started

    def _diverged(self) -> list[bool]:
        """For each run, whether its parameters are no longer numbers."""
        agent: object = self.agent
        diverged = agent.diverged if isinstance(agent, MayDiverge) else False
        return [bool(each) for each in np.broadcast_to(diverged, len(self.stack.runs))]

    def policy(self, number: int) -> PolicyArrays | None:
        """What the policy of a run, by its number in the stack, is made of now; None where the agent keeps it to itself."""
        agent: object = self.agent
        return agent.policy_arrays(number) if isinstance(agent, KeepsPolicy) else None

    def _report(self, steps: int) -> None:
        self._on_progress(steps - self._reported)
        self._reported = steps

    @property
    def _used(self) -> int:
        """Environment steps of each run so far."""
        return self.source.used if self.source else self._used_elsewhere

    @cached_property
    def _held_out(self) -> Transitions | None:
        """Transitions that no run learns from."""
        return held_out(self.task)

    @cached_property
    def _evaluation_environments(self) -> TaskVectorEnv:
        """One for each episode of an evaluation, made once: a simulator's model may take long to load."""
        return self.task.make_evaluation(len(self.stack.runs))

    @cached_property
    def _card(self) -> AgentCard:
        told = self.task.symmetry() if self.agent is None else self.resolved[0].problem.symmetry
        return self.contestant.card(self.agent, told.group.name, self.job.learner)


def other_mode(agent: Agent, mode: str) -> tuple[str, Act] | None:
    """A mode of acting beside the one that counts, and acting in it; None where the agent has no other."""
    if mode != "greedy" and isinstance(agent, ActsGreedily):
        return "greedy", agent.act_greedily
    if isinstance(agent, ActsExploring):
        return "epsilon-greedy", agent.act_exploring
    if mode != "sample" and isinstance(agent, ActsSampling):
        return "sample", agent.act_sampling
    return None


def _copies(agent: Agent, name: str, budget: int) -> int:
    copies = getattr(agent, "num_envs", 1)
    if isinstance(copies, bool) or not isinstance(copies, int) or copies < 1:
        raise SympriorError(f"num_envs of {name} is {copies}; it must be a whole number from 1 on.")
    if copies > budget:  # before so many are made
        raise SympriorError(
            f"A budget of {budget} environment steps is less than one step of the agent's {copies} copies."
        )
    return copies


def _torch_threads() -> int:
    """What workers have, where torch was not needed here."""
    torch: Any = sys.modules.get("torch")
    return int(torch.get_num_threads()) if torch else 1
