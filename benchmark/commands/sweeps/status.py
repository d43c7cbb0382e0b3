"""`symprior status`: how far the sweeps of a records folder are, from any shell."""

from __future__ import annotations

import json
import shlex
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from symprior.benchmark.command_line.console import console
from symprior.benchmark.sweep.estimate import duration
from symprior.benchmark.sweep.progress.account import Account
from symprior.benchmark.sweep.progress.journal import StackEntry, SweepEntry
from symprior.benchmark.sweep.store import RECORDS


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(
    folder: Annotated[Path, typer.Argument(help="A folder of records.")] = RECORDS,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Say how far sweeps are: what is finished, failed and why, running and waiting, how fast it goes and how long it takes.

    It only reads, so that it may be asked at any time, also from another machine that sees the folder. What the finished
    runs returned is in `symprior list`.
    """
    account = Account.of(folder)
    if as_json:
        typer.echo(json.dumps(_as_json(account)))
        return
    console.print(_table(account))
    for (_, task, agent), tally in account.cells.items():
        for seed, error in sorted(tally.failed.items()):
            failure = escape(f"{agent} on {task}, seed {seed}: {error}")
            console.print(f"[bold red]Failed:[/] {failure}", soft_wrap=True, highlight=False)
    for sweep in account.sweeps:
        _tell(sweep)
    if not account.alive:
        console.print("Nothing runs here now.")


def _table(account: Account) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("suite", "task", "agent"):
        table.add_column(column)
    for column in ("finished", "failed", "running", "waiting"):
        table.add_column(column, justify="right")
    for cell, tally in account.cells.items():
        counts = (tally.finished, tally.failed, tally.running, tally.waiting)
        table.add_row(*map(escape, cell), *(str(len(runs)) for runs in counts))
    return table


def _tell(sweep: SweepEntry) -> None:
    since = duration(time.time() - sweep.started)
    if sweep.is_alive:
        for stack in sweep.stacks:
            if stack.state == "running":
                console.print(f"Running: {_of(stack)}", markup=False, highlight=False)
        left = "" if sweep.seconds_left is None else f", about {duration(sweep.seconds_left)} left"
        rate = f"{sweep.rate:,.0f} environment steps a second"
        console.print(f"Process {sweep.process} has worked for {since}: {rate}{left}.", highlight=False)
    elif sweep.state != "ended":
        how = "was stopped" if sweep.state == "stopped" else "died"
        ago = duration(time.time() - sweep.told)
        command = escape(shlex.join(sweep.command))
        console.print(
            f"Process {sweep.process} {how} {ago} ago. Its command carries on: {command}",
            soft_wrap=True,
            highlight=False,
        )


def _of(stack: StackEntry) -> str:
    seeds = f"seed {stack.seeds[0]}" if len(stack.seeds) == 1 else f"{len(stack.seeds)} seeds"
    steps = stack.budget * len(stack.seeds)
    return f"{stack.agent} on {stack.task}, {seeds}: {stack.done:,} of {steps:,} environment steps"


def _as_json(account: Account) -> dict[str, object]:
    return {
        "cells": [
            {
                "suite": suite,
                "task": task,
                "agent": agent,
                "finished": sorted(tally.finished),
                "failed": {str(seed): error for seed, error in sorted(tally.failed.items())},
                "running": sorted(tally.running),
                "waiting": sorted(tally.waiting),
            }
            for (suite, task, agent), tally in account.cells.items()
        ],
        "sweeps": [
            {**sweep.model_dump(mode="json"), "alive": sweep.is_alive, "steps_per_second": sweep.rate}
            for sweep in account.sweeps
        ],
    }
