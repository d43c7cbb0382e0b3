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
        budget: transitions; those sizes of the task's data are given that fit.
        on_point: called before more is given, with the evaluation that is due; the one of all that is given is left to the
            caller.

    Raises:
        SympriorError: the task has no data, or not the smallest size fits into the budget.
    """

    unit = "transitions"

    def __init__(
        self, task: Task, seed: int, budget: int, on_point: Callable[[EvaluationPoint], None] = lambda point: None
    ) -> None:
        if task.given is None:
            raise SympriorError(
                f"{task.id} gives no transitions: an agent that learns from given ones needs a task of the track planning."
            )
        self._data, self._task, self._seed, self._on_point = task.given, task.id, seed, on_point
        self._sizes = [size for size in task.given.sizes if size * task.given.steps <= budget]
        if not self._sizes:
            least = task.given.sizes[0] * task.given.steps
            raise SympriorError(
                f"A budget of {budget:,} transitions is less than the smallest data set of {task.id}, {least:,}."
            )
        self.used = self._portions = self._refused = 0

    def more(self) -> Transitions:
        """All transitions that are given so far, after one size more.

        Raises:
            BudgetExhausted: all sizes were given.
        """
        if self.is_exhausted:
            self._refused += 1
            if self._refused > PATIENCE:
                raise EndlessLoop(
                    f"The agent asked {PATIENCE} times for more than its budget: let BudgetExhausted pass, or end `learn`."
                )
            raise BudgetExhausted(f"All {self.used:,} transitions of the budget are given.")
        self._on_point(EvaluationPoint(self._portions, self.used))
        episodes = self._sizes[self._portions]
        self._portions, self.used = self._portions + 1, episodes * self._data.steps
        return self._data.transitions(self._task, self._seed, episodes)

    @property
    def is_exhausted(self) -> bool:
        """Whether the largest size was given."""
        return self._portions == len(self._sizes)

    def close(self) -> None:
        """Nothing is held."""
