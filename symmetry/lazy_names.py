"""Names that a package offers and imports when they are asked for, so that importing the package itself stays light."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_names(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """A package's `__getattr__` (PEP 562).

    Args:
        package: its name.
        modules: for each name that it offers the module that holds it; `module:other` where it has another name there.
    """

    def found(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, other = modules[name].partition(":")
        return getattr(import_module(module), other or name)

    return found
