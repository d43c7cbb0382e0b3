"""The engine of a cluster: Ray gives each stack to a node that has room for it, and to another where that one is lost."""

from __future__ import annotations

import logging
import os
import socket
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from symprior.benchmark.jobs.isolation.described import known
from symprior.benchmark.jobs.job import CPU, Stack
from symprior.benchmark.sweep.devices import GpuNeed
from symprior.benchmark.sweep.engines.engine import Ended, Engine, Errors, Report
from symprior.benchmark.sweep.engines.on_a_node import Brought, Errand, carry_out_here
from symprior.benchmark.sweep.engines.uninterrupted import uninterrupted
from symprior.benchmark.sweep.engines.work import give_up
from symprior.benchmark.sweep.estimate import Estimate
from symprior.benchmark.sweep.limits import Limits
from symprior.benchmark.sweep.store import RecordStore
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.extras import install_command, is_installed
from symprior.tasks.files.atomic import write_bytes_atomically
from symprior.tasks.lookup import custom_files

POLL_SECONDS = 0.2
SECONDS_BETWEEN_LOOKS = 10.0
"""At whether some node still has room for what is out."""
SECONDS_TO_LEAVE = 10.0
"""For stacks that are stopped: until then they remove what they left on their node."""
MOST_RETRIES = 10
"""Of a stack whose node, or whose process of Ray, was lost."""
SECONDS_TO_ANSWER = 10.0
"""For a cluster that is asked for; Ray itself would try for minutes."""


@dataclass(frozen=True)
class Needs:
    """What a stack takes of a node.

    Attributes:
        cpus: cores.
        gpus: parts of a GPU; None: a whole one for runs on cuda, and none for others.
        gibibytes: of memory, which is its limit too; None: nothing is reserved, and the limit is as usual on the node.
        seconds: by the clock, that it may take; None: by what its like took.

    Raises:
        SympriorError: there is no such part of a GPU.
    """

    cpus: float = 1.0
    gpus: float | None = None
    gibibytes: float | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        GpuNeed(self.gpus)

    def of(self, stack: Stack) -> dict[str, float]:
        """By the names that Ray has for them.

        Raises:
            SympriorError: the stack names a GPU by its number.
        """
        device = stack.job.device
        if device not in (CPU, "cuda"):
            raise SympriorError(
                f"Ray chooses the GPU of each run, so {device} cannot be asked for; give --device cuda."
            )
        gpus = float(device != CPU) if self.gpus is None else self.gpus
        memory = {} if self.gibibytes is None else {"memory": self.gibibytes * 2**30}
        return {"CPU": self.cpus, "GPU": gpus, **memory}


@dataclass
class RayEngine(Engine):
    """A Ray cluster: an existing one, or one that is started on this machine for as long as it is needed.

    Attributes:
        workers: how many stacks it is given at a time.
        needs: what each stack takes.
        address: of the cluster; None: one is started here.

    Raises:
        SympriorError: Ray is not installed.
    """

    workers: int = 2
    needs: Needs = Needs()
    address: str | None = None
    name = "ray"

    def __post_init__(self) -> None:
        if not is_installed("ray"):
            raise SympriorError(f"The engine ray needs Ray. Install it with: {install_command('ray')}")

    def carry_out(self, stacks: Sequence[Stack], store: RecordStore, report: Report) -> Iterator[Ended]:
        """Each stack as it ends.

        Raises:
            SympriorError: no cluster answers at the address, or none of its nodes has room for a stack.
        """
        store = replace(store, folder=store.folder.absolute())
        with _connected(self.address), _mark_in(store.folder) as mark:
            fleet = _Fleet(stacks, store, self.needs, mark)
            try:
                while fleet.has_work:
                    fleet.fill(self.workers)
                    yield from fleet.over()
                    report(fleet.steps())
            finally:
                with uninterrupted():
                    fleet.end()


