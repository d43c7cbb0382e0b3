"""A run's curve while it is trained, for other programs: a CSV file beside its record, or TensorBoard's events."""

from __future__ import annotations

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import Any, ClassVar

from symprior.leaderboard.records.measurements import MEASURED, measurements
from symprior.leaderboard.records.record import Checkpoint
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.extras import install_command
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.task import References


class CurveLog(ABC):
    """Where the curve of one run is written.

    Args:
        record: the file of the run's record, beside which it is written.
        references: what scores are measured against; None where the task has none.

    Attributes:
        name: also of the extra that brings what writes it.
        needs: the module that writes it; None where nothing is needed.
    """

    name: ClassVar[str]
    needs: ClassVar[str | None] = None

    def __init__(self, record: Path, references: References | None) -> None:
        self._record, self._references = record, references

    @abstractmethod
    def write(self, curve: Sequence[Checkpoint]) -> None:
        """The curve so far; the last point is new."""


class CsvLog(CurveLog):
    """`seed-0000.csv`: a line for each evaluation, in the columns that `symprior.results` has."""

    name = "csv"

    def write(self, curve: Sequence[Checkpoint]) -> None:
        """Write the whole file anew, so that nobody reads half a line."""
        text = io.StringIO()
        table = csv.DictWriter(text, MEASURED, lineterminator="\n")
        table.writeheader()
        table.writerows(_row(measurements(point, self._references)) for point in curve)
        write_text_atomically(self._record.with_suffix(".csv"), text.getvalue())


class TensorBoardLog(CurveLog):
    """`seed-0000/`: TensorBoard's events, which `tensorboard --logdir runs` shows; a run begun anew replaces its own."""

    name = "tensorboard"
    needs = "torch.utils.tensorboard"
    _writer: Any = None

    def write(self, curve: Sequence[Checkpoint]) -> None:
        """Add the last point."""
        from torch.utils.tensorboard import SummaryWriter

        step = curve[-1].step
        if self._writer is None:
            self._writer = SummaryWriter(str(self._record.with_suffix("")), purge_step=step)
        for name, number in measurements(curve[-1], self._references).items():
            if name not in ("step", "episodes") and isfinite(number):
                self._writer.add_scalar(name, number, step)
        self._writer.flush()


LOGS: dict[str, type[CurveLog]] = {log.name: log for log in (CsvLog, TensorBoardLog)}


def check_logs(names: Sequence[str]) -> None:
    """Find out before anything is trained whether such logs can be written.

    Raises:
        SympriorError: what writes one of them is not installed.
    """
    for log in (LOGS[name] for name in names):
        try:
            import_module(log.needs or __name__)
        except ImportError as error:
            raise SympriorError(
                f"What writes curves for {log.name} is not installed. Install it with `{install_command(log.name)}`, or "
                f"leave --{log.name} out."
            ) from error


def _row(measured: dict[str, float]) -> dict[str, float | str]:
    """A line of the file, where what was not measured is empty."""
    return {name: number if isfinite(number) else "" for name, number in measured.items()}
