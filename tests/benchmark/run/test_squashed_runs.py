"""Runs of agents with squashed actors: evaluated at the mean, sampling recorded beside it, refused where they cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console

from symprior.benchmark.commands import agents as agents_command
from symprior.benchmark.commands.run import _jobs
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks import Task

SMALL = (("batch_size", 16), ("learning_starts", 40), ("widths", (16, 16)))


@pytest.mark.parametrize("agent", ["sac+homomorphic", "td3+homomorphic"])
def test_the_mean_counts_and_sampling_is_recorded(
    execute: Callable[..., RunRecord], registered_point_mass: Callable[[str], Task], agent: str
) -> None:
    task = registered_point_mass("plane")
    record = execute(agent=agent, task=task.id, budget=120, evaluate_every=60, settings=SMALL)
    assert record.status == "finished", record.error
    assert record.steps_used == 120
    assert record.mode == "mean"
    assert record.other_mode is not None
    assert record.other_mode.mode == "sample"
    assert record.curve[-1].returns != record.other_mode.returns
    error = record.curve[-1].equivariance
    assert error is not None
    assert error.raw_maximum < 1e-5
    assert (error.log_std is None) == agent.startswith("td3"), "a deterministic policy has no standard deviations"
    assert record.effort.gradient_steps == 80
    assert record.effort.samples_per_update == 16


@pytest.mark.parametrize("agent", ["sac", "sac+augment", "td3", "td3+homomorphic"])
def test_same_seed_same_curve_bit_for_bit(
    execute: Callable[..., RunRecord], registered_point_mass: Callable[[str], Task], agent: str
) -> None:
    task = registered_point_mass("plane")
    curves = []
    for noise in range(2):
        np.random.seed(noise)
        torch.manual_seed(noise)
        record = execute(agent=agent, task=task.id, budget=90, evaluate_every=30, settings=SMALL)
        assert record.status == "finished", record.error
        curves.append((record.curve, record.other_mode))
    assert curves[0] == curves[1]


def test_a_learner_that_an_algorithm_does_not_have_is_refused_before_anything_runs() -> None:
    def jobs(agent: str, learner: str) -> Any:
        return _jobs(None, ["pendulum-v1"], [agent], "0", 100, None, None, learner, None)

    with pytest.raises(SympriorError, match="sac runs on the learner stable-baselines3 only, not on batched"):
        jobs("sac+homomorphic", "batched")
    assert jobs("sac+homomorphic", "stable-baselines3")
    assert jobs("random", "batched"), "what learns nothing runs on every learner"


def test_the_matrix_says_which_learner_has_an_algorithm(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents_command, "console", Console(width=200))

    class Alone:
        invoked_subcommand = None

    agents_command.agents(Alone())  # type: ignore[arg-type]
    printed = capsys.readouterr().out
    assert "On the learner stable-baselines3: a2c, dqn, ppo, qrdqn, sac, td3." in printed
    assert "On the learner batched: a2c, dqn, ppo." in printed
