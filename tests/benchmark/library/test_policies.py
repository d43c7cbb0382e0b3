"""Trained policies that were kept: loaded from their files alone, they give the recorded evaluation to the last bit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
import torch

import symprior
from symprior.agents.algorithms.algorithm import ALGORITHMS
from symprior.agents.catalogue import get_agent
from symprior.agents.learners.learner import LEARNERS
from symprior.agents.priors.prior import PRIORS
from symprior.benchmark.artifacts.policies import policy_path
from symprior.benchmark.jobs.job import Job, stacks
from symprior.benchmark.sweep.engines.work import work
from symprior.benchmark.sweep.store import RecordStore
from symprior.leaderboard.records.record import read_record
from symprior.symmetry.errors import SympriorError

BATCHED, REFERENCE = "batched", "stable-baselines3"
BUDGET = 96
Keep = Callable[..., list[Path]]


def _agents() -> Iterator[tuple[str, str, str]]:
    """(agent, task, learner): PPO with every prior on each learner, every other algorithm plain."""
    ppo = ALGORITHMS["ppo"]
    yield from (("random", task, REFERENCE) for task in ("cartpole-v1", "pendulum-v1"))
    for learner in (BATCHED, REFERENCE):
        for prior in (name for name in PRIORS if not PRIORS[name].refusal(ppo)):
            yield f"ppo+{prior}", "grid-catch-vector-v1" if prior == "subgroup" else "cartpole-v1", learner
        for algorithm in sorted({*LEARNERS[learner].algorithms} - {"ppo"}):
            yield algorithm, "pendulum-v1" if algorithm in ("sac", "td3") else "cartpole-v1", learner
        yield "ppo+homomorphic", "pendulum-v1", learner
        yield "ppo+homomorphic", "grid-catch-v1", learner


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Trains a little in this process, with policies kept; gives the records' files."""

    def train(
        agent: str,
        task: str = "cartpole-v1",
        learner: str = BATCHED,
        seeds: tuple[int, ...] = (3, 8),
        budget: int = BUDGET,
        **rest: object,
    ) -> list[Path]:
        job = Job("custom", "1", task, agent, seeds, budget, learner, evaluate_every=budget, **rest)  # type: ignore[arg-type]
        store = RecordStore(tmp_path / "runs", keeps_policies=True)
        for stack in stacks(job.runs, workers=1):
            assert work(stack, store, lambda steps: None) == (None,) * len(stack.runs)
        return [store.path(run) for run in job.runs]

    return train


@pytest.mark.parametrize(("agent", "task", "learner"), [pytest.param(*each, id=" ".join(each)) for each in _agents()])
@pytest.mark.cells(test=4, ci=9)
def test_a_kept_policy_plays_the_recorded_evaluation_again(keep: Keep, agent: str, task: str, learner: str) -> None:
    settings = {"learning_starts": 16} if get_agent(agent).algorithm.name in ("dqn", "qrdqn", "sac", "td3") else {}
    seeds = (3, 8) if learner == BATCHED else (8,)
    for record in keep(agent, task, learner, seeds, settings=tuple(settings.items())):
        policy = symprior.load_policy(record)
        assert policy.evaluate() == read_record(record).curve[-1].returns
        assert policy.evaluate() == policy.record.curve[-1].returns, "once more, whatever was drawn in between"


SMALL = (("normalise_observations", True), ("num_envs", 4), ("steps", 8))


@pytest.mark.parametrize("learner", [BATCHED, REFERENCE])
def test_statistics_of_observations_belong_to_a_policy(keep: Keep, learner: str) -> None:
    (record,) = keep("ppo", "pendulum-v1", learner, (1,), settings=SMALL)
    policy = symprior.load_policy(record)
    assert policy.evaluate() == policy.record.curve[-1].returns
    assert np.any(policy.agent.policy_arrays(0)["normaliser.mean"])  # type: ignore[attr-defined]


def test_a_kept_policy_is_the_trained_one_and_not_the_first(keep: Keep) -> None:
    (record,) = keep("ppo", seeds=(0,), budget=1024, settings=(("learning_rate", 0.02),))
    policy = symprior.load_policy(record)
    trained, first = policy.record.curve[-1].returns, policy.record.curve[0].returns
    assert policy.evaluate() == trained != first


@pytest.mark.covering
def test_the_fused_kernel_s_policy_plays_in_the_fused_kernel(keep: Keep) -> None:
    record = keep("ppo", kernel="fused")[1]
    policy = symprior.load_policy(record)
    assert policy.agent.kernel == "fused"  # type: ignore[attr-defined]
    assert policy.evaluate() == policy.record.curve[-1].returns


def test_a_policy_acts_in_numpy_and_in_torch_in_batches_and_alone(keep: Keep) -> None:
    policy = symprior.load_policy(keep("ppo+homomorphic")[0])
    rows = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    greedy = policy.act(rows, greedy=True)
    assert greedy.shape == (5,) and set(greedy) <= {0, 1}
    np.testing.assert_array_equal(policy.act(-rows, greedy=True), 1 - greedy)  # it is equivariant
    as_tensor = policy.act(torch.as_tensor(rows), greedy=True)
    assert as_tensor.dtype == torch.int64 and as_tensor.tolist() == greedy.tolist()
    env = symprior.make("cartpole-v1")
    observation, _ = env.reset(seed=0)
    assert env.action_space.contains(policy.act(observation))
    with pytest.raises(SympriorError, match=r"shape \(3,\); observations of cartpole-v1 are of shape \(4,\)"):
        policy.act(np.zeros(3))


