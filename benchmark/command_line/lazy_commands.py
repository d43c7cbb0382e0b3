"""Commands that are imported when they are called; a list of them is read off the sources."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from symprior.benchmark import commands


@dataclass(frozen=True)
class Listed:
    """A command as a list shows it.

    Attributes:
        module: where it is.
        help: what it says of itself.
    """

    module: str
    help: str


class LazyCommands(TyperGroup):
    """Every command of the modules in `commands/` and its rooms, of which only the one that is called is imported."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(listed())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command if it was called, else what a list shows of it."""
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        found = listed().get(cmd_name)
        return None if found is None else TyperCommand(cmd_name, help=found.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Import what is called."""
        if args and args[0] in listed():
            self.commands.update(_imported(listed()[args[0]].module))
        return super().resolve_command(ctx, args)


@cache
def listed() -> dict[str, Listed]:
    """Every command by its name, in alphabetic order."""
    folder = Path(commands.__path__[0])
    sources = [path for path in folder.rglob("*.py") if path.name != "__init__.py"]
    found = dict(entry for path in sources for entry in _in_source(path, _module(path.relative_to(folder))))
    return dict(sorted(found.items()))


def _module(path: Path) -> str:
    return ".".join((commands.__name__, *path.with_suffix("").parts))


def _imported(module: str) -> dict[str, Any]:
    app = typer.Typer()
    app.callback()(lambda: None)  # so that one command alone is a group, too
    importlib.import_module(module).add_to(app)
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return dict(group.commands)


def _in_source(path: Path, module: str) -> Iterator[tuple[str, Listed]]:
    """What a module's `add_to` adds, `app.command("name")(function)` and `app.add_typer(group, name="name")`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for call in (node for node in ast.walk(functions["add_to"]) if isinstance(node, ast.Call)):
        match call:
            case ast.Call(
                func=ast.Call(
                    func=ast.Attribute(value=ast.Name(id="app"), attr="command"), args=[ast.Constant(value=str(name))]
                ),
                args=[ast.Name(id=function)],
            ):
                yield name, Listed(module, ast.get_docstring(functions[function]) or "")
            case ast.Call(
                func=ast.Attribute(attr="add_typer"), keywords=[ast.keyword(arg="name", value=ast.Constant(value=name))]
            ):
                yield str(name), Listed(module, _group_help(functions["add_to"]))


def _group_help(add_to: ast.FunctionDef) -> str:
    """The `help` of the Typer that `add_to` makes."""
    for node in ast.walk(add_to):
        if isinstance(node, ast.keyword) and node.arg == "help" and isinstance(node.value, ast.Constant):
            return inspect.cleandoc(str(node.value.value))
    return ""
