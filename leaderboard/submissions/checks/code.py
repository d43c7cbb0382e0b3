"""The code as text: the class is there, no weights are written out, and what a reviewer should look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from symprior.leaderboard.submissions.checks.against import Against
from symprior.leaderboard.submissions.layout import AGENT, CODE
from symprior.leaderboard.submissions.submission import Submission
from symprior.tasks import TASKS

MOST_NUMBERS, LONGEST_TEXT = 1000, 4000
"""In the code: more numbers, or a text of more characters, could be the weights of a policy that was trained before."""

LOOKED_AT = {
    "gymnasium": "makes environments",
    "gym": "makes environments",
    "mujoco": "simulates",
    "ale_py": "simulates",
    "pickle": "reads weights",
    "dill": "reads weights",
    "joblib": "reads weights",
    "base64": "reads weights",
    "zlib": "reads weights",
    "socket": "uses the network",
    "requests": "uses the network",
    "urllib": "uses the network",
    "huggingface_hub": "reads weights",
    "subprocess": "starts processes",
    "multiprocessing": "starts processes",
    "ctypes": "reaches memory",
    "gc": "reaches other objects",
    "inspect": "reaches other objects",
}
"""Modules by their first name, and what an agent could do with them that the rules forbid."""

OF_THE_PROJECT = ("symprior.tasks", "symprior.benchmark", "symprior.leaderboard")
"""Rooms of the project that hold simulators, evaluation and results."""

CALLS = {
    "exec": "runs text as code",
    "eval": "runs text as code",
    "__import__": "imports by text",
    "open": "reads files",
}


def problems(submission: Submission, against: Against) -> Iterator[str]:
    """A file that is no Python, has no such class, or holds what could be weights."""
    tree = _parsed(submission)
    if isinstance(tree, str):
        yield f"{AGENT}/{CODE} is no Python: {tree}"
        return
    if not any(isinstance(node, ast.ClassDef) and node.name == submission.name for node in tree.body):
        yield f"{AGENT}/{CODE} defines no class {submission.name}"
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    numbers = sum(isinstance(value, int | float | complex) and not isinstance(value, bool) for value in constants)
    if numbers > MOST_NUMBERS:
        yield f"{AGENT}/{CODE} holds {numbers:,} numbers, and {MOST_NUMBERS:,} are the most: a submission brings no weights"
    texts = (value for value in constants if isinstance(value, str | bytes) and len(value) > LONGEST_TEXT)
    if text := next(texts, None):
        yield f"{AGENT}/{CODE} holds a text of {len(text):,} characters, and {LONGEST_TEXT:,} are the most"


def remarks(submission: Submission, against: Against) -> Iterator[str]:
    """What the rules may forbid, by its line."""
    tree = _parsed(submission)
    if isinstance(tree, str):
        return
    for node in ast.walk(tree):
        for said in _about(node):
            yield f"{AGENT}/{CODE}, line {getattr(node, 'lineno', 0)}: {said}"


def _parsed(submission: Submission) -> ast.Module | str:
    """The code as a tree, or why it is none."""
    try:
        return ast.parse((submission.folder / AGENT / CODE).read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, RecursionError) as error:
        return str(error)


def _about(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (said for name in names if (said := _of_import(name.name)))
        case ast.ImportFrom(module=str(module), names=names):
            whole = {module, *(f"{module}.{name.name}" for name in names)} if module == "symprior" else {module}
            yield from (said for name in sorted(whole) if (said := _of_import(name)))
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield f"{name}() {CALLS[name]}"
        case ast.Constant(value=str(text)) if text in TASKS:
            yield f"{text!r} is a task's id, and an agent may not tell tasks apart"


def _of_import(module: str) -> str:
    if module.startswith(OF_THE_PROJECT) or module in ("symprior.make", "symprior.task", "symprior.results"):
        return f"{module} holds environments, evaluation or results, which an agent may not use"
    reason = LOOKED_AT.get(module.partition(".")[0])
    return f"{module} {reason}, which an agent may not do" if reason else ""
