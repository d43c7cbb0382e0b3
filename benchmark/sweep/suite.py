"""Suites: frozen lists of tasks, agents and seeds with a version; one TOML file each in `suites/`."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from symprior.agents.learners.learner import TORCH, reference_learner
from symprior.agents.ledgers.ledger import is_tuned, load
from symprior.benchmark.jobs.job import Job, parse_seeds
from symprior.benchmark.sweep.search_space import Fixed, Rates
from symprior.symmetry.errors import SympriorError, unknown_name
from symprior.tasks import get_task

Setting = float | int | bool | list[int]


class Search(BaseModel):
    """How a suite that does not use the agents' own tuned settings finds its own (`symprior tune --suite`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    learning_rates: list[float] = Field(min_length=1)
    seeds: str
    budget: int = Field(ge=1)
    grows: bool = Field(default=False, description="whether what is tried grows where a best value lies on its edge")

    @property
    def space(self) -> Fixed:
        """What is tried."""
        space = Rates.of(self.learning_rates)
        return space if self.grows else Fixed(space.configurations)


class Suite(BaseModel):
    """What is run together and may be compared. Changing anything that moves a number takes a new version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    description: str
    tasks: list[str] = Field(min_length=1)
    agents: list[str] = Field(min_length=1)
    seeds: str
    learner: str = Field(default_factory=reference_learner)
    kernel: str = Field(default=TORCH, description="what the learner computes updates with")
    portable: bool = Field(default=False, description="whether libraries keep to what every processor with AVX2 has")
    evaluate_every: int | None = Field(default=None, ge=1)
    budgets: dict[str, int] = {}
    shared: dict[str, Setting] = Field(default={}, description="settings of every agent")
    settings: dict[str, dict[str, Setting]] = Field(default={}, description="settings of single agents")
    crossing: float | None = Field(
        default=None, description="a raw return; the board tells where the median over seeds crosses it"
    )
    search: Search | None = Field(default=None, description="of a suite with one task")
    tuned_as: str | None = Field(default=None, description="another suite, whose search chose the settings")

    @property
    def suite_id(self) -> str:
        """The name with the version, as records have it: `quick-2`."""
        return f"{self.name}-{self.version}"

    @model_validator(mode="after")
    def _searches_on_one_task(self) -> Suite:
        if self.search and len(self.tasks) > 1:
            raise ValueError("a suite with a search of its own has one task")
        return self

    def jobs(self) -> list[Job]:
        """Every task × agent, task by task, all seeds of a cell in one job."""
        return [
            Job(
                suite=self.name,
                suite_version=self.version,
                task=task,
                agent=agent,
                seeds=parse_seeds(self.seeds),
                budget=self.budgets[task] if task in self.budgets else get_task(task).budget,
                learner=self.learner,
                settings=self.settings_of(agent),
                ledger=f"{scope}/{agent}" if (scope := self._ledger(agent, "")) else None,
                evaluate_every=self.evaluate_every,
                kernel=self.kernel,
                portable=self.portable,
            )
            for task in self.tasks
            for agent in self.agents
        ]

    def baselines(self) -> dict[str, str]:
        """For `algorithm/family` the plain arm that the gain is against: the one that was better on tuning seeds."""
        found = {}
        for family in {get_task(task).family for task in self.tasks}:
            for agent in self.agents:
                arms = [arm for arm in (agent, f"{agent}+wide") if arm in self.agents and self._ledger(arm, family)]
                if "+" not in agent and arms:
                    best = max(arms, key=lambda arm: load(self._ledger(arm, family), arm).best.score)
                    found[f"{agent}/{family}"] = best
        return found

    def _ledger(self, agent: str, family: str) -> str:
        """The scope of the ledger that decided an agent's settings in this suite; empty where there is none."""
        scopes = (self.tuned_as or self.name, family)
        return next((scope for scope in scopes if is_tuned(scope, agent)), "")

    def settings_of(self, agent: str) -> tuple[tuple[str, object], ...]:
        """What the suite sets for an agent: shared, its own, and what the suite's search chose."""
        scope = self._ledger(agent, "")
        chosen = load(scope, agent).chosen if scope else {}
        values = {**self.shared, **self.settings.get(agent, {}), **chosen}
        return tuple(sorted((key, _frozen(value)) for key, value in values.items()))


def _frozen(value: Setting) -> object:
    return tuple(value) if isinstance(value, list) else value


def suite_names() -> list[str]:
    """Every suite."""
    folder = resources.files("symprior.benchmark.sweep") / "suites"
    return sorted(Path(file.name).stem for file in folder.iterdir() if file.name.endswith(".toml"))


def get_suite(name: str) -> Suite:
    """The suite of that name.

    Raises:
        SympriorError: no such suite, or its file is not valid.
    """
    if name not in suite_names():
        raise unknown_name("suite", name, suite_names())
    file = resources.files("symprior.benchmark.sweep") / "suites" / f"{name}.toml"
    try:
        return Suite(**tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise SympriorError(f"The suite {name!r} is not valid: {error}") from error
