"""The engine that a user names, with what it may be told."""

from __future__ import annotations

from symprior.benchmark.sweep.devices import GpuNeed, memory_of_gpus
from symprior.benchmark.sweep.engines.engine import Engine
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.engines.ray import Needs, RayEngine
from symprior.benchmark.sweep.limits import Limits
from symprior.symmetry.errors import SympriorError, unknown_name

ENGINES = (LocalEngine.name, RayEngine.name)


def engine_named(
    name: str,
    workers: int,
    seconds: float | None,
    gibibytes: float | None,
    address: str | None,
    cpus: float | None,
    gpus: GpuNeed,
) -> Engine:
    """The engine.

    Args:
        name: one of `ENGINES`.
        workers: stacks side by side.
        seconds: by the clock, that a stack may take; None: by what its like took.
        gibibytes: of memory that it may take; None: as usual.
        address: of a cluster.
        cpus: cores of a node that a stack takes.
        gpus: what it takes of them.

    Raises:
        SympriorError: there is no such engine, it is not installed, or it takes no such option.
    """
    if name == RayEngine.name:
        part = gpus.part_of(memory_of_gpus() if gpus.gibibytes else [])
        return RayEngine(workers, Needs(1.0 if cpus is None else cpus, part, gibibytes, seconds), address)
    if name != LocalEngine.name:
        raise unknown_name("engine", name, ENGINES)
    if (address, cpus) != (None, None):
        raise SympriorError("--address and --cpus are for a cluster; give them with --engine ray.")
    return LocalEngine(workers, Limits.given(seconds, gibibytes), gpus)
