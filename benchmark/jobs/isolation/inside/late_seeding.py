"""torch's generators where an agent imports torch late, inside a method: they start from the run's seed all the same."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class SeedsTorch(MetaPathFinder):
    """Finds torch as everybody does, and seeds it once it is loaded.

    Args:
        seed: of its generators.
    """

    def __init__(self, seed: int) -> None:
        self._seed, self._is_asked = seed, False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of torch, with a loader that seeds it; None for everything else."""
        if fullname != "torch" or self._is_asked:
            return None
        self._is_asked = True
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Seeding(spec.loader, self._seed)
        return spec


class _Seeding(Loader):
    def __init__(self, loader: Loader, seed: int) -> None:
        self._loader, self._seed = loader, seed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        module.manual_seed(self._seed)


def seed_torch_when_it_comes(seed: int) -> None:
    """Seed torch, unless it is there already, when it is imported."""
    if "torch" not in sys.modules:
        sys.meta_path.insert(0, SeedsTorch(seed))
