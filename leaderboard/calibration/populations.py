"""Populations: agents on one task or several, with many more published runs than a board has seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from symprior.leaderboard.comparison.cells import Cell
from symprior.leaderboard.comparison.places import cell_of
from symprior.leaderboard.records.learners import BATCHED
from symprior.leaderboard.records.places import Place, by_place
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.resamples.aggregates import family_weights
from symprior.leaderboard.statistics.resamples.resampling import Floats
from symprior.leaderboard.statistics.runs.lost_data import lost_data, lost_in_reaching
from symprior.symmetry.errors import SympriorError

DISASTER = 5.0
"""A run that loses more than so many times the median is one."""
RARE = 0.2


@dataclass(frozen=True)
class Arm:
    """The runs of one agent on one task.

    Attributes:
        steps: of the evaluations, `[points]`.
        scores: normalised, `[runs, points]`.
        efficiency: clipped data efficiencies, `[runs]`.
        failed: whether each run never reached the threshold, `[runs]`.
        threshold: normalised.
        budget: environment steps.
    """

    steps: Floats
    scores: Floats
    efficiency: Floats
    failed: Floats
    threshold: float
    budget: int

    @classmethod
    def of(cls, cell: Cell) -> Arm:
        """The arm of a cell."""
        references = cell.task.references
        steps, scores = cell.curves
        threshold = references.normalise(references.threshold)
        efficiency, failed = cell.values("efficiency_clipped"), cell.values("censored")
        return cls(steps, scores, efficiency, failed, threshold, cell.budget)

    @cached_property
    def lost(self) -> Floats:
        """Lost data of each run, `[runs]`."""
        return lost_data(self.steps, self.scores, self.threshold, self.budget)

    @cached_property
    def lost_in_reaching(self) -> Floats:
        """The same of the running attainment, `[runs]`."""
        return lost_in_reaching(self.steps, self.scores, self.threshold, self.budget)

    @property
    def has_rare_disasters(self) -> bool:
        """Whether a few runs lose many times what others do, so that most draws of ten hold none of them."""
        share = float(np.mean(self.lost > DISASTER * np.median(self.lost)))
        return 0 < share < RARE

    def compressed(self, times: float) -> Arm:
        """The same runs so many times as fast, prior(t) = plain(times · t); the last value is held."""
        return Arm(self.steps / times, self.scores, self.efficiency, self.failed, self.threshold, self.budget)

    def within(self, budget: float) -> Arm:
        """The same runs until a shorter budget."""
        inside = self.steps < budget
        ends = np.array([np.interp(budget, self.steps, scores) for scores in self.scores])
        steps = np.append(self.steps[inside], budget)
        scores = np.column_stack([self.scores[:, inside], ends])
        return Arm(steps, scores, self.efficiency, self.failed, self.threshold, round(budget))


@dataclass(frozen=True)
class Population:
    """An agent and its plain arm on tasks.

    Attributes:
        name: suite, tasks and agents in words.
        pairs: for each task the agent's arm and the plain one.
        weights: of the tasks in a headline.
    """

    name: str
    pairs: tuple[tuple[Arm, Arm], ...]
    weights: tuple[float, ...]

    @property
    def runs(self) -> int:
        """The fewest of an arm."""
        return min(len(arm.efficiency) for pair in self.pairs for arm in pair)

    @property
    def has_rare_disasters(self) -> bool:
        """Whether the agent has, on any of the tasks."""
        return any(prior.has_rare_disasters for prior, _ in self.pairs)

    @property
    def equal_priors(self) -> Population:
        """The agent against itself."""
        return Population(self.name, tuple((prior, prior) for prior, _ in self.pairs), self.weights)


@dataclass(frozen=True)
class Source:
    """Where a population lies: for each suite its tasks, with the learner and the agents."""

    name: str
    tasks: Mapping[str, Sequence[str]]
    plain: str
    prior: str
    learner: str = BATCHED


CARTPOLE, CATCH = ("cartpole-v1",), ("grid-catch-vector-v1",)
_WIND = [f"cartpole-wind-v1@eps={value}" for value in ("0", "0.02", "0.1", "0.25", "0.5")]
_DRIFT = [f"grid-catch-drift-v1@eps={value}" for value in ("0", "0.04", "0.2", "0.4", "0.75")]

ONE_TASK: tuple[Source, ...] = (
    Source("PPO on the paper's CartPole, homomorphic", {"paper-cartpole-2": CARTPOLE}, "ppo", "ppo+homomorphic"),
    Source("PPO on the paper's CartPole, dense bases", {"paper-cartpole-2": CARTPOLE}, "ppo", "ppo+dense-basis"),
    Source("PPO on CartPole, homomorphic", {"equivalence-1": CARTPOLE}, "ppo", "ppo+homomorphic"),
    Source("A2C on CartPole, homomorphic", {"equivalence-1": CARTPOLE}, "a2c", "a2c+homomorphic"),
    Source("PPO on catch, homomorphic", {"equivalence-2": CATCH}, "ppo", "ppo+homomorphic"),
    Source("PPO on CartPole, fold", {"priors-2": CARTPOLE}, "ppo", "ppo+fold"),
    Source("A2C on catch, homomorphic", {"equivalence-2": CATCH}, "a2c", "a2c+homomorphic"),
)
TWO_TASKS: tuple[Source, ...] = (
    Source(
        "PPO on CartPole and catch, homomorphic",
        {"equivalence-1": CARTPOLE, "equivalence-2": CATCH},
        "ppo",
        "ppo+homomorphic",
    ),
    Source("PPO on CartPole and catch, average", {"priors-2": (*CARTPOLE, *CATCH)}, "ppo", "ppo+average"),
    Source("PPO on CartPole and catch, augment", {"priors-2": (*CARTPOLE, *CATCH)}, "ppo", "ppo+augment"),
)
TEN_TASKS: tuple[Source, ...] = tuple(
    Source(f"PPO on ten dials, {prior}", {"dials-3": (*_WIND, *_DRIFT)}, "ppo", f"ppo+{prior}")
    for prior in ("homomorphic", "augment")
)


def populations(records: Iterable[RunRecord], sources: Iterable[Source]) -> list[Population]:
    """The populations that published records hold.

    Raises:
        SympriorError: one of them has no records.
    """
    of_places = by_place(records)
    arms: dict[Place, tuple[Arm, str]] = {}
    return [_population(source, of_places, arms) for source in sources]


def _population(
    source: Source,
    of_places: Mapping[Place, Sequence[RunRecord]],
    arms: dict[Place, tuple[Arm, str]],
) -> Population:
    pairs, families = [], {}
    for suite, task in ((suite, task) for suite, tasks in source.tasks.items() for task in tasks):
        keys = [(suite, task, source.learner, agent) for agent in (source.prior, source.plain)]
        for key in keys:
            if key not in of_places:
                raise SympriorError(f"There are no published runs of {key[3]} on {task} in {suite} to calibrate with.")
            if key not in arms:
                cell = cell_of(of_places[key])
                arms[key] = Arm.of(cell), cell.task.family
        pairs.append((arms[keys[0]][0], arms[keys[1]][0]))
        families[task] = arms[keys[0]][1]
    weights = family_weights(families)
    return Population(source.name, tuple(pairs), tuple(weights[task] for task in families))
