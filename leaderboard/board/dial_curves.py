"""What becomes of agents as a dial breaks the symmetry: scores at every value, and what a prior adds to the plain agent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from symprior.leaderboard.board.cells import Cell, Cells, collect
from symprior.leaderboard.board.gains import PLAIN_PRIORS, plain_arm
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.statistics.intervals import Estimate, estimate
from symprior.symmetry.errors import SympriorError
from symprior.tasks.certificates.kept import KeptCertificate, kept
from symprior.tasks.dials import DIALS, Dial
from symprior.tasks.task import Task

SCORES = {"efficiency_clipped": "data efficiency", "final_clipped": "final score"}
"""Numbers of a run that are drawn against the dial's value, and their names."""


@dataclass(frozen=True)
class DialPoint:
    """One value of a dial.

    Attributes:
        value: of the dial's parameter.
        task: with its references and the price of symmetry.
        certificate: what was measured of the symmetry there; None where none is kept.
        scores: for each of `SCORES`, each agent's mean over seeds.
        added: each prior's mean data efficiency less the plain agent's.
        failures: each agent's runs that never reached the threshold, of how many.
    """

    value: float
    task: Task
    certificate: KeptCertificate | None
    scores: Mapping[str, Mapping[str, Estimate]]
    added: Mapping[str, Estimate]
    failures: Mapping[str, tuple[int, int]]

    @property
    def price(self) -> tuple[float, float] | None:
        """Bounds of the price of symmetry in normalised scores; None where it is not known."""
        references = self.task.references
        if references.price_of_symmetry is None:
            return None
        unit = references.policies[references.one].value - references.policies[references.zero].value
        return references.price_of_symmetry.least / unit, references.price_of_symmetry.most / unit

    def measured(self, quantity: str) -> str:
        """A line of the certificate, such as `ε_P, dynamics`; a dash where there is none."""
        return dict(self.certificate.lines).get(quantity, "–") if self.certificate else "–"


@dataclass(frozen=True)
class DialCurves:
    """A dial of a suite on one learner; the points in the order of their values, plain agents first.

    `priors` has the name of each agent's prior.
    """

    suite: str
    learner: str
    dial: Dial
    priors: Mapping[str, str]
    points: tuple[DialPoint, ...]

    @property
    def agents(self) -> tuple[str, ...]:
        """In the order in which they are shown."""
        return tuple(self.priors)

    @property
    def runs(self) -> tuple[int, int]:
        """The fewest and the most finished runs of an agent at a value."""
        counts = [runs for point in self.points for _, runs in point.failures.values()]
        return min(counts), max(counts)


def dial_curves(
    records: Iterable[RunRecord],
    suite: str | None = None,
    *,
    seeds: Collection[int] | None = None,
    baseline: Mapping[str, str] | None = None,
) -> list[DialCurves]:
    """Every dial in the records of a suite.

    Args:
        records: finished and failed runs.
        suite: `name` or `name-version`; needed where the records are of several.
        seeds: those that count; by default all.
        baseline: as in `build`.

    Raises:
        SympriorError: the records cannot be compared, or are of no dial.
    """
    cells = collect(records, suite, seeds=seeds)
    dials = sorted({task.id.partition("@")[0] for task in cells.tasks if task.id.partition("@")[0] in DIALS})
    if not dials:
        raise SympriorError(
            f"The suite {cells.suite}-{cells.version} has no task of a dial, such as cartpole-wind-v1@eps=0.1."
        )
    learners = sorted({learner for learner, _ in cells.of_entries})
    return [_curves(cells, DIALS[dial], learner, baseline or {}) for dial in dials for learner in learners]


def _curves(cells: Cells, dial: Dial, learner: str, baseline: Mapping[str, str]) -> DialCurves:
    tasks = sorted((task for task in cells.tasks if task.id.partition("@")[0] == dial.id), key=_value)
    points = tuple(_point(cells, task, learner, baseline) for task in tasks)
    agents = sorted({agent for point in points for agent in point.failures}, key=lambda agent: ("+" in agent, agent))
    priors = {agent: cells.cards((learner, agent))[0].prior for agent in agents}
    return DialCurves(f"{cells.suite}-{cells.version}", learner, dial, priors, points)


def _value(task: Task) -> float:
    return float(task.id.rpartition("=")[2])


def _point(cells: Cells, task: Task, learner: str, baseline: Mapping[str, str]) -> DialPoint:
    own = {
        entry: of_tasks[task.id]
        for entry, of_tasks in cells.of_entries.items()
        if entry[0] == learner and task.id in of_tasks and of_tasks[task.id].runs
    }
    added = {}
    for entry, cell in own.items():
        plain = plain_arm(cells, entry, task.family, baseline)
        if plain in own and cell.agent.prior not in PLAIN_PRIORS:
            added[entry[1]] = _difference(cell, own[plain])
    return DialPoint(
        value=_value(task),
        task=task,
        certificate=kept(task),
        scores={score: {entry[1]: _mean(cell, score) for entry, cell in own.items()} for score in SCORES},
        added=added,
        failures={
            entry[1]: (sum(score.censored for score in cell.scores), len(cell.runs)) for entry, cell in own.items()
        },
    )


def _mean(cell: Cell, score: str) -> Estimate:
    values = cell.values(score)
    return estimate(float(values.mean()), values[cell.drawn].mean(axis=1), len(values), tasks=1)


def _difference(prior: Cell, plain: Cell) -> Estimate:
    """Of mean data efficiencies; the arms are resampled independently, since equal seed numbers are no pairs."""
    ours, theirs = prior.values("efficiency_clipped"), plain.values("efficiency_clipped")
    resampled = ours[prior.drawn].mean(axis=1) - theirs[plain.drawn].mean(axis=1)
    return estimate(float(ours.mean() - theirs.mean()), resampled, min(len(ours), len(theirs)), tasks=1)
