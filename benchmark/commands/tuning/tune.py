"""`symprior tune`: search settings with equal effort for every agent."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import typer
from rich.markup import escape
from rich.table import Table

from symprior.agents.learners.learner import learner_names, stacking_learner
from symprior.agents.ledgers.ledger import Ledger, keep_search
from symprior.benchmark.command_line.console import console
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.job import CPU, parse_seeds
from symprior.benchmark.sweep.progress.telling.words import Words
from symprior.benchmark.sweep.progress.watch import sweep_on
from symprior.benchmark.sweep.search_space import CONFIGURATIONS, LEARNING_RATES, Box, Fixed, Rates
from symprior.benchmark.sweep.suite import get_suite
from symprior.benchmark.tuning import search as tuning
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task

SEEDS, FIRST_TUNING_SEED = "10000-10004", 10_000

MOST_WITH_THREE_DIGITS = 7
"""Learning rates that fit a terminal of 80 columns beside the agents' names; of more, scores have two digits."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tune")(tune)


def tune(
    suite: Annotated[str | None, typer.Option(help="A suite with a search of its own.")] = None,
    task: Annotated[str | None, typer.Option(help="Instead: the task that stands for its family.")] = None,
    agent: Annotated[
        list[str] | None, typer.Option(help="An agent; may be given again. All get the same range and seeds.")
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Tuning seeds of --task, apart from those of results.", show_default=SEEDS)
    ] = None,
    budget: Annotated[
        int | None, typer.Option(help="Environment steps of a trial, where not the task's budget.")
    ] = None,
    learning_rates: Annotated[
        str | None,
        typer.Option(
            help="Learning rates to begin with, of --task.",
            show_default=",".join(f"{rate:g}" for rate in LEARNING_RATES),
        ),
    ] = None,
    between: Annotated[
        list[str] | None,
        typer.Option(
            "--range", help="Instead: a setting and its range, as learning_rate=0.0003:0.03; up to three may be given."
        ),
    ] = None,
    configurations: Annotated[
        int | None, typer.Option(min=2, help="Points spread over the --range.", show_default=str(CONFIGURATIONS))
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How often configurations are tried while somebody's best lies on the edge; 1 leaves the range as given.",
            show_default=str(tuning.ROUNDS),
        ),
    ] = None,
    finals: Annotated[
        str | None,
        typer.Option(
            help=f"Further tuning seeds, as 10005-10019, for {tuning.FINALISTS} finalists of each agent: its best, and what "
            "the first agent chose. The best of many on few seeds may only be the luckiest."
        ),
    ] = None,
    learner: Annotated[
        str | None, typer.Option(help=f"What trains: {' or '.join(learner_names())}.", show_default=stacking_learner())
    ] = None,
    device: Annotated[str, typer.Option(help="Where torch computes: cpu or cuda.")] = CPU,
    records: Annotated[Path, typer.Option(help="Where the trials' records are kept.")] = Path("runs-tuning"),
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
    save: Annotated[bool, typer.Option("--save", help="Keep the ledgers; settings follow them.")] = False,
) -> None:
    """Search each agent's settings on tuning seeds, by mean data efficiency; the same command resumes.

    Its learning rate alone, or up to three settings. Where a best value lies on the edge of what was tried, the range grows
    for all agents, --rounds permitting.
    """
    space = _space(learning_rates, between or [], configurations)
    plan = replace(_plan(suite, task, agent, seeds, finals, budget, rounds, space, learner, save), device=device)
    ledgers = tuning.tune(plan, sweep_on(Words(console), records, workers), _tell)
    console.print(_table(ledgers))
    for ledger, path in keep_search(ledgers) if save else []:
        choice = f". The larger search {ledger.decided_by} decides what {ledger.agent} has" if ledger.decided_by else ""
        console.print(f"Wrote {path}{choice}", soft_wrap=True, highlight=False, markup=False)


def _tell(sentence: str) -> None:
    console.print(sentence, highlight=False, markup=False)


