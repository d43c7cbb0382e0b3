"""Tuning with equal effort: every agent the same configurations and tuning seeds; every trial is kept in a ledger.

All trials of an agent are one stack where the learner takes many runs at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from symprior.agents.learners.learner import reference_learner
from symprior.agents.ledgers.ledger import Ledger, Trial
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.job import CPU, Job, parse_seeds
from symprior.benchmark.sweep.search_space import Configuration, Fixed, Rates
from symprior.benchmark.sweep.suite import Suite
from symprior.benchmark.sweep.sweep import Sweep
from symprior.leaderboard.records.record import RunRecord, read_record
from symprior.leaderboard.statistics.runs.scores import LOWEST, score_run
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

ROUNDS = 3
"""How often configurations are tried at most: what is given, then what the range grows by."""
FINALISTS = 5
"""Configurations of each agent that reach the finals: its best, of which the last gives way to the first agent's choice."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What is searched.

    Attributes:
        scope: the family or the suite that the choice is for.
        task: what is trained on.
        agents: all get the same range and seeds.
        seeds: tuning seeds, apart from those of results.
        finals: further tuning seeds for the finalists of each agent; the choice among them is made over all seeds, since the
            best of many on few seeds may only be the luckiest.
        budget: environment steps of a trial.
        learner: what carries the algorithms out.
        space: the configurations to begin with, and how they grow.
        settings: for each agent, what stays fixed where it is not the default.
        device: where torch computes.
        rounds: how often configurations are tried at most; one tries what the space begins with and nothing more.
    """

    scope: str
    task: str
    agents: tuple[str, ...]
    seeds: tuple[int, ...]
    budget: int
    learner: str = field(default_factory=reference_learner)
    space: Fixed = field(default_factory=Rates.of)
    settings: dict[str, dict[str, object]] = field(default_factory=dict)
    finals: tuple[int, ...] = ()
    device: str = CPU
    rounds: int = ROUNDS


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


def tune(plan: Plan, sweep: Sweep, tell: Tell = lambda sentence: None) -> list[Ledger]:
    """Search the settings of each agent; finished trials are not run again.

    Args:
        plan: what is searched.
        sweep: carries the trials out, a round at a time.
        tell: takes a sentence on why another round or finals follow, or on whose best is left on an edge.

    Raises:
        SympriorError: an agent cannot be tuned so, or a run failed for another reason than its settings.
    """
    search = _Search(plan, sweep)
    space = plan.space
    for rounds_left in reversed(range(plan.rounds)):
        search.run({agent: space.configurations for agent in plan.agents}, plan.seeds)
        ledgers = [search.ledger(agent, space.configurations) for agent in plan.agents]
        grown = space.grown([ledger.chosen for ledger in ledgers])
        if grown == space:
            break
        tell(_on_the_edge(space, grown, ledgers, rounds_left))
        space = grown
    return _with_finals(search, ledgers, tell) if plan.finals else ledgers


def _on_the_edge(space: Fixed, grown: Fixed, ledgers: list[Ledger], rounds_left: int) -> str:
    """Whose best lies there, and what is tried next."""
    whose = ", ".join(ledger.agent for ledger in ledgers if space.grown([ledger.chosen]) != space)
    if not rounds_left:
        return f"The best of {whose} still lies on the edge of what was tried, which grows no further."
    more = [each for each in grown.configurations if each not in space.configurations]
    rates = " and ".join(f"{each['learning_rate']:g}" for each in more if set(each) == {"learning_rate"})
    added = f"learning rate {rates}" if rates else f"{len(more)} more configurations"
    return f"The best of {whose} lies on the edge of what was tried. All agents try {added}."


@dataclass(frozen=True)
class _Search:
    plan: Plan
    sweep: Sweep

    def run(self, tried: dict[str, tuple[Configuration, ...]], seeds: tuple[int, ...]) -> None:
        jobs = [_job(self.plan, agent, each, seeds) for agent, chosen in tried.items() for each in chosen]
        for job in jobs:
            contestants.check(job)
        waiting = [run for job in jobs for run in job.runs if not self.sweep.store.is_answered(run)]
        if not waiting:
            return
        outcome = self.sweep.run(waiting)
        lost = [(run, error) for run, error in outcome.failed if not self.sweep.store.is_answered(run)]
        if lost:
            run, error = lost[0]
            raise SympriorError(f"Tuning stops: {run} failed: {error.rstrip('.')}. The same command resumes.")

    def ledger(self, agent: str, configurations: tuple[Configuration, ...]) -> Ledger:
        records = [self.records(agent, each, self.plan.seeds) for each in configurations]
        trials = [self.trial(*pair) for pair in zip(configurations, records, strict=True)]
        return Ledger(
            agent=agent,
            scope=self.plan.scope,
            task=self.plan.task,
            learner=self.plan.learner,
            budget=self.plan.budget,
            devices=_devices(records),
            seeds=list(self.plan.seeds),
            trials=trials,
            chosen=max(trials, key=lambda trial: trial.score).settings,
        )

    def records(self, agent: str, configuration: Configuration, seeds: tuple[int, ...]) -> list[RunRecord]:
        return [read_record(self.sweep.store.path(run)) for run in _job(self.plan, agent, configuration, seeds).runs]

    def trial(self, configuration: Configuration, records: list[RunRecord]) -> Trial:
        """A run that diverged counts as the lowest score there is and as never at the threshold."""
        references = get_task(self.plan.task).references
        scores = [score_run(record, references) if record.status == "finished" else None for record in records]
        return Trial(
            settings=configuration,
            data_efficiency=[LOWEST if score is None else score.efficiency for score in scores],
            steps_to_threshold=[float(self.plan.budget) if score is None else score.time for score in scores],
            censored=sum(score is None or score.censored for score in scores),
        )


def finalists(ledger: Ledger, choice: Configuration | None = None) -> tuple[Configuration, ...]:
    """The best configurations of an agent; the last of them makes room for a `choice` that is not among them."""
    own = ledger.leading(FINALISTS)
    return own if choice is None or choice in own else (*own[: FINALISTS - 1], choice)


def _with_finals(search: _Search, ledgers: list[Ledger], tell: Tell) -> list[Ledger]:
    """The first agent's finals, then those of all others, which its choice is among."""
    first, *others = ledgers
    own, seeds = finalists(first), len(search.plan.finals)
    tell(f"Finals on {seeds} further seeds: the {len(own)} best of each agent, those of {first.agent} first.")
    decided = _run_finals(search, [(first, own)])
    return decided + _run_finals(search, [(ledger, finalists(ledger, decided[0].chosen)) for ledger in others])


