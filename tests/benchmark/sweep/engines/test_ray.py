"""Ray's engine on a cluster of two nodes: the same records as on one machine, also where a node is lost on the way."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from symprior.benchmark.jobs.job import Job, stacks
from symprior.benchmark.run.snapshots import FOLDER
from symprior.benchmark.sweep.engines import ray as engine_on_ray
from symprior.benchmark.sweep.engines.local import LocalEngine
from symprior.benchmark.sweep.engines.on_a_node import Errand, carry_out_here
from symprior.benchmark.sweep.engines.ray import Needs, RayEngine
from symprior.benchmark.sweep.store import RecordStore
from symprior.leaderboard.records.record import read_records
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.extras import is_installed

needs_ray = pytest.mark.skipif(not is_installed("ray"), reason="Ray is not installed: pip install 'symprior[ray]'")

MIDWAY = 4000
"""Environment steps, of runs that have three times as many."""

PRINTS = """
import numpy as np

class Prints:
    def __init__(self, problem, seed): self.seed = seed
    def learn(self, env, budget):
        print("words of the agent", flush=True)
        while self.seed: pass
    def act(self, observations): return np.zeros(len(observations), dtype=int)
"""


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two nodes, as processes of this machine; whoever asks is on the first."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    monkeypatch.setenv("RAY_worker_niceness", "0")  # workers are as nice as their node was told when it started
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    yield cluster
    cluster.shutdown()


def _without_timings(folder: Path) -> list[dict[str, Any]]:
    timings = {"effort": {"training_seconds", "evaluation_seconds"}, "provenance": {"started"}}
    records = [record.model_dump(mode="json", exclude=timings) for record in read_records(folder)]
    return sorted(records, key=lambda record: (record["task"], record["agent"]["id"], record["seed"]))


@needs_ray
@pytest.mark.exhaustive
def test_a_node_that_is_lost_costs_nothing_and_its_stack_goes_on_from_its_snapshot(
    cluster: Any, tmp_path: Path
) -> None:
    job = Job("custom", "1", "cartpole-v1", "ppo", (0, 1, 2), 12_288)
    units = stacks(job.runs, 2)
    alone, together = RecordStore(tmp_path / "alone"), RecordStore(tmp_path / "together", snapshots_every=0)
    assert all(ended.errors == (None,) for ended in LocalEngine(1).carry_out(units, alone, lambda done: None))

    told: list[list[int]] = []

    def kill_the_second_node_midway(done: list[int]) -> None:
        if cluster.worker_nodes and min(done[:2]) > MIDWAY:
            cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
        if not cluster.worker_nodes:
            told.append(done)

    engine = RayEngine(2, address=cluster.address)
    ended = list(engine.carry_out(units, together, kill_the_second_node_midway))
    assert [each.errors for each in ended] == [(None,)] * 3 and not cluster.worker_nodes
    assert _without_timings(together.folder) == _without_timings(alone.folder)
    assert not (together.folder / FOLDER).exists(), "what is finished leaves no snapshot"
    (lost,) = (number for number in (0, 1) if any(done[number] == 0 for done in told))
    steps = [done[lost] for done in told]
    assert next(filter(None, steps[steps.index(0) :])) > MIDWAY / 2, "the lost stack began anew"


@needs_ray
@pytest.mark.exhaustive
def test_where_the_folder_is_not_shared_everything_is_sent_back_and_limits_hold(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agent_file: Callable[[str], Path]
) -> None:
    monkeypatch.setattr(engine_on_ray, "_mark_in", lambda folder: nullcontext(tmp_path / "on-another-machine"))
    monkeypatch.chdir(agent_file(PRINTS).parent)
    own = Job("custom", "1", "cartpole-v1", "mine.py:Prints", (0, 1), 64)
    shipped = Job("custom", "1", "cartpole-v1", "ppo", (0,), 1024)
    ends, loops, trained = stacks([*own.runs, *shipped.runs], 1)
    store, address = RecordStore(Path("records"), keeps_policies=True, logs=("csv",)), cluster.address

    engine = RayEngine(2, Needs(cpus=0.5, gibibytes=2), address)
    every = list(engine.carry_out([ends, trained], store, lambda done: None))
    assert [each.errors for each in every] == [(None,)] * 2
    assert "words of the agent" in store.path(ends.runs[0]).with_suffix(".log").read_text()
    assert {path.suffix for path in store.path(trained.runs[0]).parent.iterdir()} == {".json", ".csv", ".safetensors"}
    alone = RecordStore(tmp_path / "alone")
    list(LocalEngine(1).carry_out([trained], alone, lambda done: None))
    assert _without_timings(alone.folder)[0] in _without_timings(store.folder)

    (ended,) = RayEngine(1, Needs(seconds=5), address).carry_out([loops], store, lambda done: None)
    assert ended.errors == ("it took longer than its limit of 5 s; --time-limit sets another",)
    assert sorted(record.status for record in read_records(store.folder)) == ["failed", "finished", "finished"]


@needs_ray
@pytest.mark.exhaustive
def test_what_no_node_has_is_told_at_once(cluster: Any, tmp_path: Path) -> None:
    units = stacks(Job("custom", "1", "cartpole-v1", "random", (0,), 64).runs, 1)
    engine = RayEngine(1, Needs(gpus=0.5), cluster.address)
    with pytest.raises(SympriorError, match=r"No node of the Ray cluster has 1 CPUs, 0.5 GPUs"):
        list(engine.carry_out(units, RecordStore(tmp_path), lambda done: None))


@needs_ray
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:1", r"No Ray cluster answers at 127\.0\.0\.1:1"),
        ("127.0.0.1:99999", "No Ray cluster answers"),
        ("ray://127.0.0.1:10001", "is an address of Ray's client"),
        ("nonsense", "is no address of a Ray cluster; write HOST:PORT"),
    ],
)
def test_where_no_cluster_answers_a_sentence_says_so_at_once(address: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SympriorError, match=said):
        list(RayEngine(1, address=address).carry_out([], RecordStore(tmp_path), lambda done: None))


@needs_ray
def test_a_numbered_gpu_is_rays_to_choose() -> None:
    (stack,) = stacks(Job("custom", "1", "cartpole-v1", "ppo", (0,), 64, device="cuda:1").runs, 1)
    with pytest.raises(SympriorError, match="give --device cuda"):
        Needs().of(stack)


def test_runs_on_cuda_ask_for_a_gpu_or_for_the_part_that_is_given() -> None:
    on_cpu, on_cuda = (
        stacks(Job("custom", "1", "cartpole-v1", "ppo", (0,), 64, device=device).runs, 1)[0]
        for device in ("cpu", "cuda")
    )
    assert Needs().of(on_cpu) == {"CPU": 1, "GPU": 0}
    assert Needs().of(on_cuda) == {"CPU": 1, "GPU": 1}
    assert Needs(2, 0.25, 4).of(on_cuda) == {"CPU": 2, "GPU": 0.25, "memory": 4 * 2**30}


@pytest.mark.parametrize("gpus", [1.5, float("nan")])
def test_there_are_no_parts_of_several_gpus(gpus: float) -> None:
    with pytest.raises(SympriorError, match="a part of one GPU or several whole ones"):
        Needs(gpus=gpus)


def test_a_node_with_another_symprior_is_refused(tmp_path: Path) -> None:
    (stack,) = stacks(Job("custom", "1", "cartpole-v1", "random", (0,), 64).runs, 1)
    errand = Errand(stack, RecordStore(tmp_path), tmp_path, 60, None, tmp_path, (), {}, release="0.0.1")
    with pytest.raises(SympriorError, match=r"the sweep is of 0\.0\.1"):
        carry_out_here(errand, lambda steps: None)


def test_a_node_without_a_users_file_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a node goes into the folder of whoever sends it
    (stack,) = stacks(Job("custom", "1", "cartpole-v1", "/only/here/mine.py:Mine", (0,), 64).runs, 1)
    errand = Errand(stack, RecordStore(tmp_path), tmp_path / "mark", 60, None, tmp_path, (), {})
    with pytest.raises(SympriorError, match=r"/only/here/mine\.py"):
        carry_out_here(errand, lambda steps: None)


def test_without_ray_a_sentence_names_the_command(
    answer: Callable[..., SimpleNamespace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr(engine_on_ray, "is_installed", lambda extra: False)
    told = answer("run", "--task", "cartpole-v1", "--agent", "random", "--engine", "ray")
    assert told.returncode == 2 and "pip install 'symprior[ray]'" in told.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--engine", "slurm"), "There is no engine 'slurm'"),
        (("--address", "auto"), "give them with --engine ray"),
        (("--cpus", "2"), "give them with --engine ray"),
        (("--gpus", "0.5"), "There is no GPU here"),
        (("--gpu-memory", "2"), "There is no GPU here to compare"),
        (("--gpus", "0.5", "--gpu-memory", "2"), "give one of them"),
    ],
)
def test_options_that_no_engine_takes_are_refused(
    answer: Callable[..., SimpleNamespace], options: tuple[str, ...], said: str
) -> None:
    told = answer("run", "--task", "cartpole-v1", "--agent", "random", *options)
    assert told.returncode == 2 and said in " ".join(told.stderr.split())
