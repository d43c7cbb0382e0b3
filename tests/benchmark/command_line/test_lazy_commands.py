"""The command line starts at once: what is not called is not imported, and what is listed is what there is."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest
import typer

from symprior.benchmark import commands
from symprior.benchmark.command_line.lazy_commands import listed

HEAVY = ("torch", "pandas", "scipy", "matplotlib", "seaborn", "stable_baselines3", "jinja2")
NEEDED = "import gymnasium, pydantic, rich.table, typer"
MOST = {"--help": 2.0, "tasks": 5.0}
"""CPU time, over that of importing what both stand on; .2 and .7 s where that takes .25 s."""


@pytest.mark.parametrize("name", listed())
def test_what_is_listed_is_what_the_command_says_of_itself(name: str) -> None:
    app = typer.Typer()
    importlib.import_module(listed()[name].module).add_to(app)
    app.callback()(lambda: None)
    command = typer.main.get_command(app).commands[name]
    assert command.help == listed()[name].help


def test_every_command_of_every_module_is_listed() -> None:
    app = typer.Typer()
    app.callback()(lambda: None)
    for module in pkgutil.walk_packages(commands.__path__, f"{commands.__name__}."):
        if not module.ispkg:
            importlib.import_module(module.name).add_to(app)
    assert sorted(typer.main.get_command(app).commands) == list(listed())


def measured(code: str) -> tuple[float, set[str]]:
    """CPU seconds of a process of its own that runs this code, and what it imported."""
    told = "\nprint(time.process_time(), *sorted({name.partition('.')[0] for name in sys.modules}))"
    result = subprocess.run([sys.executable, "-c", f"import sys, time\n{code}{told}"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    seconds, *modules = result.stdout.split()
    return float(seconds), set(modules)


@pytest.mark.parametrize("command", MOST)
def test_nothing_heavy_is_imported_to_show_what_there_is(command: str) -> None:
    code = (
        f"import io, contextlib\nsys.argv = ['symprior', {command!r}]\n"
        "from symprior.benchmark.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main()"
    )
    runs = [(measured(NEEDED)[0], *measured(code)) for _ in range(4)]  # the first compiles the sources
    assert not runs[-1][2] & set(HEAVY)
    assert min(seconds for _, seconds, _ in runs[1:]) < MOST[command] * min(needed for needed, _, _ in runs[1:])


def test_an_unknown_command_is_refused() -> None:
    result = subprocess.run([sys.executable, "-m", "symprior.benchmark.cli", "chek"], capture_output=True, text=True)
    assert result.returncode == 2 and "No such command 'chek'" in result.stderr
