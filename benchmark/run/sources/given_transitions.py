"""The budget of an agent that learns from given transitions: portions of them, an evaluation before each."""

from __future__ import annotations

from collections.abc import Callable

from symprior.agents.agent.source import BudgetExhausted, GivesTransitions
from symprior.benchmark.run.protocol import EvaluationPoint
from symprior.benchmark.run.sources.metering import PATIENCE, EndlessLoop
from symprior.symmetry.errors import SympriorError
from symprior.tasks import Task
from symprior.tasks.task.transitions import Transitions


class GivenTransitions(GivesTransitions):
    """The transitions of one run under a budget.

    Args:
        task: whose data are given; another seed has others.
        seed: of the run.
        budget: transitions, one of the task's portions.
        points: the evaluations; one is due before each portion. The one of all that is given is left to the caller.
        on_point: called with the evaluation that is due.

    Raises:
        SympriorError: the task has no data, or the budget is no portion of them.
    """

    unit = "transitions"

    def __init__(
        self,
        task: Task,
        seed: int,
        budget: int,
        points: list[EvaluationPoint],
        on_point: Callable[[EvaluationPoint], None] = lambda point: None,
    ) -> None:
        if task.given is None:
            raise SympriorError(
                f"{task.id} gives no transitions: an agent that learns from given ones needs a task of the track planning."
            )
        task.given.check(task.id, budget)
        self._data, self._task, self._seed, self._on_point = task.given, task.id, seed, on_point
        self._due = [point for point in points if point.step < budget]
        self._portions = [portion for portion in task.given.portions if portion <= budget]
        self.used = self._refused = 0

    def more(self) -> Transitions:
        """All transitions that are given so far, after one portion more.

        Raises:
            BudgetExhausted: all portions were given.
        """
        if self.is_exhausted:
            self._refused += 1
            if self._refused > PATIENCE:
                raise EndlessLoop(
                    f"The agent asked {PATIENCE} times for more than its budget: let BudgetExhausted pass, or end `learn`."
                )
            raise BudgetExhausted(f"All {self.used:,} transitions of the budget are given.")
        if self._due:
            self._on_point(self._due.pop(0))
        self.used = self._portions.pop(0)
        return self._data.transitions(self._task, self._seed, self.used // self._data.steps)

    @property
    def is_exhausted(self) -> bool:
        """Whether the last portion was given."""
        return not self._portions

    @property
    def unmet(self) -> list[EvaluationPoint]:
        """The points before the budget that an agent left out by stopping early."""
        return list(self._due)

    def close(self) -> None:
        """Nothing is held."""
