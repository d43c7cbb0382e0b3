"""Stacks that share GPUs: by what they declare, on the processor alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from symprior.benchmark.jobs.job import Job, Stack, stacks
from symprior.benchmark.sweep.devices import VISIBLE, GpuNeed, Gpus, see_only
from symprior.benchmark.sweep.engines import local
from symprior.benchmark.sweep.store import RecordStore
from symprior.symmetry.errors import SympriorError

GIB = 2**30


@pytest.mark.parametrize(
    ("need", "memory", "side_by_side"),
    [
        (GpuNeed(parts=1), [16 * GIB], 1),
        (GpuNeed(parts=0.25), [16 * GIB], 4),
        (GpuNeed(parts=0.1), [16 * GIB], 10),
        (GpuNeed(parts=0.6), [16 * GIB, 16 * GIB], 2),
        (GpuNeed(gibibytes=4), [16 * GIB], 4),
        (GpuNeed(gibibytes=5.4), [16 * GIB], 2),
        (GpuNeed(gibibytes=4), [16 * GIB, 9 * GIB], 4),
        (GpuNeed(parts=0), [16 * GIB], 1000),
    ],
)
def test_as_many_stacks_are_side_by_side_as_fit(need: GpuNeed, memory: list[int], side_by_side: int) -> None:
    gpus, taken = Gpus(need, memory), list[int]()
    while len(taken) < 1000 and (number := gpus.take("cuda")) is not None:
        taken.append(number)
    assert len(taken) == side_by_side
    gpus.give_back(taken[0])
    assert gpus.take("cuda") == taken[0]


def test_stacks_are_spread_over_gpus_and_a_named_one_is_that_one() -> None:
    gpus = Gpus(GpuNeed(parts=0.5), [GIB, GIB])
    assert [gpus.take(device) for device in ("cuda", "cuda", "cuda:1", "cuda:1", "cuda", "cuda")] == [
        0,
        1,
        1,
        None,
        0,
        None,
    ]


@pytest.mark.parametrize(
    ("need", "memory", "said"),
    [
        ({"gibibytes": 20}, [16 * GIB], "cannot take 20 GiB of a GPU that has 16"),
        ({"gibibytes": 20}, [], "no GPU here to compare"),
        ({"gibibytes": float("nan")}, [GIB], "a number of GiB over 0"),
        ({"gibibytes": float("inf")}, [GIB], "a number of GiB over 0"),
        ({"parts": 0.5}, [], "There is no GPU here"),
        ({"parts": 2}, [GIB, GIB], "takes one GPU at most, not 2"),
        ({"parts": 1.5}, [GIB, GIB], "a part of one GPU or several whole ones"),
        ({"parts": 0.5, "gibibytes": 1}, [GIB], "give one of them"),
    ],
)
def test_what_no_gpu_has_is_told(need: dict[str, float], memory: list[int], said: str) -> None:
    with pytest.raises(SympriorError, match=said):
        Gpus(GpuNeed(**need), memory)


@pytest.mark.parametrize(("before", "number", "seen"), [(None, 1, "1"), ("4,7", 1, "7")])
def test_a_stack_sees_its_gpu_alone(
    before: str | None, number: int, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before is not None:
        monkeypatch.setenv(VISIBLE, before)
    else:
        monkeypatch.delenv(VISIBLE, raising=False)
    monkeypatch.setenv(VISIBLE, os.environ.get(VISIBLE, ""))
    see_only(number)
    assert os.environ[VISIBLE] == seen


LOOKS = """
import os, time
import numpy as np

class Looks:
    def __init__(self, problem, seed): pass
    def learn(self, env, budget):
        print(os.environ["CUDA_VISIBLE_DEVICES"], time.monotonic(), flush=True)
        time.sleep(0.5)
        print(time.monotonic(), flush=True)
    def act(self, observations): return np.zeros(len(observations), dtype=int)
"""


def test_a_stack_waits_until_a_gpu_has_room_and_sees_no_other(
    tmp_path: Path, agent_file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "memory_of_gpus", lambda: [8 * GIB, 8 * GIB])
    job = Job("custom", "1", "cartpole-v1", f"{agent_file(LOOKS)}:Looks", tuple(range(5)), 64)
    engine, store = local.LocalEngine(5, gpus=GpuNeed(gibibytes=6)), RecordStore(tmp_path / "records")
    ended = list(engine.carry_out(stacks(job.runs, 5), store, lambda done: None))
    assert [each.errors for each in ended] == [(None,)] * 5
    shifts: dict[str, list[tuple[float, float]]] = {"0": [], "1": []}
    for run in job.runs:
        gpu, begun, over = store.output_of(Stack((run,))).read_text().split()
        shifts[gpu].append((float(begun), float(over)))
    assert sorted(map(len, shifts.values())) == [2, 3]
    for of_one in shifts.values():
        of_one.sort()
        assert all(before[1] < after[0] for before, after in pairwise(of_one)), "two at once"
