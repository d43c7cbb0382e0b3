"""Tuning with equal effort: every agent the same configurations and tuning seeds; every trial is kept in a ledger.

The searched dimension is the learning rate. Where an agent's best value lies on the edge of the range, the range grows
for all agents. The ledger's choice is what the agent uses by default (`agents/tuning/`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from symprior.benchmark import runner
from symprior.benchmark.job import STABLE_BASELINES3, Job, Run
from symprior.benchmark.store import RecordStore
from symprior.leaderboard.records import read_record
from symprior.leaderboard.scores import score_run
from symprior.tasks import Task
from symprior.tasks.errors import SympriorError
from symprior.tasks.files import write_text_atomically

LEARNING_RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
STEP = 10**0.5
ROUNDS = 3
FIRST_TUNING_SEED = 10_000
LEDGERS = Path(__file__).parent.parent / "agents" / "tuning"


class Trial(BaseModel):
    """One configuration of one agent: its score on every tuning seed, and its times to threshold in environment steps."""

    model_config = ConfigDict(frozen=True)

    learning_rate: float
    data_efficiency: list[float]
    steps_to_threshold: list[float]
    censored: int

    @property
    def score(self) -> float:
        """The mean data efficiency."""
        return float(np.mean(self.data_efficiency))


class Ledger(BaseModel):
    """Every trial of one agent on one family, and which was chosen."""

    model_config = ConfigDict(frozen=True)

    agent: str
    family: str
    task: str
    learner: str
    budget: int
    seeds: list[int]
    trials: list[Trial]
    chosen: dict[str, float]

    @property
    def best(self) -> Trial:
        """The trial that was chosen."""
        return next(trial for trial in self.trials if trial.learning_rate == self.chosen["learning_rate"])


def tune(
    task: Task,
    agents: Sequence[str],
    seeds: tuple[int, ...],
    budget: int,
    store: RecordStore,
    workers: int,
    progress: Callable[[list[Run]], AbstractContextManager[Callable[[int], None]]],
    learner: str = STABLE_BASELINES3,
    learning_rates: Sequence[float] = LEARNING_RATES,
) -> list[Ledger]:
    """Search the learning rate of each agent on one task; finished trials are not run again.

    Args:
        task: what is trained on.
        agents: all get the same range and seeds.
        seeds: tuning seeds, apart from those of results.
        budget: environment steps of a trial.
        store: where the trials' records are kept.
        workers: processes side by side.
        progress: shows the runs of a round while they run; gives what is called with environment steps done.
        learner: what carries the algorithms out.
        learning_rates: the range to begin with.

    Raises:
        SympriorError: a run failed.
    """
    rates = sorted(learning_rates)
    for _ in range(ROUNDS):
        jobs = [_job(task, agent, rate, seeds, budget, learner) for agent in agents for rate in rates]
        waiting = runner.pending(jobs, store)
        if waiting:
            with progress(waiting) as advance:
                outcome = runner.run(waiting, store, workers, advance)
            if outcome.failed:
                run, error = outcome.failed[0]
                raise SympriorError(f"Tuning stops: {run} with {dict(run.job.settings)} failed: {error}")
        ledgers = [_ledger(task, agent, rates, seeds, budget, store, learner) for agent in agents]
        grown = _grown(rates, [ledger.chosen["learning_rate"] for ledger in ledgers])
        if grown == rates:
            break
        rates = grown
    return ledgers


def save(ledger: Ledger, folder: Path = LEDGERS) -> Path:
    """Keep a ledger; the agent's defaults follow it from now on."""
    path = folder / ledger.family / f"{ledger.agent}.json"
    data = ledger.model_dump()
    trials = ",\n  ".join(json.dumps(trial) for trial in data.pop("trials"))
    head = json.dumps(data, indent=1).removesuffix("\n}")
    write_text_atomically(path, f'{head},\n "trials": [\n  {trials}\n ]\n}}\n')
    return path


def load(family: str, agent: str, folder: Path = LEDGERS) -> Ledger:
    """The ledger of an agent.

    Raises:
        SympriorError: it was never tuned.
    """
    path = folder / family / f"{agent}.json"
    if not path.is_file():
        raise SympriorError(f"{agent} was never tuned on the family {family!r}. Do it with `symprior tune`.")
    return Ledger.model_validate_json(path.read_text(encoding="utf-8"))


def budget_by_rule(ledger: Ledger) -> tuple[int, str]:
    """A task's budget from its tuned plain agent, and the sentence that says so.

    Twice the restricted mean time to threshold, rounded to 1, 2 or 5 times a power of ten (nearest in the logarithm).
    """
    mean = float(np.mean(ledger.best.steps_to_threshold))
    decade = 10.0 ** np.floor(np.log10(2 * mean))
    candidates = decade * np.array([1, 2, 5, 10])
    budget = int(candidates[np.abs(np.log(candidates / (2 * mean))).argmin()])
    sentence = (
        f"twice the restricted mean time to threshold of {ledger.agent} on {ledger.learner}, {mean:,.0f} steps over "
        f"{len(ledger.seeds)} tuning seeds within {ledger.budget:,} ({ledger.best.censored} never reached it), "
        "rounded to 1-2-5"
    )
    return budget, sentence


def _job(task: Task, agent: str, rate: float, seeds: tuple[int, ...], budget: int, learner: str) -> Job:
    version = f"{budget}-lr{rate:.3g}"
    return Job("tuning", version, task.id, agent, seeds, budget, learner, (("learning_rate", rate),))


def _ledger(
    task: Task, agent: str, rates: list[float], seeds: tuple[int, ...], budget: int, store: RecordStore, learner: str
) -> Ledger:
    trials = []
    for rate in rates:
        job = _job(task, agent, rate, seeds, budget, learner)
        scores = [score_run(read_record(store.path(run)), task.references) for run in job.runs]
        trials.append(
            Trial(
                learning_rate=rate,
                data_efficiency=[score.efficiency for score in scores],
                steps_to_threshold=[score.time for score in scores],
                censored=sum(score.censored for score in scores),
            )
        )
    best = max(trials, key=lambda trial: trial.score)
    return Ledger(
        agent=agent,
        family=task.family,
        task=task.id,
        learner=learner,
        budget=budget,
        seeds=list(seeds),
        trials=trials,
        chosen={"learning_rate": best.learning_rate},
    )


def _grown(rates: list[float], chosen: list[float]) -> list[float]:
    """The range, longer by one value on each side where somebody's best lies."""
    below = [float(f"{rates[0] / STEP:.1g}")] if rates[0] in chosen else []
    above = [float(f"{rates[-1] * STEP:.1g}")] if rates[-1] in chosen else []
    return below + rates + above
