"""Latent models are measured in every evaluation, on transitions that no run has, and others are not."""

from __future__ import annotations

from typing import Any

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.benchmark.run.sources.held_out import held_out
from symprior.leaderboard.records.record import RunRecord
from symprior.tasks import get_task

SMALL = {"gradient_steps": 30, "widths": (8, 8, 32), "latent": 16}


def record_of(agent: str, **overrides: Any) -> RunRecord:
    job = Job("custom", "1", "plan-room-c4-v1", agent, (0,), 200, settings=tuple(sorted(overrides.items())))
    [record] = Execution(Stack(tuple(job.runs))).run()
    assert record.error is None
    return record


def test_the_record_of_a_latent_model_tells_what_it_is_worth_once_it_has_learned() -> None:
    before, after = record_of("prae", **SMALL).curve
    assert before.latent is None
    assert after.latent is not None and after.latent.diagram_error is not None
    assert after.latent.diagram_error > 0 and 1 <= after.latent.effective_rank <= 16
    assert "latent" not in before.model_dump()


def test_the_record_of_another_agent_says_nothing_of_it() -> None:
    assert all(point.latent is None for point in record_of("random").curve)


def test_held_out_transitions_go_everywhere_whatever_the_data_show() -> None:
    task = get_task("plan-room-held-out-v1")
    transitions, data = held_out(task), task.given
    assert transitions is not None and data is not None
    shown = set(data.transitions(task.id, 0, 300).states.flatten().tolist())
    assert set(transitions.states.flatten().tolist()) - shown, "what the data hide is measured"
    assert held_out(get_task("cartpole-v1")) is None
