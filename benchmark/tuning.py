"""Tuning with equal effort: every agent the same configurations and tuning seeds; every trial is kept in a ledger.

All trials of an agent are one stack where the learner takes many runs at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from symprior.benchmark import contestants, runner
from symprior.benchmark.job import STABLE_BASELINES3, Job, Run, parse_seeds
from symprior.benchmark.ledger import Ledger, Trial
from symprior.benchmark.search_space import Configuration, Fixed, Rates
from symprior.benchmark.store import RecordStore
from symprior.benchmark.suite import Suite
from symprior.leaderboard.records import read_record
from symprior.leaderboard.scores import LOWEST, score_run
from symprior.tasks import get_task
from symprior.tasks.errors import SympriorError

ROUNDS = 3

Progress = Callable[[list[Run]], AbstractContextManager[Callable[[int], None]]]


@dataclass(frozen=True)
class Plan:
    """What is searched.

    Attributes:
        scope: the family or the suite that the choice is for.
        task: what is trained on.
        agents: all get the same range and seeds.
        seeds: tuning seeds, apart from those of results.
        budget: environment steps of a trial.
        learner: what carries the algorithms out.
        space: the configurations to begin with, and how they grow.
        settings: for each agent, what stays fixed where it is not the default.
    """

    scope: str
    task: str
    agents: tuple[str, ...]
    seeds: tuple[int, ...]
    budget: int
    learner: str = STABLE_BASELINES3
    space: Fixed = field(default_factory=Rates.of)
    settings: dict[str, dict[str, object]] = field(default_factory=dict)


def plan_of(suite: Suite) -> Plan:
    """The search of a suite that has its own.

    Raises:
        SympriorError: the suite uses the agents' defaults.
    """
    if suite.search is None:
        raise SympriorError(
            f"The suite {suite.name!r} uses the agents' tuned defaults; tune them with --task and --agent."
        )
    return Plan(
        scope=suite.name,
        task=suite.tasks[0],
        agents=tuple(suite.agents),
        seeds=parse_seeds(suite.search.seeds),
        budget=suite.search.budget,
        learner=suite.learner,
        space=suite.search.space,
        settings={agent: {**suite.shared, **suite.settings.get(agent, {})} for agent in suite.agents},
    )


def tune(plan: Plan, store: RecordStore, workers: int, progress: Progress) -> list[Ledger]:
    """Search the settings of each agent; finished trials are not run again.

    Args:
        plan: what is searched.
        store: where the trials' records are kept.
        workers: processes side by side.
        progress: shows the runs of a round while they run; gives what is called with environment steps done.

    Raises:
        SympriorError: an agent cannot be tuned so, or a run failed for another reason than its settings.
    """
    space = plan.space
    for _ in range(ROUNDS):
        jobs = [_job(plan, agent, chosen) for agent in plan.agents for chosen in space.configurations]
        for job in jobs:
            contestants.check(job)
        runs = [run for job in jobs for run in job.runs]
        waiting = [run for run in runs if not store.is_answered(run)]
        if waiting:
            with progress(waiting) as advance:
                outcome = runner.run(waiting, store, workers, advance)
            lost = [(run, error) for run, error in outcome.failed if not store.is_answered(run)]
            if lost:
                run, error = lost[0]
                raise SympriorError(f"Tuning stops: {run} failed: {error.rstrip('.')}. The same command resumes.")
        ledgers = [_ledger(plan, agent, space.configurations, store) for agent in plan.agents]
        grown = space.grown([ledger.chosen for ledger in ledgers])
        if grown == space:
            break
        space = grown
    return ledgers


def _job(plan: Plan, agent: str, configuration: Configuration) -> Job:
    settings = {**plan.settings.get(agent, {}), **configuration}
    frozen = tuple(
        sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in settings.items())
    )
    version = f"{plan.scope}-{plan.budget}-{_name(configuration)}"
    return Job("tuning", version, plan.task, agent, plan.seeds, plan.budget, plan.learner, frozen)


def _name(configuration: Configuration) -> str:
    """What tells its records from those of others."""
    if set(configuration) == {"learning_rate"}:
        return f"lr{configuration['learning_rate']:.3g}"
    return hashlib.sha256(json.dumps(configuration, sort_keys=True).encode()).hexdigest()[:12]


def _ledger(plan: Plan, agent: str, configurations: tuple[Configuration, ...], store: RecordStore) -> Ledger:
    trials = [_trial(plan, _job(plan, agent, each), each, store) for each in configurations]
    best = max(trials, key=lambda trial: trial.score)
    return Ledger(
        agent=agent,
        scope=plan.scope,
        task=plan.task,
        learner=plan.learner,
        budget=plan.budget,
        seeds=list(plan.seeds),
        trials=trials,
        chosen=best.settings,
    )


def _trial(plan: Plan, job: Job, configuration: Configuration, store: RecordStore) -> Trial:
    """A run that diverged counts as the lowest score there is and as never at the threshold."""
    references = get_task(plan.task).references
    records = [read_record(store.path(run)) for run in job.runs]
    scores = [score_run(record, references) if record.status == "finished" else None for record in records]
    return Trial(
        settings=configuration,
        data_efficiency=[LOWEST if score is None else score.efficiency for score in scores],
        steps_to_threshold=[float(plan.budget) if score is None else score.time for score in scores],
        censored=sum(score is None or score.censored for score in scores),
    )
