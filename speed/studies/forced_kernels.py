"""Which runs keep their bits where libraries are made to use the kernels of an older processor, and what that costs.

`python -m speed.studies.forced_kernels` trains short runs once as this processor does, and again with each variable set. For
each it prints whether every number is equal to the bit, the returns alone, or neither, and the CPU time of all together.

`python -m speed.studies.forced_kernels --emulated` trains them with portable kernels, here and on processors that QEMU
emulates (Debian: `qemu-user`). It takes many minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping

from symprior.agents.learners.learner import TORCH, reference_learner, stacking_learner
from symprior.benchmark.jobs.job import Job, Stack, stacks
from symprior.benchmark.run.portable import KERNELS
from symprior.leaderboard import RunRecord

Runs = dict[str, list[list[object]]]
"""For each cell what its runs returned, and all that was computed of them."""

FORCED: dict[str, dict[str, str]] = {
    "torch, AVX2": {"ATEN_CPU_CAPABILITY": "avx2"},
    "torch, none": {"ATEN_CPU_CAPABILITY": "default"},
    "oneDNN, AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "MKL, any": {"MKL_CBWR": "COMPATIBLE"},
    "OpenBLAS, AVX2": {"OPENBLAS_CORETYPE": "Haswell"},
    "numpy, none": {"NPY_DISABLE_CPU_FEATURES": KERNELS["NPY_DISABLE_CPU_FEATURES"]},
    "numba, AVX2": {name: KERNELS[name] for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")},
    "portable": KERNELS,
}
"""What each variable makes a library do; the last row of the table is all of them together."""
EMULATOR = "qemu-x86_64"
EMULATED = {"Intel, AVX2": "Haswell", "AMD, AVX2": "EPYC"}
"""Processors by the emulator's names for them."""
CELLS = (
    ("cartpole-v1", "ppo", "torch", 2048),
    ("cartpole-v1", "ppo+homomorphic", "torch", 2048),
    ("cartpole-v1", "ppo", "fused", 2048),
    ("grid-catch-vector-v1", "ppo", "torch", 2000),
    ("cartpole-v1", "ppo", "", 1024),
    ("grid-catch-v1", "ppo", "torch", 1024),
    ("grid-catch-v1", "ppo+homomorphic", "torch", 512),
)
"""Task, agent, kernel of the batched learner or none for the reference, and budget; two seeds each."""


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == ["--here"]:
        sys.stdout.write(json.dumps(_here("portable" in sys.argv)))
    elif sys.argv[1:] == ["--emulated"]:
        _emulated()
    else:
        _forced()


def _forced() -> None:
    here, seconds = _trained({})
    for name, variables in FORCED.items():
        found, forced_seconds = _trained(variables)
        _say(f"{name} (CPU time ×{forced_seconds / seconds:.2f})", here, found)


def _emulated() -> None:
    if shutil.which(EMULATOR) is None:
        sys.exit(f"There is no {EMULATOR} here. Install it: apt-get install qemu-user")
    here, _ = _trained(KERNELS)
    for name, processor in EMULATED.items():
        found, _ = _trained(KERNELS, (EMULATOR, "-cpu", processor))
        _say(f"{name}, portable", here, found)


def _say(row: str, here: Runs, found: Runs) -> None:
    cells = ", ".join(f"{cell}: {_agreement(runs, found[cell])}" for cell, runs in here.items())
    sys.stdout.write(f"{row}: {cells}\n")
    sys.stdout.flush()


def _trained(variables: Mapping[str, str], emulator: tuple[str, ...] = ()) -> tuple[Runs, float]:
    """All cells in a process with these variables, and its CPU seconds behind imports."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **variables}
    kind = ["portable"] if variables is KERNELS else []
    command = [*emulator, sys.executable, "-m", "speed.studies.forced_kernels", "--here", *kind]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    runs, seconds = json.loads(done.stdout)
    return runs, seconds


def _here(portable: bool) -> tuple[Runs, float]:
    import torch

    torch.set_num_threads(1)
    begun = time.process_time()
    return {_name(cell): _cell(cell, portable) for cell in CELLS}, time.process_time() - begun


def _name(cell: tuple[str, str, str, int]) -> str:
    task, agent, kernel, _ = cell
    return f"{agent} on {task} ({kernel or reference_learner()})"


def _cell(cell: tuple[str, str, str, int], portable: bool) -> list[list[object]]:
    task, agent, kernel, budget = cell
    learner = stacking_learner() if kernel else reference_learner()
    job = Job("custom", "1", task, agent, (0, 1), budget, learner=learner, kernel=kernel or TORCH, portable=portable)
    return [_numbers(record) for stack in stacks(job.runs, 1) for record in _records(stack)]


def _records(stack: Stack) -> list[RunRecord]:
    from symprior.benchmark.run.execution import Execution

    return Execution(stack).run()


def _numbers(record: RunRecord) -> list[object]:
    """The returns, and all that was computed.

    Raises:
        RuntimeError: the run failed.
    """
    if record.error is not None:
        raise RuntimeError(record.error)
    returns = [point.returns for point in record.curve]
    return [returns, [point.model_dump() for point in record.curve]]


def _agreement(one: list[list[object]], other: list[list[object]]) -> str:
    if one == other:
        return "all bits"
    return "returns" if [run[0] for run in one] == [run[0] for run in other] else "neither"


if __name__ == "__main__":
    main()