def _run_finals(search: _Search, pairs: list[tuple[Ledger, tuple[Configuration, ...]]]) -> list[Ledger]:
    seeds = search.plan.seeds + search.plan.finals
    search.run({ledger.agent: own for ledger, own in pairs}, seeds)
    found = []
    for ledger, own in pairs:
        records = [search.records(ledger.agent, each, seeds) for each in own]
        again = [search.trial(*pair) for pair in zip(own, records, strict=True)]
        trials = [next((new for new in again if new.settings == old.settings), old) for old in ledger.trials]
        best = max(again, key=lambda trial: trial.score).settings
        changed = {
            "finals": list(search.plan.finals),
            "trials": trials,
            "chosen": best,
            "devices": _devices(records, ledger.devices),
        }
        found.append(ledger.model_copy(update=changed))
    return found


def _devices(records: list[list[RunRecord]], known: Iterable[str] = ()) -> list[str]:
    """Where the records were computed, beside what is known already."""
    return sorted({record.provenance.device for of_trial in records for record in of_trial}.union(known))


def _job(plan: Plan, agent: str, configuration: Configuration, seeds: tuple[int, ...]) -> Job:
    settings = {**plan.settings.get(agent, {}), **configuration}
    frozen = tuple(
        sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in settings.items())
    )
    version = f"{plan.scope}-{plan.budget}-{_name(configuration)}"
    return Job("tuning", version, plan.task, agent, seeds, plan.budget, plan.learner, frozen, device=plan.device)


def _name(configuration: Configuration) -> str:
    """What tells its records from those of others."""
    if set(configuration) == {"learning_rate"}:
        return f"lr{configuration['learning_rate']:.3g}"
    return hashlib.sha256(json.dumps(configuration, sort_keys=True).encode()).hexdigest()[:12]
