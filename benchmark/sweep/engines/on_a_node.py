"""What one node of a cluster does with a stack: it carries it out as a single machine would, and says where records are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from symprior.benchmark.jobs.isolation.described import Known, remember
from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.run.provenance import release
from symprior.benchmark.sweep.engines.engine import Errors
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.limits import Limits
from symprior.benchmark.sweep.store import RecordStore
from symprior.symmetry.errors import SympriorError
from symprior.tasks import get_task


@dataclass(frozen=True)
class Errand:
    """A stack, with all that a node cannot know of itself.

    Attributes:
        stack: what is to be carried out.
        store: the records, in a folder of the machine that sends it.
        mark: a file in that folder; a node that sees it shares the folder.
        seconds: by the clock, that the stack may take.
        gibibytes: of memory that it may take; None: as usual on the node.
        place: the folder in which relative paths of users' files start.
        tasks: files of users whose tasks are asked for.
        agents: what is known of classes in users' files.
        release: of symprior; another one on a node would give other records.
    """

    stack: Stack
    store: RecordStore
    mark: Path
    seconds: float
    gibibytes: float | None
    place: Path
    tasks: Sequence[str]
    agents: Known
    release: str = field(default_factory=release)


@dataclass(frozen=True)
class Brought:
    """What a node brings back.

    Attributes:
        errors: of the runs of the stack.
        files: what belongs into the folder of records, by path; empty where the node shares the folder.
    """

    errors: Errors
    files: dict[str, bytes] = field(default_factory=dict)


def carry_out_here(errand: Errand, tell: Callable[[int], None]) -> Brought:
    """Carry a stack out on this node.

    Args:
        errand: which, and with what.
        tell: called with the environment steps done, whenever they are looked at.

    Raises:
        SympriorError: this node has another symprior, or lacks a user's file.
    """
    if release() != errand.release:
        raise SympriorError(f"This node has {release()}, but the sweep is of {errand.release}; install that here.")
    with suppress(OSError):
        os.chdir(errand.place)
    for name in errand.tasks:
        get_task(name)
    remember(errand.agents)
    if errand.mark.exists():
        return Brought(_errors(errand, errand.store, tell))
    with tempfile.TemporaryDirectory(prefix="symprior-records-") as folder:
        errors = _errors(errand, replace(errand.store, folder=Path(folder)), tell)
        return Brought(errors, _files_below(Path(folder)))


def _errors(errand: Errand, store: RecordStore, tell: Callable[[int], None]) -> Errors:
    if all(map(store.is_finished, errand.stack.runs)):  # its answer alone was lost
        return (None,) * len(errand.stack.runs)
    engine = LocalEngine(1, Limits.given(errand.seconds, errand.gibibytes))
    (ended,) = engine.carry_out([errand.stack], store, lambda done: tell(done[0]))
    return ended.errors


def _files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
