"""Dependencies say the truth: what is declared is imported, and what is imported is declared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("symmetry", "tasks", "agents", "leaderboard", "benchmark")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BEHIND_ANOTHER = {
    "mujoco": "gymnasium",
    "box2d": "gymnasium",
    "markupsafe": "jinja2",
    "llvmlite": "numba",
    "markdown_it": "rich",
}
"""Modules that come with a dependency, and extras that are extras of one."""


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=; ]", requirement)[0].replace("-", "_") for requirement in requirements}


EXTRAS = {name: _names(found) for name, found in PROJECT["optional-dependencies"].items() if name != "dev"}
DECLARED = _names(PROJECT["dependencies"]).union(*EXTRAS.values())


@cache
def _imported() -> set[str]:
    """Modules by their first name, also those that `import_module` is given as text."""
    found = set()
    for path in (path for floor in FLOORS for path in (ROOT / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module or "")
            elif isinstance(node, ast.Call) and "import_module" in ast.dump(node.func):
                found |= {str(given.value) for given in node.args if isinstance(given, ast.Constant)}
            elif isinstance(node, ast.Constant) and str(node.value).startswith("torch.utils."):
                found.add("tensorboard")  # torch's writer of events is that of tensorboard
    return {name.partition(".")[0] for name in found}


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_what_is_declared_is_imported(name: str) -> None:
    assert name in _imported()


def test_what_is_imported_is_declared() -> None:
    others = _imported() - set(sys.stdlib_module_names) - {"symprior", ""}
    undeclared = {name for name in others if BEHIND_ANOTHER.get(name, name) not in DECLARED}
    assert not undeclared
