"""What the kernel computes with: products, functions and random numbers of its own, the same bits on every processor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core.caching import FunctionCache

from symprior.agents.learners.batched.kernel import preparation
from symprior.agents.learners.batched.kernel.arithmetic import compiled, entries, functions, products
from symprior.agents.learners.batched.kernel.arithmetic.streams import SeedStreams
from symprior.tasks.environments.streams import Streams


@numba.njit
def through(what: int, x: Any) -> Any:
    found = np.empty(len(x))
    for i in range(len(x)):
        found[i] = functions.exp(x[i]) if what == 0 else functions.log(x[i])
    return found


@numba.njit
def tanh(x: Any) -> Any:
    found = np.empty_like(x)
    for i in range(len(x)):
        found[i] = functions.tanh(x[i])
    return found


def test_exp_and_log_are_right_to_the_last_digits() -> None:
    x = np.concatenate([np.linspace(-700, 700, 100_001), np.linspace(-1e-9, 1e-9, 101)])
    np.testing.assert_allclose(through(0, x), np.exp(x), rtol=4e-16)
    y = np.concatenate([np.exp(np.linspace(-700, 700, 100_001)), 1 + np.linspace(-1e-3, 1e-3, 1001)])
    np.testing.assert_allclose(through(1, y), np.log(y), rtol=4e-16, atol=1e-19)


def test_exp_and_log_at_the_edges() -> None:
    edges = np.array([np.inf, -np.inf, np.nan, 0.0])
    np.testing.assert_array_equal(through(0, edges), [np.inf, 0, np.nan, 1])
    np.testing.assert_array_equal(through(1, edges), [np.inf, np.nan, np.nan, -np.inf])


def test_tanh_is_right_in_single_precision() -> None:
    x = np.linspace(-20, 20, 200_001).astype(np.float32)
    np.testing.assert_allclose(tanh(x), np.tanh(x.astype(np.float64)), atol=3e-7)


@numba.njit
def multiplied(a: Any, b: Any, start: Any, m: int, n: int, count: int, is_turned: bool) -> Any:
    c = np.zeros(m * n, dtype=np.float32)
    row, column = (1, m) if is_turned else (count, 1)
    products.product(a, 0, row, column, b, 0, n, start, 0, c, 0, n, m, n, count)
    return c


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize(("m", "n", "count"), [(20, 128, 64), (7, 16, 3), (1, 48, 5), (4, 32, 0)])
def test_products(m: int, n: int, count: int, is_turned: bool) -> None:
    rng = np.random.default_rng(0)
    a, b, start = (rng.standard_normal(shape).astype(np.float32) for shape in ((m, count), (count, n), n))
    stored = np.ascontiguousarray(a.T if is_turned else a)
    found = multiplied(stored.ravel(), b.ravel(), start, m, n, count, is_turned).reshape(m, n)
    np.testing.assert_allclose(found, start + a @ b, atol=1e-5)


def test_a_row_of_a_product_does_not_depend_on_the_rows_beside_it() -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(shape).astype(np.float32) for shape in ((9, 37), (37, 16)))
    zeros = np.zeros(16, dtype=np.float32)
    together = multiplied(a.ravel(), b.ravel(), zeros, 9, 16, 37, False).reshape(9, 16)
    for row in range(9):
        np.testing.assert_array_equal(together[row], multiplied(a[row].copy(), b.ravel(), zeros, 1, 16, 37, False))


@numba.njit
def turned(a: Any, m: int, n: int) -> Any:
    b = np.zeros(n * m, dtype=np.float32)
    products.transpose(a, 0, n, m, n, b, 0, m)
    return b


@pytest.mark.parametrize(("m", "n"), [(16, 16), (64, 128), (48, 23), (5, 40)])
def test_transposed_matrices(m: int, n: int) -> None:
    a = np.arange(m * n, dtype=np.float32)
    np.testing.assert_array_equal(turned(a, m, n).reshape(n, m), a.reshape(m, n).T)


def test_streams_are_those_of_the_environments() -> None:
    seeds = [3, 2**62 + 5]
    own, known = SeedStreams(seeds), Streams(np.array(seeds, dtype=np.int64))
    for shape in ((4, 3), (7,)):
        np.testing.assert_array_equal(own.draw(*shape).reshape(2, -1), known.draw(int(np.prod(shape))))


def test_every_order_is_as_likely() -> None:
    orders = SeedStreams(range(4)).shuffle(3000, 3).reshape(-1, 3)
    _, counts = np.unique(orders @ [9, 3, 1], return_counts=True)
    assert len(counts) == 6
    assert ((counts - 2000) ** 2 / 2000).sum() < 20.5  # χ² of 5 degrees of freedom, p = .001


BITS = """
import hashlib, json, sys, numba, numpy as np
from symprior.agents import get_agent
from symprior.agents.learners.batched.kernel import preparation
from symprior.agents.learners.batched.kernel.arithmetic import functions
from symprior.tasks import get_task

