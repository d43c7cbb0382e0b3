"""Tuning with equal effort: every agent the same configurations and tuning seeds; every trial is kept in a ledger.

The searched dimension is the learning rate. Where an agent's best value lies on the edge of the range, the range grows
for all agents. All trials of an agent are one stack where the learner takes many runs at once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from symprior.benchmark import contestants, runner
from symprior.benchmark.job import STABLE_BASELINES3, Job, Run, parse_seeds
from symprior.benchmark.ledger import Ledger, Trial
from symprior.benchmark.store import RecordStore
from symprior.benchmark.suite import Suite
from symprior.leaderboard.records import read_record
from symprior.leaderboard.scores import LOWEST, score_run
from symprior.tasks import get_task
from symprior.tasks.errors import SympriorError

LEARNING_RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
STEP = 10**0.5
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
        learning_rates: the range to begin with.
        settings: for each agent, what stays fixed where it is not the default.
        grows: whether the range grows where a best value lies on its edge.
    """

    scope: str
    task: str
    agents: tuple[str, ...]
    seeds: tuple[int, ...]
    budget: int
    learner: str = STABLE_BASELINES3
    learning_rates: tuple[float, ...] = LEARNING_RATES
    settings: dict[str, dict[str, object]] = field(default_factory=dict)
    grows: bool = True


def plan_of(suite: Suite) -> list[Plan]:
    """The searches of a suite that has its own, one for each task.

    Raises:
        SympriorError: the suite uses the agents' defaults.
    """
    if suite.search is None:
        raise SympriorError(
            f"The suite {suite.name!r} uses the agents' tuned defaults; tune them with --task and --agent."
        )
    fixed = {agent: {**suite.shared, **suite.settings.get(agent, {})} for agent in suite.agents}
    return [
        Plan(
            scope=suite.name,
            task=task,
            agents=tuple(suite.agents),
            seeds=parse_seeds(suite.search.seeds),
            budget=suite.search.budget,
            learner=suite.learner,
            learning_rates=tuple(suite.search.learning_rates),
            settings={agent: dict(values) for agent, values in fixed.items()},
            grows=suite.search.grows,
        )
        for task in suite.tasks
    ]


def tune(plan: Plan, store: RecordStore, workers: int, progress: Progress) -> list[Ledger]:
    """Search the learning rate of each agent; finished trials are not run again.

    Args:
        plan: what is searched.
        store: where the trials' records are kept.
        workers: processes side by side.
        progress: shows the runs of a round while they run; gives what is called with environment steps done.

    Raises:
        SympriorError: an agent cannot be tuned so, or a run failed for another reason than its settings.
    """
    rates = sorted(plan.learning_rates)
    for agent in plan.agents:
        contestants.check(_job(plan, agent, rates[0]))
    for _ in range(ROUNDS):
        runs = [run for agent in plan.agents for rate in rates for run in _job(plan, agent, rate).runs]
        waiting = [run for run in runs if not store.is_answered(run)]
        if waiting:
            with progress(waiting) as advance:
                outcome = runner.run(waiting, store, workers, advance)
            lost = [(run, error) for run, error in outcome.failed if not store.is_answered(run)]
            if lost:
                run, error = lost[0]
                raise SympriorError(f"Tuning stops: {run} failed: {error.rstrip('.')}. The same command resumes.")
        ledgers = [_ledger(plan, agent, rates, store) for agent in plan.agents]
        grown = _grown(rates, [ledger.chosen["learning_rate"] for ledger in ledgers])
        if grown == rates or not plan.grows:
            break
        rates = grown
    return ledgers


def _job(plan: Plan, agent: str, rate: float) -> Job:
    settings = {**plan.settings.get(agent, {}), "learning_rate": rate}
    frozen = tuple(
        sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in settings.items())
    )
    version = f"{plan.scope}-{plan.budget}-lr{rate:.3g}"
    return Job("tuning", version, plan.task, agent, plan.seeds, plan.budget, plan.learner, frozen)


def _ledger(plan: Plan, agent: str, rates: list[float], store: RecordStore) -> Ledger:
    trials = [_trial(plan, _job(plan, agent, rate), rate, store) for rate in rates]
    best = max(trials, key=lambda trial: trial.score)
    return Ledger(
        agent=agent,
        scope=plan.scope,
        task=plan.task,
        learner=plan.learner,
        budget=plan.budget,
        seeds=list(plan.seeds),
        trials=trials,
        chosen={"learning_rate": best.learning_rate},
    )


def _trial(plan: Plan, job: Job, rate: float, store: RecordStore) -> Trial:
    """A run that diverged counts as the lowest score there is and as never at the threshold."""
    references = get_task(plan.task).references
    records = [read_record(store.path(run)) for run in job.runs]
    scores = [score_run(record, references) if record.status == "finished" else None for record in records]
    return Trial(
        learning_rate=rate,
        data_efficiency=[LOWEST if score is None else score.efficiency for score in scores],
        steps_to_threshold=[float(plan.budget) if score is None else score.time for score in scores],
        censored=sum(score is None or score.censored for score in scores),
    )


def _grown(rates: list[float], chosen: list[float]) -> list[float]:
    """The range, longer by one value on each side where somebody's best lies."""
    below = [float(f"{rates[0] / STEP:.1g}")] if rates[0] in chosen else []
    above = [float(f"{rates[-1] * STEP:.1g}")] if rates[-1] in chosen else []
    return below + rates + above
