"""A registry that finds its entries: one file is one family of entries, no central list."""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Generic, TypeVar

from symprior.symmetry.errors import SympriorError, unknown_name

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Named entries of one kind, discovered in the modules of one package on first use, or in its packages alone.

    Entries of installed packages join them by entry points: the entry point's name is the entry's, and what it points at
    is loaded when it is asked for. A module that fails to import because an optional dependency is missing warns and is
    left out; two entries of one name raise.
    """

    def __init__(
        self, kind: str, package: str, entry_points: str | None = None, *, packages_only: bool = False
    ) -> None:
        self.kind = kind
        self._package, self._packages_only = package, packages_only
        self._group = entry_points
        self._waiting: dict[str, EntryPoint] = {}
        self._entries: dict[str, Entry] = {}
        self._origins: dict[str, str] = {}
        self._discovered = False

    def register(self, name: str, entry: Entry, origin: str) -> None:
        """Add an entry; `origin` is the module or file that it comes from.

        Raises:
            SympriorError: another entry already has the name.
        """
        if name in self._waiting or (name in self._entries and self._entries[name] is not entry):
            raise SympriorError(
                f"Two {self.kind}s are called {name!r}: one in {self._origins[name]}, one in {origin}. "
                "Rename one of them."
            )
        self._entries[name] = entry
        self._origins[name] = origin

    def __getitem__(self, name: str) -> Entry:
        self._discover()
        if name in self._waiting:
            self._load(name)
        if name not in self._entries:
            raise unknown_name(self.kind, name, self)
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        self._discover()
        return iter(sorted({*self._entries, *self._waiting}))

    def __contains__(self, name: object) -> bool:
        self._discover()
        return name in self._entries or name in self._waiting

    def origin(self, name: str) -> str:
        """Where an entry was declared."""
        self[name]
        return self._origins[name]

    def _discover(self) -> None:
        if self._discovered:
            return
        self._discovered = True  # already, for modules that ask for entries while they are imported
        try:
            self._import_all(importlib.import_module(self._package))
            for point in entry_points(group=self._group) if self._group else ():
                self._expect(point)
        except BaseException:
            self._discovered = False  # so that the next use fails too, instead of finding some of the entries
            raise

    def _expect(self, point: EntryPoint) -> None:
        origin = f"the installed package {point.dist.name}" if point.dist is not None else point.value
        if point.name in self:
            raise SympriorError(
                f"Two {self.kind}s are called {point.name!r}: one in {self._origins[point.name]}, one in {origin}. "
                "Uninstall one of them."
            )
        self._waiting[point.name], self._origins[point.name] = point, origin

    def _load(self, name: str) -> None:
        point = self._waiting[name]
        try:
            entry = point.load()
        except Exception as error:
            raise SympriorError(
                f"The {self.kind} {name!r} of {self._origins[name]} does not load: {type(error).__name__}: {error}."
            ) from error
        if getattr(entry, "id", None) != name:
            raise SympriorError(
                f"The {self.kind} {name!r} of {self._origins[name]} is {getattr(entry, 'id', type(entry).__name__)!r}: an "
                f"entry point has the name of the {self.kind} that it points at."
            )
        del self._waiting[name]
        self._entries[name] = entry

    def _import_all(self, package: ModuleType) -> None:
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if self._packages_only and not module.ispkg:
                continue
            imported = self._import(module.name)
            if module.ispkg and imported is not None and not self._packages_only:
                self._import_all(imported)

    def _import(self, module: str) -> ModuleType | None:
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in ("symprior", self._package.partition(".")[0]):
                raise  # a mistake of ours, no optional dependency
            warnings.warn(f"{module} is left out: {error}.", stacklevel=4)
            for name in [name for name, origin in self._origins.items() if origin == module]:
                del self._entries[name], self._origins[name]
            return None
