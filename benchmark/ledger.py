"""Ledgers of tuning: every trial of an agent, and which was chosen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter

from symprior.benchmark.job import CPU
from symprior.tasks.errors import SympriorError
from symprior.tasks.files import write_text_atomically
from symprior.tasks.json_files import read_json

LEDGERS = Path(__file__).parent.parent / "agents" / "tuning"
"""One folder for each family of tasks (the agents' defaults) and for each suite with a search of its own.

In a family's folder, one for each of its other tasks on which the choice was run.
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
    devices: list[str] = [CPU]

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