LINEAR = """
import numpy as np

class Linear:
    '''Random weights, which it keeps.'''
    def __init__(self, problem, seed): self.weights = np.random.default_rng(seed).normal(size=4)
    def learn(self, env, budget): self.weights = self.weights[::-1].copy()
    def act(self, observations): return (observations @ self.weights > 0).astype(int)
    def policy_arrays(self, run): return {"weights": self.weights}
    def take_policy(self, arrays): self.weights = arrays["weights"]

class Secret:
    def __init__(self, problem, seed): pass
    def learn(self, env, budget): pass
    def act(self, observations): return np.zeros(len(observations), dtype=int)

class Wordy(Secret):
    def policy_arrays(self, run): return {"weights": np.array(["some", "words"])}
    def take_policy(self, arrays): pass
"""


def test_an_agent_from_a_file_that_gives_its_policy_away_is_loaded_again(
    keep: Keep, agent_file: Callable[[str], Path]
) -> None:
    name = f"{agent_file(LINEAR)}:Linear"
    (record,) = keep(name, seeds=(5,))
    policy = symprior.load_policy(record, agent=name)
    assert policy.evaluate() == policy.record.curve[-1].returns != policy.record.curve[0].returns
    with pytest.raises(SympriorError, match="Linear is an agent from a file: name it"):
        symprior.load_policy(record)
    agent_file(LINEAR + "\n# edited")
    with pytest.raises(SympriorError, match="not as it was when the run was trained"):
        symprior.load_policy(record, agent=name)


def test_a_policy_that_is_not_given_away_is_not_there(keep: Keep, agent_file: Callable[[str], Path]) -> None:
    name = f"{agent_file(LINEAR)}:Secret"
    (record,) = keep(name, seeds=(5,))
    with pytest.raises(SympriorError, match=r"There is no policy .*--save-policies"):
        symprior.load_policy(record, agent=name)


def test_a_run_is_not_lost_over_a_policy_that_cannot_be_kept(tmp_path: Path, agent_file: Callable[[str], Path]) -> None:
    job = Job("custom", "1", "cartpole-v1", f"{agent_file(LINEAR)}:Wordy", (0,), BUDGET)
    store = RecordStore(tmp_path / "runs", keeps_policies=True)
    (said,) = work(stacks(job.runs, workers=1)[0], store, lambda steps: None)
    assert said is not None and "its policy is not kept" in said and "real numbers" in said
    assert store.is_finished(job.runs[0])


def test_a_policy_beside_another_run_s_record_is_refused(keep: Keep) -> None:
    first, second = keep("ppo")
    policy_path(first).write_bytes(policy_path(second).read_bytes())
    with pytest.raises(SympriorError, match="not the policy of the run whose record lies beside it"):
        symprior.load_policy(first)
    policy_path(first).write_bytes(policy_path(second).read_bytes()[:100])
    with pytest.raises(SympriorError, match="no policy that can be read"):
        symprior.load_policy(first)


def test_a_policy_of_another_make_is_refused(keep: Keep) -> None:
    policy = symprior.load_policy(keep("ppo")[0])
    arrays = dict(policy.agent.policy_arrays(0))  # type: ignore[attr-defined]
    name = next(iter(arrays))
    with pytest.raises(SympriorError, match=f"lacks, or has too much of, {name}"):
        policy.agent.take_policy({key: arrays[key] for key in arrays if key != name})  # type: ignore[attr-defined]
    with pytest.raises(SympriorError, match=f"{name} of the policy is"):
        policy.agent.take_policy({**arrays, name: arrays[name][..., :-1]})  # type: ignore[attr-defined]


Answer = Callable[..., CompletedProcess[str]]


def test_run_keeps_policies_when_asked_and_the_commands_use_them(answer: Answer, tmp_path: Path) -> None:
    run = ["run", "--task", "cartpole-v1", "--agent", "ppo", "--seeds", "0-1", "--budget", BUDGET]
    run += ["--learner", BATCHED, "--evaluate-every", BUDGET]
    assert answer(*run).returncode == 0
    folder = tmp_path / "runs" / "custom-1" / BATCHED / "cartpole-v1" / "ppo"
    assert not list(folder.glob("*.safetensors"))
    again = answer(*run, "--save-policies")
    assert "2 finished runs have no policy beside their records" in again.stdout
    (folder / "seed-0001.json").unlink()
    assert answer(*run, "--save-policies").returncode == 0
    assert [path.name for path in folder.glob("*.safetensors")] == ["seed-0001.safetensors"]

    record = folder / "seed-0001.json"
    evaluated = answer("evaluate", record)
    assert evaluated.returncode == 0 and "equal" in evaluated.stdout, evaluated
    tree = json.loads(record.read_text())
    tree["curve"][-1]["returns"][0] += 1
    record.write_text(json.dumps(tree))
    evaluated = answer("evaluate", record)
    assert evaluated.returncode == 1 and "differs" in evaluated.stdout

    import imageio.v3 as imageio

    for name in ("film.gif", "film.mp4"):
        watched = answer("watch", record, "--out", name, "--seed", 4)
        assert watched.returncode == 0, watched
        steps = int(watched.stdout.split("Episode 1: ")[1].split()[0])
        assert f"return {steps}" in watched.stdout, "a step of CartPole is worth 1"
        frames = imageio.imread(tmp_path / name)
        assert frames.shape[1:] == (400, 600, 3)
        assert 2 <= len(frames) <= steps + 1 and (name == "film.gif" or len(frames) == steps + 1)  # a GIF has no twins
        assert np.ptp(frames.astype(int), axis=0).max() > 100, "something moves"
    refused = answer("watch", record, "--out", "film.avi")
    assert refused.returncode == 2 and "written as .gif or .mp4" in refused.stderr
