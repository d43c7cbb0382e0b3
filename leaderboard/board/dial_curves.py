"""What becomes of agents as a dial breaks the symmetry: scores at every value, and what a prior adds to the plain agent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from symprior.leaderboard.board.tables.agent_rows import failures_of, fallen_back_of
from symprior.leaderboard.comparison.cells import Cell, Cells, collect
from symprior.leaderboard.comparison.estimates import SCORE_RANGE, headline_total, weighted_mean
from symprior.leaderboard.comparison.gains import PLAIN_PRIORS, Gain, gain_on_task, plain_arm
from symprior.leaderboard.comparison.resolution import Resolution, resolution
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.records.suite_lists import baselines
from symprior.leaderboard.statistics.closed_forms.proportions import Share
from symprior.leaderboard.statistics.intervals import CONFIDENCE, Estimate, percentile_interval, with_interval
from symprior.symmetry.errors import SympriorError
from symprior.tasks.certificates.kept import KeptCertificate, kept
from symprior.tasks.task import Task
from symprior.tasks.task.dials import DIALS, Dial

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
        gains: each prior's symmetry gain, in lost data.
        failures: each agent's runs that never reached the threshold, lost ones among them.
        resolution: the gain that its runs can find; None where they can find none.
        fell_back: each agent's runs that were under the threshold after they had reached it, of those that reached it.
    """

    value: float
    task: Task
    certificate: KeptCertificate | None
    scores: Mapping[str, Mapping[str, Estimate]]
    added: Mapping[str, Estimate]
    gains: Mapping[str, Gain]
    failures: Mapping[str, Share]
    fell_back: Mapping[str, Share]
    resolution: Resolution | None

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
        counts = [share.runs for point in self.points for share in point.failures.values()]
        return min(counts), max(counts)


def has_dials(records: Iterable[RunRecord]) -> bool:
    """Whether any of the records is of a task of a dial."""
    return any(record.task.partition("@")[0] in DIALS for record in records)


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
        seeds: those that count; by default those of a shipped suite, of another all.
        baseline: as in `build`.

    Raises:
        SympriorError: the records cannot be compared, or are of no dial.
    """
    cells = collect(records, suite, seeds=seeds)
    run = {task for of_tasks in cells.of_entries.values() for task, cell in of_tasks.items() if cell.runs}
    dials = sorted({task.partition("@")[0] for task in run} & set(DIALS))
    if not dials:
        raise SympriorError(
            f"The finished runs of {cells.suite_id} are on no task of a dial, such as cartpole-wind-v1@eps=0.1."
        )
    learners = sorted({learner for learner, _ in cells.of_entries})
    better_plain = baselines(cells.suite_id, baseline)
    return [_curves(cells, DIALS[dial], learner, better_plain) for dial in dials for learner in learners]


def _curves(cells: Cells, dial: Dial, learner: str, baseline: Mapping[str, str]) -> DialCurves:
    tasks = sorted((task for task in cells.tasks if task.id.partition("@")[0] == dial.id), key=_value)
    points = tuple(_point(cells, task, learner, baseline) for task in tasks)
    agents = sorted({agent for point in points for agent in point.failures}, key=lambda agent: ("+" in agent, agent))
    priors = {agent: cells.cards((learner, agent))[0].prior for agent in agents}
    return DialCurves(cells.suite_id, learner, dial, priors, points)


def _value(task: Task) -> float:
    return float(task.id.rpartition("=")[2])


def _point(cells: Cells, task: Task, learner: str, baseline: Mapping[str, str]) -> DialPoint:
    own = {
        entry: of_tasks[task.id]
        for entry, of_tasks in cells.of_entries.items()
        if entry[0] == learner and task.id in of_tasks and of_tasks[task.id].runs
    }
    pairs = {}
    for entry, cell in own.items():
        plain = plain_arm(cells, entry, task.family, baseline)
        if plain in own and cell.agent.prior not in PLAIN_PRIORS:
            pairs[entry[1]] = cell, own[plain]
    return DialPoint(
        value=_value(task),
        task=task,
        certificate=kept(task),
        scores={
            score: {entry[1]: weighted_mean([cell], score, SCORE_RANGE) for entry, cell in own.items()}
            for score in SCORES
        },
        added={agent: _difference(*pair) for agent, pair in pairs.items()},
        gains={agent: gain_on_task(*pair) for agent, pair in pairs.items()},
        failures={entry[1]: failures_of([cell]) for entry, cell in own.items()},
        fell_back={entry[1]: fallen_back_of([cell]) for entry, cell in own.items()},
        resolution=resolution(cells, learner, [task.id]),
    )


def _difference(prior: Cell, plain: Cell) -> Estimate:
    """The difference of mean data efficiencies with Welch's interval; where runs are lost there is none."""
    difference = headline_total([prior]) - headline_total([plain])
    runs = min(len(prior.scores), len(plain.scores))
    if prior.lost or plain.lost:
        return Estimate(difference.value, runs, None, "runs are missing")
    resampled = prior.resampled["efficiency_clipped"].means - plain.resampled["efficiency_clipped"].means
    ends = difference.interval(CONFIDENCE)
    return with_interval(difference.value, ends, runs, tasks=1, percentiles=percentile_interval(resampled))
