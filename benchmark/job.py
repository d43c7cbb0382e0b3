"""A job: everything that decides what a run computes, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from symprior.tasks.errors import SympriorError

STABLE_BASELINES3 = "stable-baselines3"


@dataclass(frozen=True)
class Job:
    """One agent on one task for one or several seeds.

    Attributes:
        suite, suite_version: whose record this becomes.
        task: a task's id.
        agent: a shipped agent's name, or `path/to/file.py:Name`.
        seeds: the runs; each becomes a record of its own.
        budget: environment steps of each run.
        learner: what carries the algorithm out.
        settings: hyperparameters that differ from the tuned ones, as sorted pairs.
        evaluate_every: environment steps between evaluations; None: the protocol's percentages.
        device: where torch computes.
    """

    suite: str
    suite_version: str
    task: str
    agent: str
    seeds: tuple[int, ...]
    budget: int
    learner: str = STABLE_BASELINES3
    settings: tuple[tuple[str, Any], ...] = ()
    evaluate_every: int | None = None
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.budget < 1:
            raise SympriorError(f"A budget is at least 1 environment step, not {self.budget}.")

    def split(self) -> list[Job]:
        """The same work as one job for each seed."""
        return [replace(self, seeds=(seed,)) for seed in self.seeds]

    def __str__(self) -> str:
        seeds = f"seed {self.seeds[0]}" if len(self.seeds) == 1 else f"{len(self.seeds)} seeds"
        return f"{self.agent} on {self.task}, {seeds}"


def parse_seeds(text: str) -> tuple[int, ...]:
    """Seeds from `4`, `0-9` or `0-4,7,9`.

    Raises:
        SympriorError: the text is no such list.
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise SympriorError(
                f"{text!r} is no list of seeds. Write a range such as 0-9, single seeds such as 4, or 0-4,7."
            )
        if dash and int(last) < int(first):
            raise SympriorError(f"The seed range {part.strip()!r} runs backwards; write {last}-{first}.")
        seeds += range(int(first), int(last or first) + 1)
    if len(set(seeds)) < len(seeds):
        raise SympriorError(f"The seeds {text!r} name one seed twice.")
    return tuple(seeds)
