"""From a record back to its job: with the settings that it was made with, whatever is tuned today."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from symprior.benchmark.jobs import contestants
from symprior.benchmark.jobs.recorded import job_of, jobs_of
from symprior.benchmark.sweep.suite import get_suite
from symprior.leaderboard import read_published
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError

AGENT = "class Mine:\n    def learn(self, env, budget): ...\n    def act(self, observations): ...\n"


def test_published_records_lead_back_to_the_jobs_of_their_suite() -> None:
    made = {(job.task, job.agent): job for job in jobs_of(read_published(suite="quick"))}
    suite = {(job.task, job.agent): job for job in get_suite("quick").jobs()}
    assert made.keys() == suite.keys()
    for cell, job in suite.items():
        again = made[cell]
        assert (again.seeds, again.budget, again.suite_id) == (job.seeds, job.budget, job.suite_id)
        assert (again.learner, again.kernel, again.evaluate_every) == (job.learner, job.kernel, job.evaluate_every)
        assert contestants.resolve(again).hyperparameters == contestants.resolve(job).hyperparameters


def test_settings_are_the_records_and_not_todays(execute: Callable[..., RunRecord]) -> None:
    record = execute(budget=128, settings=(("learning_rate", 0.0123), ("widths", (8, 8))))
    resolved = contestants.resolve(job_of(record)).hyperparameters
    assert (resolved["learning_rate"], resolved["widths"]) == (0.0123, [8, 8])


def test_an_agent_from_a_file_is_found_by_its_file_alone(
    execute: Callable[..., RunRecord], agent_file: Callable[..., Path]
) -> None:
    file = agent_file(AGENT)
    record = execute(agent=f"{file}:Mine", budget=128)
    assert job_of(record, f"{file}:Mine").agent == f"{file}:Mine"
    with pytest.raises(SympriorError, match=r"Mine is an agent from a file: name it, `path/to/file.py:Mine`"):
        job_of(record)
    with pytest.raises(SympriorError, match="The record is of Mine, not of ppo"):
        job_of(record, "ppo")
    file.write_text(AGENT + "# edited\n")
    with pytest.raises(SympriorError, match="is not as it was when the run was trained"):
        job_of(record, f"{file}:Mine")
