"""`symprior watch` and `symprior evaluate`: trained policies that were kept, as a film and held against their records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

from symprior.benchmark.command_line.console import console

AgentFile = Annotated[str | None, typer.Option(help="Where an agent from a file lies: `path/to/file.py:Name`.")]
TaskFile = Annotated[str | None, typer.Option(help="Where a task from a file lies: `path/to/file.py:Name`.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("watch")(watch)
    app.command("evaluate")(evaluate)


def watch(
    record: Annotated[Path, typer.Argument(help="A run's record, `seed-0000.json`; its policy lies beside it.")],
    out: Annotated[Path, typer.Option(help="The film that is written: a .gif or an .mp4.")] = Path("film.gif"),
    episodes: Annotated[int, typer.Option(min=1, help="How many, one behind the other.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="The first episode's.")] = 0,
    greedy: Annotated[bool, typer.Option("--greedy", help="Act by the policy's mode.")] = False,
    agent: AgentFile = None,
    task: TaskFile = None,
) -> None:
    """Film a trained policy that `symprior run --save-policies` kept.

    Examples:
      symprior watch runs/custom-1/batched/cartpole-v1/ppo/seed-0000.json --out film.mp4
    """
    from symprior.benchmark.library.films import film
    from symprior.benchmark.library.policies import load_policy

    played = film(load_policy(record, agent=agent, task=task), out, episodes, seed, greedy)
    for number, episode in enumerate(played, start=1):
        console.print(f"Episode {number}: {episode.steps} steps, return {episode.total:g}", highlight=False)
    console.print(f"Wrote {out}", soft_wrap=True, highlight=False, markup=False)


def evaluate(
    records: Annotated[list[Path], typer.Argument(help="Records of runs; their policies lie beside them.")],
    agent: AgentFile = None,
    task: TaskFile = None,
) -> None:
    """Play the last evaluation of trained policies again, and say whether it gives the recorded returns to the bit.

    Policies are kept by `symprior run --save-policies`. The exit status is 1 where a return differs.

    Examples:
      symprior evaluate runs/custom-1/batched/cartpole-v1/ppo/seed-*.json
    """
    from symprior.benchmark.library.policies import load_policy

    table, differ = Table(box=None, pad_edge=False), 0
    for column in ("task", "agent", "seed", "recorded", "again", ""):
        table.add_column(column)
    for path in records:
        policy = load_policy(path, agent=agent, task=task)
        run, again = policy.record, policy.evaluate()
        recorded = run.curve[-1].returns
        differ += again != recorded
        means = [f"{np.mean(returns):.6g}" for returns in (recorded, again)]
        table.add_row(
            run.task, run.agent.id, str(run.seed), *means, "equal" if again == recorded else "[bold red]differs[/]"
        )
    console.print(table)
    if differ:
        console.print(
            f"{differ} of {len(records)} policies do not give the recorded returns. On another kind of processor, or with "
            "other versions of packages, the last digits of a network's outputs may differ.",
            soft_wrap=True,
        )
        raise typer.Exit(1)
