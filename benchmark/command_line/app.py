"""The command line: every command is one module in `commands/`; a user's mistake is one sentence, not a traceback."""

from __future__ import annotations

import gc
import sys
import warnings
from io import TextIOWrapper
from typing import Annotated

import typer
from rich.console import Console

from symprior.benchmark.command_line.console import fit_to_output
from symprior.benchmark.command_line.lazy_commands import LazyCommands
from symprior.symmetry.errors import SympriorError

app = typer.Typer(
    name="symprior",
    cls=LazyCommands,
    help="How much data is a symmetry prior worth? Run the benchmark, check its symmetries, build the leaderboard.",
    epilog="Start with: symprior run --suite quick, then symprior leaderboard.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _say_release(is_asked: bool) -> None:
    if is_asked:
        from symprior.benchmark.run.provenance import release

        typer.echo(release())
        raise typer.Exit


@app.callback(help=app.info.help, epilog=app.info.epilog)
def _before_any_command(
    version: Annotated[
        bool, typer.Option("--version", help="Say which symprior this is.", is_eager=True, callback=_say_release)
    ] = False,
) -> None:
    """What belongs to no command."""


def run() -> None:
    """Run the command that was called; a `SympriorError` is printed as a sentence and exits with 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without the letters of this page's words gets others
            stream.reconfigure(errors="replace")
    warnings.formatwarning = lambda message, *_: f"Note: {message}\n"
    fit_to_output()
    # Commands make many objects and hardly a cycle, and looking for cycles takes half the time.
    gc.set_threshold(100_000, 20, 20)
    try:
        app()
    except SympriorError as error:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]Error:[/] {_escaped(str(error))}", highlight=False)
        sys.exit(2)
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "stable_baselines3"):
            raise
        Console(stderr=True, soft_wrap=True).print(
            f"[bold red]Error:[/] Training needs {error.name}. Install it with: pip install 'symprior\\[train]'",
            highlight=False,
        )
        sys.exit(2)


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
