"""Runs on action vectors: clipped to the space, sampled where it counts, with the error of the means in the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from rich.console import Console

from symprior.agents.agent.given import checked_actions
from symprior.benchmark.commands import agents as agents_command
from symprior.benchmark.commands.run import _jobs
from symprior.leaderboard.records.record import EquivarianceError, RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks import Task

Execute = Callable[..., RunRecord]
Register = Callable[[str], Task]

OWN = """
import numpy as np

class Loud:
    '''Pushes far beyond the bounds.'''
    num_envs = 4
    def __init__(self, problem, seed): pass
    def learn(self, env, budget):
        env.reset()
        while True:
            env.step(np.full((env.num_envs, 1), 100))
    def act(self, observations): return -100.0 * np.sign(observations[:, 1:2])
    def action_means(self, observations): return self.act(observations)

class NoNumbers(Loud):
    def act(self, observations): return np.full((len(observations), 1), np.nan)

class Texts(Loud):
    def act(self, observations): return np.full((len(observations), 1), "left")

class Flat(Loud):
    def act(self, observations): return np.zeros(len(observations))
"""


@pytest.mark.parametrize("learner", ["stable-baselines3", "batched"])
@pytest.mark.parametrize("name", ["line", "plane"])
def test_a_run_on_action_vectors_is_recorded(
    execute: Execute, registered_point_mass: Register, name: str, learner: str
) -> None:
    record = execute(
        agent="ppo+homomorphic", task=registered_point_mass(name).id, budget=640, learner=learner, evaluate_every=320
    )
    assert record.status == "finished", record.error
    assert record.mode == "sample"
    assert record.other_mode is not None
    assert record.other_mode.mode == "greedy"
    assert record.curve[-1].returns != record.other_mode.returns, "the mean is another mode than a sample"
    last = record.curve[-1].equivariance
    assert last is not None
    assert last.raw_maximum < 1e-5
    assert last.log_std is not None
    assert last.log_std < 1e-6


def test_the_spread_of_a_plain_policy_is_an_error_apart(execute: Execute, registered_point_mass: Register) -> None:
    record = execute(agent="ppo", task=registered_point_mass("plane").id, budget=640, evaluate_every=320)
    last = record.curve[-1].equivariance
    assert last is not None and last.log_std is not None
    assert last.raw_maximum > 1e-4
    assert last.log_std > 1e-4
    record = execute(agent="random", task="point-mass-plane-v1", budget=640, evaluate_every=320)
    assert record.status == "finished", record.error
    assert record.curve[-1].equivariance == EquivarianceError(mean=None, maximum=None, raw_maximum=0)


def test_the_same_seed_gives_the_same_curve(execute: Execute, registered_point_mass: Register) -> None:
    task = registered_point_mass("plane").id
    for learner in ("stable-baselines3", "batched"):
        runs = [execute(agent="a2c+augment", task=task, budget=320, learner=learner) for _ in range(2)]
        assert runs[0].curve == runs[1].curve
        assert runs[0].status == "finished", runs[0].error


def test_own_agents_are_clipped_to_the_space(execute: Execute, agent_file: Callable[[str], Any]) -> None:
    record = execute(agent=f"{agent_file(OWN)}:Loud", task="pendulum-v1", budget=80)
    assert record.status == "finished", record.error
    last = record.curve[-1].equivariance
    assert last is not None
    assert last.mean == 0, "−100 · sign is odd"
    assert last.log_std is None


@pytest.mark.parametrize(
    ("name", "message"), [("NoNumbers", "no numbers"), ("Texts", "needs numbers"), ("Flat", r"needs shape (20, 1)")]
)
def test_impossible_action_vectors_are_refused(
    execute: Execute, agent_file: Callable[[str], Any], name: str, message: str
) -> None:
    record = execute(agent=f"{agent_file(OWN)}:{name}", task="pendulum-v1", budget=80)
    assert record.status == "failed"
    assert record.error is not None
    assert message in record.error


def test_vectors_are_clipped_and_have_the_spaces_type() -> None:
    space = gymnasium.spaces.Box(np.float32([-1, -2]), np.float32([1, 2]))
    for given in (np.array([[3.0, -9.0]]), np.array([[3, -9]]), [[3, -9]]):
        actions = checked_actions(given, space, 1)
        assert actions.tolist() == [[1, -2]]
        assert actions.dtype == np.float32


def test_an_algorithm_that_takes_other_actions_is_refused_before_anything_runs(registered_point_mass: Register) -> None:
    task = registered_point_mass("line").id
    with pytest.raises(SympriorError, match=rf"dqn\+augment cannot be run on {task}: dqn takes discrete actions"):
        _jobs(None, [task], ["ppo", "dqn+augment"], "0", 100, None, None, None, None)


@pytest.mark.parametrize(
    ("task", "agent", "setting", "message"),
    [
        ("line", "ppo+mirror", "mirror_divergence=kl", "compares policies over discrete actions"),
        ("grid-catch-v1", "ppo", "widths=64,64", "has 3 hidden layers, not 2"),
        ("grid-catch-v1", "a2c+fold", "normalise_observations=true", "Images are scaled"),
        ("cartpole-v1", "ppo+homomorphic", 'features=["trivial"]', "could not see the observation"),
    ],
)
@pytest.mark.parametrize("learner", ["stable-baselines3", "batched"])
def test_settings_that_do_not_fit_the_task_are_refused_before_anything_runs(
    registered_point_mass: Register, task: str, agent: str, setting: str, message: str, learner: str
) -> None:
    name = registered_point_mass(task).id if task == "line" else task
    with pytest.raises(SympriorError, match=rf"{re.escape(agent)} cannot be run so on {name}: .*{message}"):
        _jobs(None, [name], [agent], "0", 100, None, [setting], learner, None)


def test_cards_say_what_the_policy_is(registered_point_mass: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    task = registered_point_mass("plane").id
    shown = {}
    for name in ("ppo", "ppo+homomorphic", "dqn"):
        console = Console(record=True, width=220, file=open("/dev/null", "w"))  # noqa: SIM115
        monkeypatch.setattr(agents_command, "console", console)
        agents_command.show(name)
        shown[name] = console.export_text()
    for name, words in (
        ("ppo", "Gaussian of 2 means and 2 standard deviations"),
        ("ppo+homomorphic", "Gaussian of 2 means and 1 standard deviation "),
        ("dqn", "dqn takes discrete actions"),
    ):
        [row] = [line for line in shown[name].splitlines() if task in line]
        assert words in row
    assert "categorical over 2 actions" in shown["ppo"]


def test_records_without_a_spread_are_written_as_before() -> None:
    old = '{"mean":0.1,"maximum":0.2,"raw_maximum":0.3}'
    assert EquivarianceError.model_validate_json(old).model_dump_json() == old
    new = '{"mean":0.1,"maximum":0.2,"raw_maximum":0.3,"log_std":0.4}'
    assert EquivarianceError.model_validate_json(new).model_dump_json() == new
