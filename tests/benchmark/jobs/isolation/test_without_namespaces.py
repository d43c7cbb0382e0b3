"""A system that allows no user namespaces: a user's agent runs in a process of its own all the same, and that is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from symprior.leaderboard.records.record import read_records

WITHOUT = """
import ctypes, os, sys
outer = os.getuid(), os.getgid()
if ctypes.CDLL(None, use_errno=True).unshare(0x10000000):
    sys.exit(77)
for name, text in (("setgroups", "deny"), ("uid_map", f"0 {outer[0]} 1"), ("gid_map", f"0 {outer[1]} 1")):
    open(f"/proc/self/{name}", "w").write(text)
open("/proc/sys/user/max_user_namespaces", "w").write("0")  # of this one: none below it
os.execv(sys.argv[1], sys.argv[1:])
"""
STILL = """
import numpy as np

class Still:
    def __init__(self, problem, seed): pass
    def learn(self, env, budget): pass
    def act(self, observations): return np.zeros(len(observations), dtype=int)
"""


def test_it_runs_in_a_process_and_the_terminal_and_the_record_say_so(
    tmp_path: Path, agent_file: Callable[..., Path]
) -> None:
    command = [str(Path(sys.executable).parent / "symprior"), "run", "--task", "cartpole-v1", "--seeds", "0"]
    rest = ["--agent", f"{agent_file(STILL)}:Still", "--budget", "64"]
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT, *command, *rest], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    if result.returncode == 77:
        pytest.skip("there are no user namespaces here in which to forbid them")
    assert result.returncode == 0, result.stderr
    assert "this system allows no user namespaces" in " ".join(result.stdout.split())
    (record,) = read_records(tmp_path / "runs")
    assert (record.status, record.provenance.isolation) == ("finished", "process")
