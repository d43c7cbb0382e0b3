"""`symprior agents`: which agents there are, and one agent's card."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import multimode
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from symprior.agents.ledgers.ledger import Ledger, decider, every, load, of_agent
from symprior.benchmark.command_line.console import console
from symprior.benchmark.jobs.job import CPU
from symprior.symmetry.errors import SympriorError
from symprior.tasks import TASKS, Task, get_task
from symprior.tasks.files.json_files import Json

if TYPE_CHECKING:
    from symprior.agents import ShippedAgent


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="List the agents, show one's card, or how much each was tuned.", invoke_without_command=True
    )
    group.callback()(agents)
    group.command("show")(show)
    group.command("tuning")(tuning)
    app.add_typer(group, name="agents")


def agents(context: typer.Context) -> None:
    """List the agents: which prior goes with which algorithm."""
    if context.invoked_subcommand:
        return
    from symprior.agents.algorithms.algorithm import ALGORITHMS
    from symprior.agents.catalogue import combination_refusal
    from symprior.agents.learners.learner import LEARNERS, learner_names
    from symprior.agents.priors.prior import PRIORS

    combined = [ALGORITHMS[name] for name in ALGORITHMS if ALGORITHMS[name].takes_prior]
    alone = [name for name in ALGORITHMS if not ALGORITHMS[name].takes_prior]
    table = Table(title="Agents: priors and the algorithms they go with", title_justify="left")
    for column in ("prior", "kind", *(algorithm.name for algorithm in combined)):
        table.add_column(column, no_wrap=True)
    words = Table(title="What they are", title_justify="left")
    words.add_column("prior", no_wrap=True)
    words.add_column("", overflow="fold")
    for name in PRIORS:
        prior = PRIORS[name]
        cells = ("[dim]no" if combination_refusal(algorithm, prior) else "yes" for algorithm in combined)
        table.add_row(name, "control" if prior.is_control else "agent", *cells)
        words.add_row(name, prior.description)
    console.print(table)
    console.print(words)
    for learner in (
        *learner_names(),
        *(name for name in LEARNERS if LEARNERS[name].trains and not LEARNERS[name].is_chosen),
    ):
        carried_out = ", ".join(each.name for each in combined if each.name in LEARNERS[learner].algorithms)
        console.print(f"On the learner {learner}: {carried_out}.", highlight=False)
    console.print(
        f"An agent is algorithm+prior, such as ppo+homomorphic; ppo alone is ppo+plain. Without a prior: {', '.join(alone)}."
        "\nOne agent's card, or why there is none: symprior agents show ID. How much each was tuned: "
        "symprior agents tuning. Your own: symprior run --agent path/to/file.py:Name",
        highlight=False,
    )


def show(agent_id: Annotated[str, typer.Argument(help="Such as ppo+homomorphic.")]) -> None:
    """Show one agent's card: what it is, its settings and size on each family of tasks, citation."""
    from symprior.agents import get_agent

    agent = get_agent(agent_id)
    console.rule(f"[bold]{agent.id}", align="left")
    console.print(agent.description, soft_wrap=True)
    settings = {name: vars(agent.settings(get_task(name).family)) for name in TASKS}
    common = {key: multimode(each[key] for each in settings.values())[0] for key in next(iter(settings.values()))}
    said = {key: value for key, value in common.items() if value is not None}
    console.print(f"\n[bold]Settings[/]  {escape(_in_words(said))}", highlight=False)
    if unset := ", ".join(key for key in common if key not in said):
        console.print(f"Chosen for each task unless they are set: {unset}.", highlight=False)
    rows = []
    for name, of_task in settings.items():
        parameters, policy = _size_and_policy(agent, get_task(name))
        other = {key: value for key, value in of_task.items() if value != common[key]}
        rows.append((name, parameters, "\n".join(filter(None, (policy, _in_words(other))))))
    if any(parameters or words for _, parameters, words in rows):
        console.print(_on_tasks(rows))
    if ledgers := of_agent(agent.id):
        console.print(_tuning(ledgers))
    for name, field in agent.prior.settings.model_fields.items() if agent.prior else ():
        console.print(f"{name}: {field.description}", highlight=False, markup=False, soft_wrap=True)
    for entry in agent.bibtex:
        console.print(entry, highlight=False, markup=False)


