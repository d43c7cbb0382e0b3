"""Public signatures say what they take and give: `Any` stands there only where a library's own type is that."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("symmetry", "tasks", "agents", "leaderboard", "benchmark")
MOST_IN_A_THOUSAND_LINES = 20
ALLOWED = {
    "symmetry/arrays.py": "no type of the other operand is one that numpy's operators and torch's both take",
    "tasks/environments/gymnasium_types.py": "gymnasium's spaces, environments and infos are of any type",
    "tasks/families/mujoco": "MuJoCo's models and simulations have no types",
    "tasks/files/json_files.py": "a JSON object holds anything until a schema has read it",
    "tasks/files/states.py": "a state is a tree of numbers, texts and arrays, which whoever saved it takes up again",
    "agents/learners/batched/kernel/arithmetic/compiled.py": "numba has no types",
    "agents/learners/stable_baselines3": "Stable-Baselines3's models, policies and buffers take keywords of their own",
    "benchmark/command_line/lazy_commands.py": "typer keeps the types of its contexts and commands to itself",
}


def sources() -> dict[str, str]:
    found = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in found}


def says_any(node: ast.AST | None) -> bool:
    names = ast.walk(node) if node is not None else ()
    return any("Any" in (getattr(name, "id", ""), getattr(name, "attr", "")) for name in names)


def is_public(name: str) -> bool:
    return not name.startswith("_") or name.endswith("__")


def signature(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr | None]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    yield function.returns
    yield from (argument.annotation for argument in every if argument is not None)


def public_any(body: list[ast.stmt]) -> Iterator[str]:
    """Public functions, methods, attributes, bases and aliases that say `Any`; what is inside a function is its own."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if is_public(node.name) and any(map(says_any, signature(node))):
                yield f"line {node.lineno}: {node.name}"
        elif isinstance(node, ast.ClassDef) and is_public(node.name):
            if any(map(says_any, node.bases)):
                yield f"line {node.lineno}: {node.name}"
            yield from public_any(node.body)
        elif isinstance(node, ast.AnnAssign) and is_public(ast.unparse(node.target)):
            is_alias = ast.unparse(node.annotation).endswith("TypeAlias")
            if says_any(node.value if is_alias else node.annotation):
                yield f"line {node.lineno}: {ast.unparse(node.target)}"
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript) and says_any(node.value):
            yield f"line {node.lineno}: {ast.unparse(node.targets[0])}"


def is_allowed(path: str) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in ALLOWED)


@pytest.mark.parametrize("floor", FLOORS)
def test_public_signatures_say_what_they_take(floor: str) -> None:
    said = {path: list(public_any(ast.parse(text).body)) for path, text in sources().items() if not is_allowed(path)}
    assert {path: found for path, found in said.items() if found and path.startswith(f"{floor}/")} == {}


@pytest.mark.parametrize("place", ALLOWED)
def test_what_is_allowed_is_needed(place: str) -> None:
    texts = [text for path, text in sources().items() if path == place or path.startswith(f"{place}/")]
    assert any(list(public_any(ast.parse(text).body)) for text in texts), f"{place} says no `Any` any more"


def test_any_is_rare() -> None:
    texts = sources().values()
    names = sum(says_any(node) for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))
    assert 1000 * names < MOST_IN_A_THOUSAND_LINES * sum(len(text.splitlines()) for text in texts)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x: Any) -> int: ...",
        "def f(*x: Any): ...",
        "def f(*, x: dict[str, Any]): ...",
        "async def f() -> list[Any]: ...",
        "class A:\n    def __call__(self) -> typing.Any: ...",
        "class A:\n    x: Any = None",
        "class A(Base[Any]): ...",
        "Alias: TypeAlias = dict[str, Any]",
        "Alias = Callable[..., Any]",
    ],
)
def test_any_is_found_where_others_read_it(source: str) -> None:
    assert len(list(public_any(ast.parse(source).body))) == 1


@pytest.mark.parametrize(
    "source", ["def _f(x: Any): ...", "def f():\n    x: Any = 1", "class _A:\n    x: Any = 1", "def f(x: object): ..."]
)
def test_what_nobody_else_reads_may_say_any(source: str) -> None:
    assert list(public_any(ast.parse(source).body)) == []
