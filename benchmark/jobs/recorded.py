"""From a record back to the job that made it, with all its settings, so that the same run is carried out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from symprior.agents.learners.learner import learner_names, reference_learner
from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.contestant import Contestant
from symprior.benchmark.jobs.job import Job
from symprior.leaderboard.records.record import SOURCE_DIGEST, RunRecord
from symprior.symmetry.errors import SympriorError


def job_of(record: RunRecord, agent: str | None = None) -> Job:
    """The job of a record's one seed.

    Args:
        record: of a shipped agent, or of one from a file.
        agent: `path/to/file.py:Name` of an agent from a file.

    Raises:
        SympriorError: the record is of an agent that is not known here, or of a file that is not named or changed since.
    """
    is_from_a_file = SOURCE_DIGEST in record.hyperparameters
    if is_from_a_file and agent is None:
        raise SympriorError(f"{record.agent.id} is an agent from a file: name it, `path/to/file.py:{record.agent.id}`.")
    name = record.agent.id if agent is None else agent
    contestant = contestants.find(name)
    if contestant.id != record.agent.id:
        raise SympriorError(f"The record is of {record.agent.id}, not of {contestant.id}.")
    job = Job(
        suite=record.suite,
        suite_version=record.suite_version,
        task=record.task,
        agent=name,
        seeds=(record.seed,),
        budget=record.budget,
        learner=record.agent.learner if record.agent.learner in learner_names() else reference_learner(),
        settings=() if is_from_a_file else _settings(contestant, record),
        evaluate_every=record.evaluate_every,
        device=record.provenance.device.partition(" ")[0],
        kernel=record.provenance.computed_by,
        portable=bool(record.provenance.portable),
    )
    if is_from_a_file:
        _check_file(job, record)
    return job


def jobs_of(records: Iterable[RunRecord], agents: Mapping[str, str] | None = None) -> list[Job]:
    """The jobs of many records: runs that differ in their seeds alone are one job.

    Args:
        records: in the order in which the jobs come.
        agents: for the id of an agent from a file its `path/to/file.py:Name`.

    Raises:
        SympriorError: as `job_of`; or a job cannot be carried out.
    """
    seeds: dict[Job, list[int]] = {}
    for record in records:
        job = job_of(record, (agents or {}).get(record.agent.id))
        seeds.setdefault(replace(job, seeds=()), []).append(record.seed)
    jobs = [replace(job, seeds=tuple(sorted(of_job))) for job, of_job in seeds.items()]
    for job in jobs:
        contestants.check(job)
    return jobs


def _settings(contestant: Contestant, record: RunRecord) -> tuple[tuple[str, object], ...]:
    """All of the record's hyperparameters, so that no tuning of today changes them."""
    completed = sorted(contestant.completed(record.hyperparameters).items())
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in completed)


def _check_file(job: Job, record: RunRecord) -> None:
    found = contestants.resolve(job).hyperparameters[SOURCE_DIGEST]
    if found != record.hyperparameters[SOURCE_DIGEST]:
        raise SympriorError(f"{job.agent} is not as it was when the run was trained.")
