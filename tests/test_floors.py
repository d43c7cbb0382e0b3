"""The house: imports and paths only go down, between floors and between rooms; torch stays out of what runs without it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {
    "symmetry": {"symmetry"},
    "tasks": {"symmetry", "tasks"},
    "agents": {"symmetry", "tasks", "agents"},
    "leaderboard": {"symmetry", "tasks", "leaderboard"},
    "benchmark": {"symmetry", "tasks", "agents", "leaderboard", "benchmark"},
}
PATH_CALLS = {"Path", "files", "joinpath", "open"}
TRAINING = {"torch", "stable_baselines3", "sb3_contrib", "numba"}
MOST_ENTRIES = 10
FIXED_NAMES = {"__init__.py", "conftest.py"}
MODULES = sorted(path.relative_to(ROOT) for floor in MAY_IMPORT for path in (ROOT / floor).rglob("*.py"))


@dataclass(frozen=True)
class Import:
    """One imported module, `symprior` spelt out."""

    module: str
    line: int


def is_call_to_import(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return {"import_module", "__import__"} & {
        getattr(node.func, "id", None),
        getattr(node.func, "attr", None),
    } != set()


def imports(node: ast.AST) -> Iterator[Import]:
    """Every import below `node`, wherever it hides: in functions, TYPE_CHECKING, import_module("…")."""
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, node.lineno) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        names = [f"{module}.{alias.name}" for alias in node.names] if module == "symprior" else [module]
        yield from (Import(name, node.lineno) for name in names)
    elif isinstance(node, ast.Call) and is_call_to_import(node):
        for argument in node.args[:1]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield Import(argument.value, node.lineno)
    for child in ast.iter_child_nodes(node):
        yield from imports(child)


def paths(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Every text that is joined to a path by `/` or opened as a resource, and its line."""
    for each in ast.walk(node):
        parts: list[ast.expr] = []
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Div):
            parts = [each.left, each.right]
        elif isinstance(each, ast.Call) and getattr(each.func, "attr", getattr(each.func, "id", "")) in PATH_CALLS:
            parts = list(each.args)
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value, each.lineno


def leads_to(path: str) -> str | None:
    """The floor that a path or the name of a package leads to; None where to none."""
    first = re.split(r"[/.]", path.removeprefix("symprior.").removeprefix("./"))[0]
    return first if first in MAY_IMPORT else None


def violations(source: str, floor: str) -> list[str]:
    """Why a module with this source may not stand on this floor, one sentence an import or a path."""
    found = [
        f"line {line}: the path {path!r} leads up from {floor}/."
        for path, line in paths(ast.parse(source))
        if (leads_to(path) or floor) not in MAY_IMPORT[floor]
    ]
    for imported in imports(ast.parse(source)):
        parts = imported.module.split(".")
        if imported.module.startswith("."):
            found.append(f"line {imported.line}: a relative import; write symprior.{floor}.… in full.")
        elif parts[0] == "symprior" and (parts[1:2] or [""])[0] not in MAY_IMPORT[floor]:
            found.append(f"line {imported.line}: {imported.module} goes up from {floor}/.")
        elif parts[0] in MAY_IMPORT:
            found.append(f"line {imported.line}: {imported.module} is found only in a checkout; prefix symprior.")
        elif parts[0] in TRAINING and floor not in ("agents", "benchmark"):
            found.append(f"line {imported.line}: {floor}/ works without {parts[0]}.")
    return found


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_only_go_down(path: Path) -> None:
    assert violations((ROOT / path).read_text(encoding="utf-8"), path.parts[0]) == []


@pytest.mark.parametrize(
    ("floor", "source"),
    [
        ("tasks", "import symprior.agents.priors"),
        ("tasks", "from symprior import leaderboard"),
        ("benchmark", "import symprior"),
        ("benchmark", "from symprior import make"),
        ("tasks", "def build():\n    from symprior.benchmark.sweep.sweep import Sweep"),
        (
            "tasks",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from symprior.agents import agent",
        ),
        ("tasks", "import importlib\nimportlib.import_module('symprior.agents')"),
        ("tasks", "import torch"),
        ("tasks", "def build():\n    import torch.nn as nn"),
        ("tasks", "import tasks.groups"),
        ("agents", "from symprior.leaderboard.records.record import RunRecord"),
        ("agents", "class A:\n    def f(self):\n        import symprior.benchmark"),
        ("leaderboard", "from symprior.agents.agent import Agent"),
        ("leaderboard", "try:\n    from stable_baselines3 import PPO\nexcept ImportError:\n    pass"),
        ("symmetry", "from symprior.tasks.errors import X"),
        ("symmetry", "import torch"),
        ("tasks", "from pathlib import Path\nP = Path(__file__).parent.parent / 'agents' / 'ledgers'"),
        ("agents", "from importlib import resources\nF = resources.files('symprior.benchmark')"),
        ("leaderboard", "P = Path('agents/ledgers')"),
        ("benchmark", "from .suite import Suite"),
        ("benchmark", "from .. import tasks"),
    ],
)
def test_a_violation_is_caught(floor: str, source: str) -> None:
    assert len(violations(source, floor)) == 1


