"""Agents on seeds that their submitter did not know; on vectors also with secret places for observations and actions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from symprior.benchmark.jobs.job import MOST_SEED, Job
from symprior.benchmark.jobs.recorded import jobs_of
from symprior.benchmark.verification.pack import Pack
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.verification.levels import Entry
from symprior.leaderboard.verification.record import FreshSeeds
from symprior.leaderboard.verification.two_samples import Sample, losses, told_apart
from symprior.tasks.lookup import get_task
from symprior.tasks.task.relabelled import MARK, can_be_relabelled

Cell = tuple[str, str, str]
"""Learner, agent and task."""


@dataclass(frozen=True)
class FreshJob:
    """The fresh runs of one agent on one task.

    Attributes:
        cell: whose they are.
        claimed: the records of the cell.
        job: the runs.
    """

    cell: Cell
    claimed: tuple[RunRecord, ...]
    job: Job

    @property
    def relabelled(self) -> bool:
        """Whether observations and actions have secret places."""
        return MARK in self.job.task


def fresh_jobs(pack: Pack, agents: Mapping[str, str], text: str, seeds: int | None) -> list[FreshJob]:
    """A job for each agent on each task.

    Args:
        pack: the records.
        agents: for the id of an agent from a file its `path/to/file.py:Name`.
        text: by which seeds and places are made, so that nobody knew them before.
        seeds: of each job; None: as many as the records have.
    """
    cells: dict[Cell, list[RunRecord]] = defaultdict(list)
    for record in pack.records:
        cells[record.agent.learner, record.agent.id, record.task].append(record)
    return [_fresh_job(cell, records, agents, text, seeds or len(records)) for cell, records in sorted(cells.items())]


def fresh_of(jobs: Sequence[FreshJob], again: Sequence[RunRecord], text: str) -> tuple[FreshSeeds, ...]:
    """What the fresh runs say of each agent.

    Args:
        jobs: what was carried out.
        again: the records of all their runs.
        text: by which seeds and places were made.
    """
    of_entries: dict[Entry, list[Sample]] = defaultdict(list)
    for job in jobs:
        learner, agent, task = job.cell
        fresh = [
            record
            for record in again
            if (record.agent.id, record.task) == (agent, job.job.task) and record.seed in job.job.seeds
        ]
        sample = Sample(task, losses(job.claimed, task), losses(fresh, task), job.relabelled)
        of_entries[learner, agent].append(sample)
    return tuple(told_apart(entry, text, samples) for entry, samples in sorted(of_entries.items()))


def _fresh_job(cell: Cell, records: Sequence[RunRecord], agents: Mapping[str, str], text: str, count: int) -> FreshJob:
    (job,) = jobs_of(records[:1], agents)
    task = get_task(cell[2])
    name = f"{task.id}{MARK}{_number(text, task.id, 'places'):08x}" if can_be_relabelled(task) else task.id
    known = {record.seed for record in records}
    seeds = _seeds(text, task.id, known, count)
    return FreshJob(cell, tuple(records), replace(job, task=name, seeds=seeds))


def _seeds(text: str, task: str, known: set[int], count: int) -> tuple[int, ...]:
    """Seeds that are not the records', the same for every agent."""
    found: list[int] = []
    number = 0
    while len(found) < count:
        seed = _number(text, task, f"seed {number}") % MOST_SEED
        number += 1
        if seed not in known and seed not in found:
            found.append(seed)
    return tuple(sorted(found))


def _number(text: str, task: str, purpose: str) -> int:
    return int(sha256("\n".join([text, task, purpose]).encode()).hexdigest()[:8], 16)