@numba.njit(error_model="numpy")
def every(x, found):
    for i in range(len(x)):
        found[i, 0], found[i, 1] = functions.exp(x[i]), functions.log(np.abs(x[i]))
        found[i, 2] = functions.tanh(np.float32(x[i]))

x = np.linspace(-30, 30, 10_001)
of_functions = np.empty((len(x), 3))
every(x, of_functions)
found = hashlib.sha256(of_functions.tobytes())
agents, is_all_prepared = json.loads(sys.argv[1])
if not is_all_prepared:
    preparation.ready().touch()  # so that each function is compiled when it is called
for name, task_id in agents:
    task, shipped = get_task(task_id), get_agent(name)
    more = {"gradient_steps": 4} if shipped.algorithm.name == "dqn" else {"num_envs": 8, "steps": 10}
    settings = shipped.settings(task.family, {"activation": "tanh", **more})
    agent = shipped.build(shipped.problem(task, settings), [1, 2], [settings] * 2, "batched", kernel="fused")
    env = task.make_vector(2 * agent.num_envs)
    env.reset(seed=0)
    agent.learn(env, 1600)
    for parameter in agent.network.parameters():
        found.update(parameter.detach().numpy().tobytes())
print(found.hexdigest())
"""
QUICKEST = ("dqn+fold", "cartpole-v1")
REST = [
    ("ppo+homomorphic", "grid-catch-vector-v1"),
    ("ppo+average", "grid-catch-vector-v1"),
    ("ppo+mirror", "cartpole-v1"),
]


def test_what_was_compiled_for_another_checkout_or_before_a_change_is_not_taken_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = preparation.ready()
    monkeypatch.setattr(preparation, "KERNEL", Path(shutil.copytree(preparation.KERNEL, tmp_path / "kernel")))
    elsewhere = preparation.ready()
    os.utime(tmp_path / "kernel" / "value.py", (0, 0))
    assert len({here, elsewhere, preparation.ready()}) == 3


def bits(agents: Sequence[tuple[str, str]], is_all_prepared: bool, **environment: str) -> str:
    """Of the functions, and of the parameters of agents that were trained."""
    command = [sys.executable, "-c", BITS, json.dumps([agents, is_all_prepared])]
    every = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
    return subprocess.run(command, env=every, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("processor", "is_all_prepared"),
    [
        pytest.param("generic", False, marks=pytest.mark.covering),
        pytest.param("generic", True, marks=pytest.mark.exhaustive),
        pytest.param("x86-64-v3", True, marks=pytest.mark.exhaustive),
    ],
)
def test_other_processors_have_the_same_bits(processor: str, is_all_prepared: bool, tmp_path: Path) -> None:
    agents = [QUICKEST, *(REST if is_all_prepared else [])]
    other = bits(agents, is_all_prepared, NUMBA_CPU_NAME=processor, NUMBA_CPU_FEATURES="", XDG_CACHE_HOME=str(tmp_path))
    assert other == bits(agents, True) != ""


def test_all_is_compiled_beforehand() -> None:
    preparation.prepare()
    known = {name for name, each in vars(entries).items() if isinstance(getattr(each, "_cache", None), FunctionCache)}
    kept = {path.name.split("-")[0] for path in compiled.folder().rglob("*.nbi")}
    assert "sampled" in known and {f"entries.{name}" for name in known} <= kept
