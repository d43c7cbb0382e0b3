"""How far the runs of a stack came, kept outside their process: where that is ended, their records say it all the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from symprior.leaderboard.records.record import Checkpoint


@dataclass(frozen=True)
class Reached:
    """How far runs came.

    Attributes:
        curves: of each run.
        steps: environment steps of each.
    """

    curves: tuple[tuple[Checkpoint, ...], ...]
    steps: int


class CurvesOnTheWay:
    """The curves of a stack in one file, a line for each evaluation of a run.

    Args:
        path: the file.
        runs: how many are in the stack.
    """

    def __init__(self, path: Path, runs: int) -> None:
        self._path, self._kept = path, [0] * runs

    def keep(self, number: int, curve: Sequence[Checkpoint]) -> None:
        """Keep what is new in the curve of a run; a run that carries on has several points."""
        new, self._kept[number] = curve[self._kept[number] :], len(curve)
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps([number, point.model_dump(mode='json')])}\n" for point in new)

    def read(self, steps: int) -> Reached:
        """How far its runs came; a line that was cut short is left out.

        Args:
            steps: environment steps that each was seen to have done.
        """
        curves: list[list[Checkpoint]] = [[] for _ in self._kept]
        for line in self._lines():
            try:
                number, point = json.loads(line)
                curves[number].append(Checkpoint.model_validate(point))
            except (ValueError, ValidationError):
                break
        last = max((curve[-1].step for curve in curves if curve), default=0)
        return Reached(tuple(map(tuple, curves)), max(steps, last))

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(encoding="utf-8").splitlines()
        except OSError:
            return []
