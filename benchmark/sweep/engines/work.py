"""What a worker of any engine does with a stack: carry its runs out, write their records, say how each ended."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symprior.benchmark.jobs.isolation.agent_process import Confines
from symprior.benchmark.jobs.job import Stack
from symprior.benchmark.sweep.engines.engine import Errors
from symprior.benchmark.sweep.engines.reached import Reached
from symprior.benchmark.sweep.store import RecordStore
from symprior.leaderboard.records.record import Checkpoint, RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks.custom.source_files import is_read

if TYPE_CHECKING:
    from symprior.benchmark.run.execution import Execution

LONGEST_SUMMARY = 300
PLACE = re.compile(r'^  File "(.+)", line (\d+)', re.MULTILINE)
"""Of a frame in a traceback."""


def work(
    stack: Stack,
    store: RecordStore,
    on_progress: Callable[[int], None],
    on_point: Callable[[int, Sequence[Checkpoint]], None] = lambda number, curve: None,
) -> Errors:
    """The last line of each run's error, or None.

    Args:
        stack: the runs.
        store: where their records go.
        on_progress: called with the environment steps, over all runs, since the last call.
        on_point: called behind each evaluation with the number of each run in the stack and its curve so far.
    """
    from symprior.benchmark.run.execution import Execution
    from symprior.benchmark.run.snapshots import Snapshots

    logs = [store.logs_of(run) for run in stack.runs]

    def pass_on(number: int, curve: Sequence[Checkpoint]) -> None:
        on_point(number, curve)
        for log in logs[number]:
            log.write(curve)

    snapshots = Snapshots(store.folder, stack, store.snapshots_every)
    confines, errors = _confines(stack, store), list[str | None]()
    execution = Execution(stack, on_progress, pass_on, confines, snapshots)
    for number, record in enumerate(execution.run()):
        trouble = summary(record.error) if record.error else _trouble_in_keeping(execution, number, record, store)
        store.write(record)
        errors.append(trouble)
    execution.close()
    snapshots.forget()
    return tuple(errors)


def _confines(stack: Stack, store: RecordStore) -> Confines:
    """A user's agent can read the records and not write them; what it prints lies beside its own."""
    folder = store.folder.absolute()
    return Confines(read_only=(folder,) if folder.is_dir() else (), output=store.output_of(stack).absolute())


def _trouble_in_keeping(execution: Execution, number: int, record: RunRecord, store: RecordStore) -> str | None:
    """Keep the policy of a finished run where that is asked for; a run is not lost over a policy that cannot be kept."""
    if not store.keeps_policies:
        return None
    try:
        arrays = execution.policy(number)
        if arrays is not None:
            store.write_policy(record, arrays)
    except SympriorError as error:
        return f"it finished, but its policy is not kept: {error}"
    except Exception:
        return f"it finished, but its policy is not kept: {summary(traceback.format_exc())}"
    return None


def give_up(stack: Stack, store: RecordStore, cause: str, seconds: float, reached: Reached | None = None) -> Errors:
    """Write a failed record for each run that has not finished, of a stack whose worker left no answer.

    Args:
        stack: the runs.
        store: where their records go.
        cause: why there is no answer, in words.
        seconds: how long it took until then.
        reached: how far the runs came; None: nobody knows.
    """
    from symprior.benchmark.run.execution import Execution

    errors: list[str | None] = []
    far = reached or Reached(((),) * len(stack.runs), 0)
    records = Execution(stack).given_up(cause, seconds, far.curves, far.steps)
    for run, record in zip(stack.runs, records, strict=True):
        try:
            is_finished = store.is_finished(run)
            if not is_finished:
                store.write(record)
            errors.append(None if is_finished else summary(cause))
        except SympriorError as error:
            errors.append(f"{summary(cause)}; {error}")
    return tuple(errors)


def summary(error: str) -> str:
    """One line of an error: of a traceback the exception, its message's first line, and where in a user's file it was."""
    lines = [line for line in error.strip().splitlines() if line]
    raised = [line for line in lines if line[0] not in " \t" and not line.startswith("Traceback")]
    text = raised[0] if raised else lines[-1]
    short = text if len(text) <= LONGEST_SUMMARY else f"{text[:LONGEST_SUMMARY]} …"
    places = [f" ({Path(path).name}, line {line})" for path, line in PLACE.findall(error) if is_read(path)]
    return short + (places[-1] if places else "")
