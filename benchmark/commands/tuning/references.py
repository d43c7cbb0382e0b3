"""`symprior references`: measure a task's reference returns, its threshold and its budget."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.markup import escape
from rich.table import Table

from symprior.agents.ledgers.ledger import Ledger, load
from symprior.agents.ledgers.settings import searched_family
from symprior.benchmark.command_line.console import console
from symprior.benchmark.jobs import contestants
from symprior.benchmark.sweep.progress.telling.words import Words
from symprior.benchmark.sweep.progress.watch import sweep_on
from symprior.benchmark.sweep.sweep import Sweep
from symprior.benchmark.tuning.budgets import budget_by_rule, keep, ledger_on
from symprior.benchmark.tuning.learned_references import LONGEST, SEEDS, long_enough, train
from symprior.symmetry.errors import SympriorError
from symprior.tasks import Task, get_task, task_names
from symprior.tasks.custom.source_files import names_a_file
from symprior.tasks.files.json_files import Json
from symprior.tasks.references.reference_scores import held_budget, measure, write
from symprior.tasks.task import BY_HAND, TOO_SHORT, Price
from symprior.tasks.task.dials import dial_of


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("references")(references)


def references(
    task: Annotated[list[str] | None, typer.Argument(help="The tasks to measure.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Measure every task of the registry and every dial at its frozen values.")
    ] = False,
    budget_from: Annotated[
        str | None, typer.Option(help="Set the budget by the protocol's rule from this tuned plain agent, such as ppo.")
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="With --budget-from, where the family was tuned on another task or for fewer steps: environment steps of "
            "that agent's runs on this one.",
            show_default="those of the tuning",
        ),
    ] = None,
    budget: Annotated[
        int | None, typer.Option(min=1, help="Set a budget for now; the references are then provisional.")
    ] = None,
    plain: Annotated[
        str | None,
        typer.Option(
            help=f"Where no optimum is known: train this plain agent for ten budgets, {LONGEST:,} steps at most; its return "
            "is score 1."
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Train it for so many steps instead; provisional if these are fewer.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="Seeds of that training.")] = SEEDS,
    records: Annotated[Path, typer.Option(help="Where its records are kept.")] = Path("runs-references"),
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
    save: Annotated[bool, typer.Option("--write", help="Keep what was measured where the task looks for it.")] = False,
) -> None:
    """Measure the returns that normalise a task's scores: exactly where it can be enumerated, else over many episodes.

    Score 1 is the optimum where it is known, else what a plain agent reaches in ten budgets, or in 3,000,000 steps where
    these are fewer, or the task's reference policy where that is better. What is not measured by these rules yet is
    marked provisional. A dial's budget is that of the task whose symmetry it breaks; where transitions are given, it is
    all of them.
    """
    names = task_names() if every else task
    if not names:
        raise SympriorError("Name a task, or --all.")
    _check(plain, steps, budget_from, within)
    sweep = sweep_on(Words(console), records, workers)
    for name in names:
        chosen = get_task(name)
        if save and budget is None and budget_from is None and dial_of(chosen) is None and chosen.given is None:
            held_budget(chosen)
        learned = _learned(chosen, plain, steps, budget, seeds, sweep) if plain else _held(chosen)
        ledger = ledger_on(chosen, budget_from, sweep, within) if budget_from else None
        with console.status(f"Measuring {name} …"):
            data = measure(chosen, learned)
        data |= _new_budget(chosen, ledger, budget)
        data["provisional"] = _provisional(chosen, data, ledger, learned)
        console.print(_table(name, data))
        if save:
            _keep(chosen, data, ledger)


def _check(plain: str | None, steps: int | None, budget_from: str | None, within: int | None) -> None:
    if steps is not None and plain is None:
        raise SympriorError("--steps says for how long the agent of --plain is trained; give both.")
    if within is not None and budget_from is None:
        raise SympriorError("--within says how long the runs of --budget-from are; give both.")
    for option, agent in {"--plain": plain, "--budget-from": budget_from}.items():
        if agent is not None and (names_a_file(agent) or "+" in contestants.find(agent).id):
            raise SympriorError(f"{option} takes a plain agent, such as ppo, not {agent}.")


def _keep(task: Task, data: Json, ledger: Ledger | None) -> None:
    for path in (write(task, data), ledger and keep(ledger, task)):
        if path is not None:
            console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)


def _provisional(task: Task, data: Json, ledger: Ledger | None, learned: tuple[str, Json] | None) -> str:
    """What is not measured by the rules yet."""
    found = [data["provisional"]]
    if ledger is not None and ledger.is_too_short:
        found.append(f"{TOO_SHORT}: more than half of its runs never reached the threshold")
    if learned is not None and _steps_of(learned[0]) < long_enough(data.get("budget", _budget(task))):
        found.append(f"score 1 is {learned[0]}, under ten budgets and under {LONGEST:,} steps")
    if BY_HAND in (data.get("budget_source") or _budget_source(task)):
        found.append("the budget was set by hand")
    return "; ".join(filter(None, found))


def _learned(
    task: Task, plain: str, steps: int | None, budget: int | None, seeds: str, sweep: Sweep
) -> tuple[str, Json]:
    if steps is None and budget is None and not task.is_measured:
        raise SympriorError(f"{task.id} has no budget yet: say with --steps for how long {plain} is trained.")
    length = steps or long_enough(budget or task.budget)
    return train(task, plain, length, sweep, seeds)


def _new_budget(task: Task, ledger: Ledger | None, by_hand: int | None) -> Json:
    """The budget and its source, where one is given or follows; else the one that was kept stays."""
    if ledger is not None:
        budget, source = budget_by_rule(ledger, load(searched_family(task.family), ledger.agent).task)
        return {"budget": budget, "budget_source": source}
    if by_hand is not None:
        return {"budget": by_hand, "budget_source": f"{BY_HAND} until a tuned plain agent reaches the threshold"}
    if task.given is not None:
        return {"budget": task.given.portions[-1], "budget_source": f"all that is given: {task.given.in_words}"}
    if dial := dial_of(task):
        of = get_task(dial.breaks).references
        return {
            "budget": of.budget,
            "budget_source": f"that of {dial.breaks}, which the dial breaks: {of.budget_source}",
        }
    return {}


def _held(task: Task) -> tuple[str, Json] | None:
    """What a plain agent reached when the references were measured before."""
    policies = task.references.policies if task.is_measured else {}
    return next(((name, asdict(held)) for name, held in policies.items() if " after " in name), None)


def _steps_of(learned: str) -> int:
    """`ppo after 500,000 steps` → 500,000."""
    return int(learned.rpartition(" after ")[2].split()[0].replace(",", ""))


def _budget(task: Task) -> int:
    return task.budget if task.is_measured else 0


def _budget_source(task: Task) -> str:
    return task.references.budget_source if task.is_measured else ""


def _table(name: str, data: dict[str, object]) -> Table:
    table = Table(title=f"References of {escape(name)}", title_justify="left", show_header=False)
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("", overflow="fold")
    policies = data["policies"]
    assert isinstance(policies, dict)
    for policy, reference in policies.items():
        found = f"{reference['value']:.6f} ± {reference['standard_error']:.2g} by {reference['method']}"
        table.add_row(policy, found)
    for key, value in data.items():
        if key not in ("policies", "price_of_symmetry"):
            table.add_row(key.replace("_", " "), str(value))
    if "price_of_symmetry" in data:
        table.add_row("price of symmetry", Price(**cast(Json, data["price_of_symmetry"])).in_words)
    return table