class _Fleet:
    """The stacks of one call: those that wait, and those that the cluster has.

    Args:
        stacks: all of them.
        store: where records go.
        needs: of each.
        mark: a file in the folder of records.
    """

    def __init__(self, stacks: Sequence[Stack], store: RecordStore, needs: Needs, mark: Path) -> None:
        import ray

        self._ray, self._store, self._needs, self._mark = ray, store, needs, mark
        self._waiting, self._out = deque(enumerate(stacks)), dict[Any, _Out]()
        self._estimate, self._looked = Estimate(store), time.monotonic()
        here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
            ray.get_runtime_context().get_node_id(), soft=False
        )
        self._heard = ray.remote(_Heard).options(num_cpus=0, scheduling_strategy=here).remote(len(stacks))

    @property
    def has_work(self) -> bool:
        """Whether anything waits or runs."""
        return bool(self._waiting or self._out)

    def steps(self) -> list[int]:
        """Environment steps of each stack."""
        told: list[int] = self._ray.get(self._heard.told.remote())
        return told

    def fill(self, workers: int) -> None:
        """Give the cluster what waits, as far as it may have more."""
        while self._waiting and len(self._out) < workers:
            number, stack = self._waiting.popleft()
            needs = self._needs.of(stack)
            self._check_room(needs)
            task = self._ray.remote(_on_node).options(
                num_cpus=needs["CPU"],
                num_gpus=needs["GPU"],
                memory=int(needs["memory"]) if "memory" in needs else None,
                max_retries=MOST_RETRIES,
            )
            self._out[task.remote(number, self._errand(stack), self._heard)] = _Out(stack, needs, time.monotonic())

    def over(self) -> Iterator[Ended]:
        """Wait a little; what has ended by then."""
        for reference in self._ray.wait(list(self._out), timeout=POLL_SECONDS)[0]:
            out = self._out.pop(reference)
            yield Ended(out.stack, self._errors(reference, out))
        if time.monotonic() - self._looked > SECONDS_BETWEEN_LOOKS:
            self._looked = time.monotonic()
            for out in self._out.values():
                self._check_room(out.needs)

    def end(self) -> None:
        """End all that still runs."""
        for is_forced in (False, True):
            for reference in self._out:
                with suppress(self._ray.exceptions.RayError):
                    self._ray.cancel(reference, force=is_forced)
            if self._out:
                self._ray.wait(list(self._out), num_returns=len(self._out), timeout=SECONDS_TO_LEAVE)

    def _errand(self, stack: Stack) -> Errand:
        seconds = Limits(self._needs.seconds).seconds_of(stack, self._estimate)
        return Errand(
            stack, self._store, self._mark, seconds, self._needs.gibibytes, Path.cwd(), custom_files(), known()
        )

    def _errors(self, reference: Any, out: _Out) -> Errors:
        """The errors of the runs of a stack that is over; where there is no answer, its runs have failed records."""
        errors = self._ray.exceptions
        try:
            brought: Brought = self._ray.get(reference)
        except errors.RayTaskError as error:
            cause = f"no node could carry it out: {error.cause}"
        except errors.RayError as error:
            cause = f"it was lost with its node {MOST_RETRIES + 1} times ({type(error).__name__})"
        else:
            return _kept(brought, self._store)
        return give_up(out.stack, self._store, cause, time.monotonic() - out.since)

    def _check_room(self, needs: dict[str, float]) -> None:
        """Ray would wait for ever for what no node has.

        Raises:
            SympriorError: no node has so much.
        """
        alive = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        if not any(all(has.get(name, 0) >= amount for name, amount in needs.items()) for has in alive):
            asked = f"{needs['CPU']:g} CPUs, {needs['GPU']:g} GPUs and {needs.get('memory', 0) / 2**30:.3g} GiB"
            raise SympriorError(
                f"No node of the Ray cluster has {asked} of memory. Ask for less with --cpus, --gpus and --memory-limit, or "
                "add such a node; the same command carries on."
            )


@dataclass(frozen=True)
class _Out:
    """A stack that the cluster has, what it takes, and since when."""

    stack: Stack
    needs: dict[str, float]
    since: float


class _Heard:
    """How far stacks are, as their nodes say; it lives on the node of whoever asks."""

    def __init__(self, stacks: int) -> None:
        self._steps = [0] * stacks

    def hear(self, number: int, steps: int) -> None:
        """So many environment steps of this stack are done."""
        self._steps[number] = steps

    def told(self) -> list[int]:
        """The environment steps of each stack."""
        return self._steps


def _on_node(number: int, errand: Errand, heard: Any) -> Brought:
    return carry_out_here(errand, lambda steps: heard.hear.remote(number, steps))


def _kept(brought: Brought, store: RecordStore) -> Errors:
    """The errors of a stack, once what its node sent back is where it belongs: records last."""
    try:
        for name, content in sorted(brought.files.items(), key=lambda file: file[0].endswith(".json")):
            if name.endswith(".json"):
                store.write(RunRecord.model_validate_json(content))
            else:
                write_bytes_atomically(store.folder / name, content)
    except SympriorError as error:
        return tuple(each or str(error) for each in brought.errors)
    return brought.errors


@contextmanager
def _mark_in(folder: Path) -> Iterator[Path]:
    """A file with a name that no other folder has."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".shared-") as mark:
        yield Path(mark.name)


@contextmanager
def _connected(address: str | None) -> Iterator[None]:
    """A connection to a cluster; one that is started here ends with it."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else Ray tells its makers
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else it warns of what will be so
    os.environ.setdefault("RAY_worker_niceness", "0")  # else workers wait for whatever else the machine does
    import ray

    _check_answers(address)
    own = {"include_dashboard": False} if address is None else {}
    try:
        ray.init(address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
    except (ConnectionError, ValueError, RuntimeError) as error:
        where = "A Ray cluster cannot be started here" if address is None else f"No Ray cluster answers at {address}"
        raise SympriorError(f"{where}: {str(error).strip().splitlines()[0]}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_answers(address: str | None) -> None:
    """Find out at once whether somebody listens.

    Raises:
        SympriorError: nobody does, or this is no address.
    """
    if address in (None, "auto"):
        return
    if "://" in str(address):
        raise SympriorError(
            f"{address} is an address of Ray's client, over which this engine does not work. Start symprior on a node of "
            "the cluster, and write HOST:PORT, or auto."
        )
    host, _, port = str(address).rpartition(":")
    if not (host and port.isascii() and port.isdecimal()):
        raise SympriorError(f"{address!r} is no address of a Ray cluster; write HOST:PORT, or auto.")
    try:
        socket.create_connection((host, int(port)), SECONDS_TO_ANSWER).close()
    except (OSError, OverflowError, UnicodeError) as error:
        raise SympriorError(f"No Ray cluster answers at {address}: {error}.") from error
