"""`symprior verify`, `challenge` and `reproduce` as users call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from symprior.benchmark.jobs.job import Job, Stack
from symprior.benchmark.run.execution import Execution
from symprior.leaderboard.records.published import publish
from symprior.leaderboard.records.record import RunRecord, read_records, write_record
from symprior.leaderboard.verification.record import read_verifications

Answer = Callable[..., CompletedProcess[str]]

LOADER = """
from pathlib import Path
import numpy as np

class Loaded:
    '''Acts by weights that lie beside its file, and learns nothing.'''
    num_envs = 16
    def __init__(self, problem, seed):
        file = Path(__file__).parent / "weights.npy"
        self.weights = np.load(file) if file.exists() else np.zeros(problem.observation_space.shape)
    def learn(self, env, budget):
        env.reset()
        while True: env.step(np.zeros(env.num_envs, dtype=int))
    def act(self, observations): return (observations @ self.weights > 0).astype(int)
"""


BY_HEART = """
import numpy as np

class ByHeart:
    '''Knows CartPole, and learns nothing.'''
    num_envs = 16
    def __init__(self, problem, seed): pass
    def learn(self, env, budget):
        env.reset()
        while True: env.step(np.zeros(env.num_envs, dtype=int))
    def act(self, observations): return (observations @ np.array([0.05, 0.2, 1.0, 0.5]) > 0).astype(int)
