"""A task's budget by the protocol's rule, from the plain agent that was tuned on its family."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from symprior.agents.ledgers.ledger import LEDGERS, Ledger, is_tuned, load, write
from symprior.agents.ledgers.settings import searched_family
from symprior.benchmark.sweep.search_space import Fixed
from symprior.benchmark.sweep.sweep import Sweep
from symprior.benchmark.tuning.search import Plan, tune
from symprior.symmetry.errors import SympriorError
from symprior.tasks import Task

LEAST_SEEDS = 5
"""Tuning seeds that a budget is measured on, also where a search had fewer."""


def ledger_on(task: Task, agent: str, sweep: Sweep, within: int | None = None) -> Ledger:
    """What the tuned plain agent needs on this very task.

    A family is tuned on one of its tasks, and where that takes long for fewer steps than a run needs. On another task, or
    for more steps, the configuration that was chosen is run, on as many tuning seeds and five at least; finished runs are
    not run again, nor is what was kept of the same choice.

    Args:
        task: whose budget is asked for.
        agent: a plain agent, `ppo`.
        sweep: carries the runs out.
        within: environment steps of each run, where not those of the family's tuning.

    Returns:
        The family's ledger, or one of this task alone.

    Raises:
        SympriorError: the agent was never tuned for the family, a run failed, or a search that decided would be replaced.
    """
    family = load(searched_family(task.family), agent)
    if is_tuned(task.id, agent, _folder(task)):
        kept = load(task.id, agent, _folder(task))
        if within is None and kept.chosen == family.chosen:
            return kept
        if family.decided_by and len(kept.trials) > 1:
            raise SympriorError(
                f"{family.decided_by} is a search over {kept.budget:,} steps that chose the settings of {agent}: its budget "
                "follows from it. For more steps, search for longer with `symprior tune`."
            )
    if family.task == task.id and within in (None, family.budget):
        return family
    plan = Plan(
        scope=task.id,
        task=task.id,
        agents=(agent,),
        seeds=_seeds(family),
        budget=within or family.budget,
        learner=family.learner,
        space=Fixed((family.chosen,)),
    )
    return tune(plan, sweep)[0]


def _seeds(family: Ledger) -> tuple[int, ...]:
    """Those of the search, and the next ones where they are few."""
    known = family.seeds + family.finals
    following = max(known) + 1
    return (*known, *range(following, following + LEAST_SEEDS - len(known)))


def keep(ledger: Ledger, task: Task) -> Path | None:
    """Write a ledger of this task alone, and say where; None for the family's, which its tuning has kept."""
    return write(ledger, _folder(task)) if ledger.scope == task.id else None


def _folder(task: Task) -> Path:
    return LEDGERS / task.family


def budget_by_rule(ledger: Ledger, tuned_on: str) -> tuple[int, str]:
    """The budget of a ledger's task, and the sentence that says where it comes from.

    Twice the restricted mean time to threshold, rounded to 1, 2 or 5 times a power of ten (nearest in the logarithm).

    Args:
        ledger: of the plain agent on this task.
        tuned_on: the task that its family was tuned on.
    """
    mean = float(np.mean(ledger.best.steps_to_threshold))
    decade = 10.0 ** np.floor(np.log10(2 * mean))
    candidates = decade * np.array([1, 2, 5, 10])
    budget = int(candidates[np.abs(np.log(candidates / (2 * mean))).argmin()])
    plain = f"{ledger.agent} on {ledger.learner}" + ("" if ledger.task == tuned_on else f", tuned on {tuned_on}")
    sentence = (
        f"twice the restricted mean time to threshold of {plain}, {mean:,.0f} steps over "
        f"{ledger.best.runs} tuning seeds within {ledger.budget:,} ({ledger.best.censored} never reached it), "
        "rounded to 1-2-5"
    )
    return budget, sentence
