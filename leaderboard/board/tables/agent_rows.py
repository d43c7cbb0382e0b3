"""The rows of a board over its headline tasks, from cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from symprior.leaderboard.board.tables.rows import AgentRow, Span, equivariance, span
from symprior.leaderboard.comparison import estimates
from symprior.leaderboard.comparison.cells import Cell, Cells, Entry
from symprior.leaderboard.comparison.gains import PLAIN_PRIORS, Pair, gain_over_tasks, plain_arm
from symprior.leaderboard.records.learners import REFERENCE
from symprior.leaderboard.statistics.closed_forms.proportions import Share, share
from symprior.leaderboard.statistics.ranks import Standing, standings
from symprior.leaderboard.statistics.resamples.aggregates import AGGREGATES


def agent_rows(cells: Cells, baseline: Mapping[str, str], levels: Mapping[str, str]) -> tuple[AgentRow, ...]:
    """Every agent's row, in the order in which they are shown: best headline first, incomplete ones last.

    Rows over the same tasks stand together, those that most agents of the learner are over first.

    Args:
        cells: all cells.
        baseline: as in `build`.
        levels: of submissions, by their names.
    """
    rows = [_agent_row(cells, entry, baseline, levels) for entry in cells.of_entries]
    found = _standings(rows, cells)
    placed = [
        replace(row, rank=found[_entry(row)].rank, told_apart=found[_entry(row)].told_apart)
        if _entry(row) in found
        else row
        for row in rows
    ]
    compared = {row.learner: compared_tasks(placed, row.learner) for row in placed}
    return tuple(sorted(placed, key=lambda row: _order(row, compared[row.learner])))


def compared_tasks(rows: Sequence[AgentRow], learner: str) -> tuple[str, ...]:
    """The headline tasks that most rows of a learner are over; of a frozen suite all are over the same."""
    counts = Counter(row.tasks for row in rows if row.learner == learner)
    return max(counts, key=lambda tasks: (counts[tasks], len(tasks), tasks))


def reference_first(learner: str) -> tuple[bool, str]:
    """The key by which learners are sorted."""
    return learner != REFERENCE, learner


def failures_of(cells: Sequence[Cell]) -> Share:
    """Runs that never reached the threshold, lost ones among them."""
    scores = [score for cell in cells for score in cell.scores]
    return share(sum(score.censored for score in scores), len(scores))


def fallen_back_of(cells: Sequence[Cell]) -> Share:
    """Runs that were under the threshold after they had reached it, of those that reached it."""
    reached = [score for cell in cells for score in cell.scores if not score.censored]
    return share(sum(score.fell_back for score in reached), len(reached))


def paired_with_plain(cells: Cells, entry: Entry, own: Sequence[Cell], baseline: Mapping[str, str]) -> tuple[Pair, ...]:
    """The cells with those of the plain arm; empty unless it has them all."""
    pairs = []
    for cell in own:
        plain = plain_arm(cells, entry, cell.task.family, baseline)
        found = cells.of_entries[plain].get(cell.task.id) if plain else None
        if found is None:
            return ()
        pairs.append((cell, found))
    return tuple(pairs)


def _agent_row(cells: Cells, entry: Entry, baseline: Mapping[str, str], levels: Mapping[str, str]) -> AgentRow:
    learner, agent = entry
    of_tasks, over = cells.of_entries[entry], cells.over(entry)
    judged = over or tuple(of_tasks.values())
    runs = [run for cell in judged for run in cell.runs]
    pairs = paired_with_plain(cells, entry, over, baseline)
    card = cells.cards(entry)[0]
    verified = all(cell.is_verified for cell in judged)
    return AgentRow(
        agent=agent,
        learner=learner,
        algorithm=card.algorithm,
        prior=card.prior,
        description=card.description,
        symmetry_used=tuple(sorted({card.symmetry_used for card in cells.cards(entry)})),
        plain=card.prior in PLAIN_PRIORS,
        control=card.control,
        verified=verified,
        level="" if verified else levels.get(agent, ""),
        tasks=tuple(cell.task.id for cell in over),
        rank=None,
        told_apart=(),
        headline=estimates.headline(over) if over else None,
        headline_unclipped=estimates.headline_total(over, "efficiency").value if over else None,
        headline_with_lost_run=estimates.with_lost_run(over) if over else None,
        aggregates=estimates.aggregates(over) if over else dict.fromkeys(AGGREGATES),
        failures=failures_of(over),
        fell_back=fallen_back_of(over),
        gain=gain_over_tasks(pairs) if pairs else None,
        improvement=estimates.improvement(pairs) if pairs else None,
        equivariance=equivariance(runs),
        parameters=span(card.parameters for card in cells.cards(entry)),
        seeds=span(len(cell.runs) for cell in judged) or Span(0, 0),
        gradient_steps=span(run.effort.gradient_steps for run in runs),
        training_seconds=float(np.mean([run.effort.training_seconds for run in runs])) if runs else None,
        complete=bool(judged) and all(cell.complete for cell in judged),
        shortfalls=tuple(cell.shortfall for cell in of_tasks.values() if cell.shortfall),
    )


def _standings(rows: Sequence[AgentRow], cells: Cells) -> dict[Entry, Standing]:
    """The ranks of complete rows with an interval, among those of the same learner over the same tasks."""
    groups: dict[tuple[str, tuple[str, ...]], list[AgentRow]] = {}
    for row in rows:
        if row.complete and row.headline and row.headline.interval:
            groups.setdefault((row.learner, row.tasks), []).append(row)
    found: dict[Entry, Standing] = {}
    for (learner, _), group in groups.items():
        contenders = {row.agent: estimates.headline_total(cells.over(_entry(row))) for row in group}
        found |= {(learner, agent): standing for agent, standing in standings(contenders).items()}
    return found


def _entry(row: AgentRow) -> Entry:
    return row.learner, row.agent


def _order(row: AgentRow, compared: tuple[str, ...]) -> tuple[object, ...]:
    value = row.headline.value if row.headline else float("-inf")
    place = row.tasks != compared, not row.complete, -len(row.tasks), row.tasks
    return (reference_first(row.learner), *place, -value, row.agent)
