"""Ledgers of tuning: every trial of an agent, and which was chosen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter

from symprior.symmetry.errors import SympriorError
from symprior.tasks.files.atomic import write_text_atomically
from symprior.tasks.files.json_files import read_json

LEDGERS = Path(__file__).parent / "tuning"
"""One folder for each family of tasks (the agents' defaults) and for each suite with a search of its own.

In a family's folder, one for each of its tasks on which the plain agent was searched for more, or run for a budget.
"""


class Trial(BaseModel):
    """One configuration of one agent: its score on every tuning seed, and its times to threshold in environment steps."""

    model_config = ConfigDict(frozen=True)

    settings: dict[str, float]
    data_efficiency: list[float]
    steps_to_threshold: list[float]
    censored: int

    @property
    def score(self) -> float:
        """The mean data efficiency."""
        return float(np.mean(self.data_efficiency))

    @property
    def runs(self) -> int:
        """How many seeds it was run on."""
        return len(self.data_efficiency)


class Ledger(BaseModel):
    """Every trial of one agent on one task, and which was chosen.

    Attributes:
        scope: a family of tasks, a suite or a task.
        devices: where the trials were computed, as their records name it; several, if the search was resumed elsewhere.
        seeds: those of every trial.
        finals: further ones, of the finalists alone, which follow them there; the choice is among these trials.
        decided_by: the ledger, FAMILY/TASK/AGENT, of a larger search that made the choice; None if its own trials did.
    """

    model_config = ConfigDict(frozen=True)

    agent: str
    scope: str
    task: str
    learner: str
    budget: int
    seeds: list[int]
    trials: list[Trial]
    chosen: dict[str, float]
    finals: list[int] = []
    devices: list[str] = ["cpu"]
    decided_by: str | None = None

    @property
    def best(self) -> Trial:
        """The trial that was chosen."""
        found = self.at(self.chosen)
        assert found is not None
        return found

    @property
    def is_too_short(self) -> bool:
        """Whether more than half of the chosen trial's runs never reached the threshold, which leaves a budget open."""
        return 2 * self.best.censored > self.best.runs

    def outweighs(self, other: Ledger) -> bool:
        """Whether it is a larger search of the same on the same task, on no fewer seeds.

        Either its trials have more steps, or as many, and there are more of them: more configurations or more seeds, and not
        fewer of the other.
        """
        is_alike = (self.agent, self.task, self.learner) == (other.agent, other.task, other.learner)
        more_trials, more_seeds = len(self.trials) - len(other.trials), len(self.seeds) - len(other.seeds)
        if not is_alike or more_seeds < 0 or len(self.trials) < 2:
            return False
        is_wider = more_trials >= 0 and more_trials + more_seeds > 0
        return self.budget > other.budget or (self.budget == other.budget and is_wider)

    def leading(self, number: int) -> tuple[dict[str, float], ...]:
        """The settings of the best trials, the best first."""
        ranked = sorted(self.trials, key=lambda trial: -trial.score)
        return tuple(trial.settings for trial in ranked[:number])

    def at(self, settings: dict[str, float]) -> Trial | None:
        """The trial of a configuration; None where it was not tried."""
        return next((trial for trial in self.trials if trial.settings == settings), None)


_LEDGER = TypeAdapter(Ledger)


def of_agent(agent: str, folder: Path = LEDGERS) -> list[Ledger]:
    """Every ledger of an agent, by scope."""
    return [load(path.parent.name, agent, folder) for path in sorted(folder.glob(f"*/{agent}.json"))]


def every(folder: Path = LEDGERS) -> list[Ledger]:
    """The ledgers of all agents, by scope and agent."""
    return [load(path.parent.name, path.stem, folder) for path in sorted(folder.glob("*/*.json"))]


def write(ledger: Ledger, folder: Path = LEDGERS) -> Path:
    """Keep a ledger; settings follow it from now on."""
    path = folder / ledger.scope / f"{ledger.agent}.json"
    data = ledger.model_dump(exclude_defaults=True)
    trials = ",\n  ".join(json.dumps(trial) for trial in data.pop("trials"))
    head = json.dumps(data, indent=1).removesuffix("\n}")
    write_text_atomically(path, f'{head},\n "trials": [\n  {trials}\n ]\n}}\n')
    return path


def keep_search(ledgers: Sequence[Ledger], folder: Path = LEDGERS) -> list[tuple[Ledger, Path]]:
    """Keep what a search found, and say what is kept where; settings follow it from now on.

    A plain agent may have more effort than a prior, never less: where a larger search of it is kept, this one's trials stand
    beside those of the priors, and the larger one decides.

    Raises:
        SympriorError: a larger search chose what this one did not try. Nothing is written then.
    """
    kept = [each for ledger in ledgers for each in _settled(ledger, folder)]
    return [(ledger, write(ledger, place)) for ledger, place in kept]


def _settled(ledger: Ledger, folder: Path) -> list[tuple[Ledger, Path]]:
    larger = None if "+" in ledger.agent else larger_search(ledger, folder)
    if larger is None:
        return [(ledger, folder)]
    if ledger.at(larger.chosen) is None:
        raise SympriorError(
            f"A search of {ledger.agent} on {ledger.task} over {larger.budget:,} steps is kept, which chose "
            f"{larger.chosen}. Try that here, too: finished trials are not run again."
        )
    decided_by = f"{ledger.scope}/{larger.task}/{larger.agent}"
    changed = {"chosen": larger.chosen, "decided_by": decided_by}
    return [
        (larger.model_copy(update={"scope": larger.task}), folder / ledger.scope),
        (ledger.model_copy(update=changed), folder),
    ]


def decider(ledger: Ledger, folder: Path = LEDGERS) -> Ledger | None:
    """The larger search that decided what a ledger's agent has; None where its own trials did."""
    return load(ledger.task, ledger.agent, folder / ledger.scope) if ledger.decided_by else None


def larger_search(ledger: Ledger, folder: Path = LEDGERS) -> Ledger | None:
    """The largest kept search that outweighs a ledger: its family's, or that of the task alone."""
    places = (ledger.scope, folder), (ledger.task, folder / ledger.scope)
    kept = [load(scope, ledger.agent, place) for scope, place in places if is_tuned(scope, ledger.agent, place)]
    return max((each for each in kept if each.outweighs(ledger)), key=_size, default=None)


def _size(ledger: Ledger) -> tuple[int, int]:
    return ledger.budget, len(ledger.trials) * len(ledger.seeds)


def is_tuned(scope: str, agent: str, folder: Path = LEDGERS) -> bool:
    """Whether there is a ledger."""
    return (folder / scope / f"{agent}.json").is_file()


def load(scope: str, agent: str, folder: Path = LEDGERS) -> Ledger:
    """The ledger of an agent.

    Raises:
        SympriorError: it was never tuned, or the file is damaged.
    """
    path = folder / scope / f"{agent}.json"
    if not path.is_file():
        raise SympriorError(f"{agent} was never tuned for {scope!r}. Do it with `symprior tune`.")
    return read_json(path, _LEDGER, "Restore it, or tune again and --save.")