"""


FEW = ("--evaluate-every", 160)
"""Evaluations cost more than what is trained here."""


def trained(tmp_path: Path, suite: str = "custom", agent: str = "ppo", **changes: object) -> list[RunRecord]:
    job = Job(suite, "1", "cartpole-v1", agent, (0, 1, 2), 256, "batched", evaluate_every=128, **changes)  # type: ignore[arg-type]
    records = Execution(Stack(tuple(job.runs))).run()
    for record in records:
        write_record(tmp_path / "runs", record)
    return records


def forge(tmp_path: Path, seed: int) -> None:
    """Raise one return of one run."""
    (path,) = (tmp_path / "runs").rglob(f"seed-{seed:04d}.json")
    tree = json.loads(path.read_text())
    tree["curve"][-1]["returns"][0] += 1
    path.write_text(json.dumps(tree))


@pytest.mark.slow
def test_honest_records_are_replayed_and_a_forged_one_is_found_and_challenged(answer: Answer, tmp_path: Path) -> None:
    trained(tmp_path)
    result = answer("verify", "runs", "--by", "Ada", "--workers", 1, "--cells", 3, "--seed-from", "a text")
    assert result.returncode == 0, result.stderr
    assert "3 of 3 runs are drawn" in result.stdout and "ppo (batched): replayed 3/3" in result.stdout
    assert result.stdout.count("bits equal") == 3
    for shown in (answer("list"), answer("leaderboard")):
        assert "ppo (batched): replayed 3/3 (10 % of forged runs found with 100%)" in shown.stdout, shown.stderr
    again = answer("verify", "runs", "--workers", 1, "--cells", 3, "--seed-from", "a text")
    assert "All 3 runs are finished" in again.stdout and "No level rests on it" in again.stdout

    forge(tmp_path, 1)
    result = answer("verify", "runs", "--by", "Grace", "--workers", 1, "--cells", 3)
    (found,) = (each for each in read_verifications(tmp_path / "runs" / "verifications") if each.by == "Grace")
    assert found.replay is not None and "The text of the draw is" in result.stdout
    verdicts = [str(run.verdict) for run in found.replay.runs]
    changed = found.machine.dirty  # a checkout that is worked on is never quite that of the record
    assert result.returncode == (3 if changed else 1), result.stdout
    assert verdicts == ["bits equal", "not comparable" if changed else "differs", "bits equal"]
    assert "other returns at step 256" in result.stdout

    text = found.model_dump_json().replace('"not comparable"', '"differs"')
    (tmp_path / "sceptic.json").write_text(text)
    result = answer("challenge", "runs", "--record", "sceptic.json")
    assert result.returncode == 0, result.stderr
    (line,) = (line for line in result.stdout.splitlines() if line.startswith("ppo (batched): claimed; replayed 2/3"))
    assert "challenged by Grace" in line


def test_a_challenge_needs_a_name_a_contradiction_and_these_records(answer: Answer, tmp_path: Path) -> None:
    trained(tmp_path)
    assert answer("verify", "runs", "--by", "Ada", "--workers", 1, "--cells", 1).returncode == 0
    (path,) = (tmp_path / "runs" / "verifications").glob("*.json")
    tree = json.loads(path.read_text())
    for changes, said in (
        ({}, "contradicts nothing"),
        ({"by": None}, "a challenge has a name"),
        ({"subject": {**tree["subject"], "digest": "0" * 16}}, "is of other records (custom-1, 3 runs"),
    ):
        (tmp_path / "sceptic.json").write_text(json.dumps({**tree, **changes}))
        result = answer("challenge", "runs", "--record", "sceptic.json")
        assert result.returncode == 2 and said in result.stderr, result.stderr
    assert len(list(path.parent.iterdir())) == 1


def test_weights_beside_an_agents_file_do_not_come_along(
    answer: Answer, tmp_path: Path, agent_file: Callable[[str], Path]
) -> None:
    import numpy as np

    agent_file(LOADER)
    np.save(tmp_path / "weights.npy", np.array([0.05, 0.2, 1.0, 0.5]))
    command = ("run", "--task", "cartpole-v1", "--agent", "./mine.py:Loaded", "--budget", 320, "--seeds", "0-1", *FEW)
    assert answer(*command, "--workers", 1).returncode == 0
    assert min(read_records(tmp_path / "runs")[0].curve[0].returns) > 400
    missing = answer("verify", "runs", "--cells", 1)
    assert missing.returncode == 2 and "Name it with --agent path/to/file.py:Loaded" in missing.stderr
    result = answer("verify", "runs", "--cells", 1, "--agent", "./mine.py:Loaded", "--by", "Ada", "--workers", 1)
    assert result.returncode == 1, result.stdout
    assert "Loaded knows cartpole-v1 before its first step: its runs score 1.00 there." in result.stdout
    assert "other returns at step 0" in result.stdout


@pytest.mark.slow
def test_fresh_seeds_of_an_honest_agent_are_not_told_apart(answer: Answer, tmp_path: Path) -> None:
    trained(tmp_path)
    result = answer("verify", "runs", "--fresh", "--by", "Ada", "--workers", 1, "--seed-from", "later")
    assert result.returncode == 0, result.stderr + result.stdout
    (found,) = read_verifications(tmp_path / "runs" / "verifications")
    (fresh,) = found.fresh
    assert fresh.tasks[0].relabelled and fresh.tasks[0].fresh == 3 and not fresh.told_apart
    made = read_records(tmp_path / "verified")
    assert {record.task for record in made} == {made[0].task} and made[0].task.startswith("cartpole-v1~")
    assert not {record.seed for record in made} & {0, 1, 2}


@pytest.mark.slow
def test_an_agent_that_knows_the_task_by_heart_replays_and_fails_in_secret_places(
    answer: Answer, tmp_path: Path, agent_file: Callable[[str], Path]
) -> None:
    agent_file(BY_HEART)
    command = ("run", "--task", "cartpole-v1", "--agent", "./mine.py:ByHeart", "--budget", 160, "--seeds", "0-2", *FEW)
    assert answer(*command).returncode == 0
    told = ("--agent", "./mine.py:ByHeart", "--seed-from", "later", "--by", "Ada")
    replay = answer("verify", "runs", "--cells", 1, *told)
    assert "bits equal" in replay.stdout and "ByHeart knows cartpole-v1 before its first step" in replay.stdout
    fresh = answer("verify", "runs", "--fresh", *told)
    assert fresh.returncode == 1
    said = " ".join(fresh.stdout.split())
    assert "ByHeart on fresh seeds in secret places on cartpole-v1" in said and "told apart from the records" in said
    (found,) = (each for each in read_verifications(tmp_path / "runs" / "verifications") if each.fresh)
    assert found.fresh[0].told_apart and found.fresh[0].inflation > 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "There is no records folder nowhere"),
        (["runs", "--cells", "0"], "Invalid value for '--cells'"),
        (["runs", "--seed-from", " ", "--cells", "3"], "The draw needs a text"),
        (["runs", "--seeds", "5"], "give it with --fresh"),
        (["runs", "--cells", "5", "--fresh"], "give it without --fresh"),
        (["runs", "--suite", "quick"], "There are no records of that suite; there are some of custom-1"),
        (["runs", "--by", "two\nlines"], "--by takes one line"),
    ],
)
def test_mistakes_are_answered_before_anything_is_trained(
    answer: Answer, tmp_path: Path, arguments: list[str], said: str, make_small: None
) -> None:
    result = answer("verify", *arguments)
    assert result.returncode == 2 and said in " ".join(result.stderr.split()), result.stderr
    assert not (tmp_path / "verified").exists()


@pytest.fixture
def make_small(tmp_path: Path) -> None:
    trained(tmp_path)


@pytest.mark.slow
def test_published_runs_are_reproduced_and_the_exit_code_says_how(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder of results of its own, with one honest cell, one of other luck and one that is forged."""
    honest = trained(tmp_path, "small") + trained(tmp_path, "small", "ppo+homomorphic")
    lucky = [record.model_copy(update={"seed": 2 - record.seed}) for record in honest[3:]]
    publish([*honest[:3], *lucky], tmp_path / "results")
    from symprior.leaderboard.records import published

    monkeypatch.setattr(published.read_published, "__defaults__", (tmp_path / "results", None))
    same = answer("reproduce", "small", "--agent", "ppo", "--workers", 1)
    assert same.returncode == 0, same.stderr
    assert "3 of 3 runs have the published returns, to the bit." in same.stdout
    luck = answer("reproduce", "small-1", "--workers", 1)
    assert luck.returncode == 3 and "within bound" in luck.stdout, luck.stdout
    assert "1 of 3" in luck.stdout and "4 of 6 runs have" in luck.stdout
    one = answer("reproduce", "small", "--sample", 1, "--workers", 1, "--records", "one")
    assert "1 of 1 runs to do" in one.stdout
    for arguments, said in (
        (["smal"], "holds no published results of the suite 'smal'"),
        (["small", "--agent", "pp"], "Did you mean 'ppo'?"),
        (["small", "--task", "cartpole"], "Did you mean 'cartpole-v1'?"),
    ):
        wrong = answer("reproduce", *arguments)
        assert wrong.returncode == 2 and said in " ".join(wrong.stderr.split()), wrong.stderr
