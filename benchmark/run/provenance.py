"""Where a number comes from: versions, commit and hardware, without names of hosts or people."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from symprior.agents.ledgers.ledger import LEDGERS
from symprior.benchmark.jobs.job import Job
from symprior.leaderboard.records.record import Provenance
from symprior.leaderboard.submissions.git import CODE
from symprior.tasks import Task
from symprior.tasks.custom.source_files import digest, digest_of

PACKAGES = ("torch", "gymnasium", "stable-baselines3", "numpy", "scipy")
CHECKED_OUT = ("pyproject.toml", *CODE)
"""What of a checkout may not be changed for a run; a folder of one's own beside it changes nothing."""

VECTOR_INSTRUCTIONS = {"avx512f": "AVX-512", "avx2": "AVX2"}
"""The widest first, as Linux and people name them. Libraries choose their kernels, and so how they round, by these."""


def provenance(job: Job, stack_size: int, threads: int, task: Task, ledger: str | None) -> Provenance:
    """What is true of this process now.

    Args:
        job: what is computed.
        stack_size: seeds in one computation.
        threads: of torch.
        task: what is run; its simulator's packages are named too, and its file where a user brought it.
        ledger: of which tuning the settings are.
    """
    commit, dirty = checkout_state()
    return Provenance(
        symprior=_version("symprior") or "unreleased",
        commit=commit,
        dirty=dirty,
        python=platform.python_version(),
        packages={name: found for name in (*PACKAGES, *task.packages) if (found := _version(name)) is not None},
        platform=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        threads=threads,
        device=_device_name(job.device),
        portable=job.portable or None,
        task_source=task.file and digest(task.file),
        ledger=ledger and f"{ledger} {digest_of(LEDGERS / f'{ledger}.json')}",
        stack_size=stack_size,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def release() -> str:
    """Which symprior this is, in a line: its version and, in a checkout, its commit."""
    commit, dirty = checkout_state()
    at = f", commit {commit[:12]}{', changed' if dirty else ''}" if commit else ""
    return f"symprior {_version('symprior') or 'unreleased'}{at}"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@cache
def checkout_state() -> tuple[str | None, bool | None]:
    """The checkout's commit and whether its code was changed; (None, None) outside a checkout."""
    folder = Path(__file__).parents[2]
    if not (folder / ".git").exists():
        return None, None
    try:
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True)
        status = subprocess.run(
            ["git", "status", "--porcelain", "--", *CHECKED_OUT], cwd=folder, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None, None
    return commit.stdout.strip(), bool(status.stdout.strip())


@cache
def _processor() -> str:
    model = _cpuinfo().get("model name") or platform.processor() or "unknown"
    flags = processor_flags()
    widest = next((f" ({name})" for flag, name in VECTOR_INSTRUCTIONS.items() if flag in flags), "")
    return f"{model}{widest}, {os.cpu_count()} cores"


def processor_flags() -> frozenset[str]:
    """What a core can do, as Linux names it; nothing elsewhere."""
    return frozenset(_cpuinfo().get("flags", "").split())


def _cpuinfo() -> dict[str, str]:
    """What Linux knows of a core; nothing elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _device_name(device: str) -> str:
    if not device.startswith("cuda"):
        return device
    import torch

    return f"{device} ({torch.cuda.get_device_name(device)})"
