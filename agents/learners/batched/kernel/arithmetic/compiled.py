"""Compiling with numba: once for each version of the kernel, kept in a folder that every process finds again."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numba
from llvmlite import ir
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name
from numba.core import base
from numba.core import config as typed_config
from numba.core.typing.context import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

config: Any = typed_config

F = TypeVar("F", bound=Callable[..., Any])

Typing: TypeAlias = BaseContext
Target: TypeAlias = base.BaseContext
Builder: TypeAlias = ir.IRBuilder
Value: TypeAlias = ir.Value
Values: TypeAlias = Sequence[ir.Value]

Coded: TypeAlias = tuple[Signature, Callable[[Target, Builder, Signature, Values], Value]]
"""What a function in LLVM's language returns: its signature, and what writes its code."""

Intrinsic: TypeAlias = Callable[..., Any]
"""Such a function as other compiled functions call it."""

KERNEL = Path(__file__).parents[1]


@cache
def folder() -> Path:
    """Where machine code of this version of the kernel lies.

    numba itself looks at a function's own file to tell whether its code is still good, not at the files of what it calls; so
    the name of the folder stands for all of them, and for the processor: a home may be shared between machines.
    """
    name, features = config.CPU_NAME or get_host_cpu_name(), config.CPU_FEATURES or get_host_cpu_features().flatten()
    processor = f"{numba.__version__} {name} {features}"
    sources = hashlib.sha256(processor.encode())
    for path in sorted(KERNEL.rglob("*.py")):
        sources.update(path.name.encode() + path.read_bytes())
    base = config.CACHE_DIR or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    place = Path("symprior") / f"kernel-{sources.hexdigest()[:16]}"
    for candidate in (Path(base) / place, Path(tempfile.gettempdir()) / place):
        try:
            candidate.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(candidate, os.W_OK):
            return candidate
    raise OSError(
        f"Neither {base} nor {tempfile.gettempdir()} can be written to, but compiled code must be kept somewhere."
    )


def compiled(function: F) -> F:
    """The function compiled when it is first called, or its machine code from the folder.

    Divisions by zero give what the processor says. Sums keep their order and nothing is contracted, so that every processor
    gives the same bits.
    """
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder())
    try:
        made: F = numba.njit(cache=True, error_model="numpy")(function)  # type: ignore[assignment]
    finally:
        config.CACHE_DIR = before
    return made


def inlined(function: F) -> F:
    """A part of compiled functions, never called from outside."""
    made: F = numba.njit(error_model="numpy")(function)  # type: ignore[assignment]
    return made


def in_llvm(function: Callable[..., Coded]) -> Intrinsic:
    """A part of compiled functions that writes its code itself, in LLVM's intermediate language."""
    made: Intrinsic = intrinsic(function)
    return made
