"""In a namespace of its own a user's agent can start no endless number of processes, unless the user is root."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BREEDS = """
import codecs, ctypes, os, resource, sys, time
from symprior.benchmark.jobs.isolation.namespaces import MOST_PROCESSES, confine, limit_processes

if os.getuid() == 0:  # root has no limits: go on as somebody else
    codecs.lookup("ascii")
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
if (reason := confine([])).startswith("this system allows no user namespaces"):
    sys.exit(77)
assert resource.getrlimit(resource.RLIMIT_NPROC) == (MOST_PROCESSES, MOST_PROCESSES)
limit_processes(20)
started = 0
try:
    while started < 100:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        started += 1
except BlockingIOError:
    print(started, flush=True)
"""


def test_linux_refuses_to_start_more_than_the_limit(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    result = subprocess.run([sys.executable, "-c", BREEDS], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    if result.returncode == 77:
        pytest.skip("this system allows no user namespaces")
    assert result.returncode == 0, result.stderr
    assert 10 < int(result.stdout) < 20