def tuning() -> None:
    """Show how much each agent's settings were searched; agents in one entry had the same effort."""
    from symprior.agents.catalogue import PLAIN

    alike: dict[tuple[str, str], list[str]] = {}
    for scope, ledger in _searches():
        algorithm, _, prior = ledger.agent.partition("+")
        alike.setdefault((scope, f"{algorithm}: {_effort(ledger)}"), []).append(prior or PLAIN)
    table = Table(title="Tuning: agents in one entry had the same effort", title_justify="left", box=None)
    table.add_column("family or suite", no_wrap=True)
    table.add_column("trials, and priors of the agents")
    for (scope, effort), priors in alike.items():
        table.add_row(scope, f"{effort}\n[dim]{', '.join(sorted(priors, key=lambda name: (name != PLAIN, name)))}")
    console.print(table, highlight=False)
    console.print(
        "5+15 seeds: fifteen more for the finalists. 150,000 of 500,000 steps: trials were shorter than the task's budget. "
        "Where the plain agent has a larger search of its own, that decides its settings. "
        "Any other agent has the plain one's settings where that was tuned, and else its algorithm's.",
        soft_wrap=True,
        highlight=False,
    )


def _searches() -> Iterator[tuple[str, Ledger]]:
    """Every search beside what it was for; after a smaller one, the larger one that decided."""
    for ledger in every():
        yield ledger.scope, ledger
        if (larger := decider(ledger)) is not None:
            yield ledger.scope, larger


def _effort(ledger: Ledger) -> str:
    """How much was searched, in words."""
    of = ", ".join(ledger.chosen)
    device = "" if ledger.devices == [CPU] else f", {' and '.join(ledger.devices)}"
    steps = f"{ledger.budget:,}{_short_of(ledger)} steps on {ledger.learner}{device}"
    return f"{len(ledger.trials)} of {of}; {_seeds(ledger)} seeds; {steps}"


def _short_of(ledger: Ledger) -> str:
    """The budget of the family's task, where a trial has less: what is best early need not be best in the end."""
    task = get_task(ledger.task)
    is_short = ledger.scope in (task.family, task.id) and task.is_measured and ledger.budget < task.budget
    return f" of {task.budget:,}" if is_short else ""


def _seeds(ledger: Ledger) -> str:
    return "+".join(str(len(seeds)) for seeds in (ledger.seeds, ledger.finals) if seeds)


def _in_words(settings: Json, between: str = ", ") -> str:
    return between.join(f"{name} {value}" for name, value in settings.items())


def _on_tasks(rows: list[tuple[str, str, str]]) -> Table:
    table = Table(title="\nOn the tasks", title_justify="left", box=None, pad_edge=False)
    table.add_column("task", no_wrap=True)
    table.add_column("parameters", justify="right")
    table.add_column("policy, and what is set otherwise")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _size_and_policy(agent: ShippedAgent, task: Task) -> tuple[str, str]:
    """How many parameters the agent has there and what its policy is, or why there is none."""
    settings = agent.settings(task.family)
    try:
        built = agent.build(agent.problem(task, settings), [0], [settings])
    except SympriorError as reason:
        return "–", str(reason)
    parameters = getattr(built, "parameters", 0)
    return f"{parameters:,}" if parameters else "", getattr(getattr(built, "network", None), "in_words", "")


def _tuning(ledgers: list[Ledger]) -> Table:
    """What was chosen, and what the agent scores at the settings that were chosen for the plain one."""
    table = Table(title="Tuning: mean data efficiency on tuning seeds", title_justify="left", box=None, pad_edge=False)
    table.add_column("family or suite", no_wrap=True)
    for column in ("seeds", "trials", "chosen", "score", "at plain's"):
        table.add_column(column, justify="right", overflow="fold")
    for ledger in ledgers:
        there = ledger.at(load(ledger.scope, ledger.agent.partition("+")[0]).chosen)
        table.add_row(
            ledger.scope,
            _seeds(ledger),
            str(len(ledger.trials)),
            _in_words(ledger.chosen, "\n"),
            f"{ledger.best.score:.3f}",
            "not tried" if there is None else f"{there.score:.3f}",
        )
    return table