@pytest.mark.parametrize(
    ("floor", "source"),
    [
        ("tasks", "import numpy\nfrom symprior.symmetry.groups import Group"),
        ("agents", "import torch\nfrom symprior.symmetry.symmetry import Symmetry"),
        ("leaderboard", "from symprior.symmetry.errors import SympriorError"),
        ("benchmark", "import torch\nfrom symprior.agents.agent import Agent"),
    ],
)
def test_what_is_allowed_passes(floor: str, source: str) -> None:
    assert violations(source, floor) == []


def room_of(module: str) -> str:
    """The room of a module: floor and folder, or floor and file where it stands in no folder."""
    return ".".join(module.split(".")[:2])


def rooms() -> dict[str, set[str]]:
    """For each room the rooms of the same floor that it imports from."""
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES}
    found: dict[str, set[str]] = {}
    for name, path in names.items():
        for imported in imports(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            target = imported.module.removeprefix("symprior.")
            if imported.module.startswith("symprior.") and target.partition(".")[0] == path.parts[0]:
                found.setdefault(room_of(name), set()).add(room_of(target))
    return {room: others - {room, room.partition(".")[0]} for room, others in found.items()}


def test_no_two_rooms_import_from_each_other() -> None:
    order = list(TopologicalSorter(rooms()).static_order())  # raises where rooms form a circle, and names it
    assert order.index("agents.networks") < order.index("agents.priors") < order.index("agents.learners")
    assert order.index("benchmark.jobs") < order.index("benchmark.run") < order.index("benchmark.sweep")
    assert order.index("tasks.environments") < order.index("tasks.families")


@pytest.mark.parametrize("floor", [*MAY_IMPORT, "speed", "tests"])
def test_a_room_holds_ten_entries_at_most(floor: str) -> None:
    for folder in {path.parent for path in (ROOT / floor).rglob("*.py")}:
        entries = {
            entry.name
            for entry in folder.iterdir()
            if (entry.is_dir() and any(entry.rglob("*.py")))
            or (entry.suffix == ".py" and entry.name not in FIXED_NAMES)
        }
        where = folder.relative_to(ROOT)
        assert len(entries) <= MOST_ENTRIES, f"{where} holds {len(entries)} entries: make rooms of it"


def test_tests_lie_where_what_they_test_lies() -> None:
    rooms_of_tests = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    assert {room for room in rooms_of_tests if not (ROOT / room).is_dir()} == {Path("checkout")}


def test_every_room_says_what_lives_there() -> None:
    for path in MODULES:
        if path.name == "__init__.py":
            assert ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8"))), path


def test_every_docstring_has_a_subject() -> None:
    """One that begins with "As" or "Of" leans on the line above it."""
    for path in (path for room in (*MAY_IMPORT, "speed", "examples") for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                said = ast.get_docstring(node) or ""
                assert said.partition(" ")[0] not in ("As", "Of"), f"{path.relative_to(ROOT)}: {said[:60]!r}"


def test_tasks_leaderboard_and_command_line_import_without_the_training_stack() -> None:
    names = [
        ".".join(("symprior", *path.with_suffix("").parts)).removesuffix(".__init__")
        for path in MODULES
        if path.parts[0] in ("tasks", "leaderboard") or path.parts[:2] == ("benchmark", "commands")
    ]
    code = (
        "import importlib, sys\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] in {sorted(TRAINING)}: raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        f"for name in {[*names, 'symprior.benchmark.command_line.app']}: importlib.import_module(name)\n"
    )
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_the_root_and_every_floor_are_typed() -> None:
    assert (ROOT / "py.typed").is_file()
    assert all((ROOT / floor / "py.typed").is_file() for floor in MAY_IMPORT)
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_root_imports_nothing_but_the_table_of_its_names() -> None:
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    at_import = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [node.module for node in at_import] == ["typing", "symprior.symmetry.lazy_names"]


def test_importing_the_root_loads_neither_numpy_nor_gymnasium_nor_torch() -> None:
    code = (
        "import sys, symprior; print(sorted({'numpy', 'gymnasium', 'torch', 'pandas', 'pydantic'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "[]\n", result.stderr