def _plan(
    suite: str | None,
    task: str | None,
    agents: list[str] | None,
    seeds: str | None,
    finals: str | None,
    budget: int | None,
    rounds: int | None,
    space: Fixed | None,
    learner: str | None,
    save: bool,
) -> tuning.Plan:
    if suite is not None:
        if agents or any(given is not None for given in (task, seeds, finals, budget, rounds, space, learner)):
            raise SympriorError("A suite fixes what is tuned. Give --suite alone, or --task and --agent.")
        return tuning.plan_of(get_suite(suite))
    if task is None or not agents:
        raise SympriorError("Say what to tune: --suite NAME, or --task TASK and --agent AGENT.")
    chosen = get_task(task)
    if save and chosen.file is not None:
        raise SympriorError(
            f"Only ledgers of shipped tasks are kept, and {task} is your own. Leave --save out, and run with "
            "--set what the search says."
        )
    steps = chosen.references.budget if budget is None else budget
    first, further = parse_seeds(SEEDS if seeds is None else seeds), () if finals is None else parse_seeds(finals)
    if save and (of_results := [seed for seed in (*first, *further) if seed < FIRST_TUNING_SEED]):
        raise SympriorError(
            f"Kept ledgers are of seeds that no result has, from {FIRST_TUNING_SEED} on, and not of {of_results[0]}. Give "
            "others with --seeds, or leave --save out."
        )
    if both := sorted(set(first) & set(further)):
        raise SympriorError(f"--finals are further seeds, and --seeds has {both[0]} already.")
    if further and any(name.partition("+")[0] != agents[0] for name in agents):
        raise SympriorError(
            "In --finals every prior is also run with what the plain agent chose. Give the plain agent first, then only "
            f"agents of its algorithm, not {', '.join(agents)}."
        )
    tried = space or Rates.of()
    return tuning.Plan(
        scope=chosen.family,
        task=chosen.id,
        agents=tuple(agents),
        seeds=first,
        finals=further,
        budget=steps,
        learner=learner or stacking_learner(),
        space=tried,
        rounds=rounds or tuning.ROUNDS,
        settings={name: contestants.find(name).untuned(chosen.family, tried.configurations[0]) for name in agents},
    )


def _space(learning_rates: str | None, ranges: list[str], configurations: int | None) -> Fixed | None:
    """What the options ask for; None where they ask for nothing."""
    if learning_rates is not None and ranges:
        raise SympriorError("--learning-rates and --range are two kinds of search. Give one of them.")
    if configurations is not None and not ranges:
        raise SympriorError("--configurations are spread over ranges. Give --range, as learning_rate=0.0003:0.03.")
    if ranges:
        found = dict(map(_range, ranges))
        if len(found) < len(ranges):
            raise SympriorError("--range gives a setting twice; give it once.")
        return Box.over(found, configurations or CONFIGURATIONS)
    return None if learning_rates is None else Rates.of(_rates(learning_rates))


def _range(text: str) -> tuple[str, tuple[float, float]]:
    name, _, ends = text.partition("=")
    low, _, high = ends.partition(":")
    try:
        return name, (float(low), float(high))
    except ValueError:
        raise SympriorError(f"--range {text!r} is no setting and range, as learning_rate=0.0003:0.03.") from None


def _rates(text: str) -> tuple[float, ...]:
    try:
        rates = tuple(sorted({float(rate) for rate in text.split(",")}))
    except ValueError:
        rates = ()
    if not rates or not all(0 < rate < math.inf for rate in rates):
        raise SympriorError(
            f"{text!r} is no list of learning rates. Give positive numbers with commas, as 0.001,0.003."
        )
    return rates


def _table(ledgers: list[Ledger]) -> Table:
    seeds, finals = len(ledgers[0].seeds), len(ledgers[0].finals)
    title = f"Mean data efficiency on {seeds} tuning seeds" + (f", of finalists (*) on {finals} more" if finals else "")
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, collapse_padding=True)
    trials = ledgers[0].trials
    if any(trial.settings.keys() != {"learning_rate"} for trial in trials):
        return _with_best(table, ledgers)
    table.add_column("learning rate", overflow="fold")
    for trial in trials:
        table.add_column(f"{trial.settings['learning_rate']:g}", justify="right", no_wrap=True)
    digits = 3 if len(trials) <= MOST_WITH_THREE_DIGITS else 2
    for ledger in ledgers:
        scores = [f"{trial.score:.{digits}f}{'*' * (trial.runs > len(ledger.seeds))}" for trial in ledger.trials]
        cells = (
            f"[bold]{score}←[/]" if trial is ledger.best else score
            for score, trial in zip(scores, ledger.trials, strict=True)
        )
        table.add_row(escape(ledger.agent), *cells)
    return table


def _with_best(table: Table, ledgers: list[Ledger]) -> Table:
    """The chosen of each agent, beside the median of all on the first seeds and its score at the first agent's choice."""
    table.add_column("agent", overflow="fold")
    for column in (
        "chosen*" if ledgers[0].finals else "best",
        "median",
        f"at {ledgers[0].agent}'s",
        " / ".join(ledgers[0].chosen),
    ):
        table.add_column(column, justify="right")
    for ledger in ledgers:
        there = ledger.at(ledgers[0].chosen)
        middle = median(float(np.mean(trial.data_efficiency[: len(ledger.seeds)])) for trial in ledger.trials)
        scores = ledger.best.score, middle, there.score if there else math.nan
        chosen = " / ".join(f"{value:g}" for value in ledger.chosen.values())
        table.add_row(escape(ledger.agent), *(f"{score:.3f}" for score in scores), chosen)
    return table
