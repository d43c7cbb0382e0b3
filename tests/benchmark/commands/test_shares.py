"""Sweeps in shares: each run is in exactly one, and a suite as a list of commands is the suite."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from symprior.benchmark.jobs.job import Run, most_shares, parse_share, share, stacks
from symprior.benchmark.sweep.suite import get_suite
from symprior.leaderboard import read_records
from symprior.symmetry.errors import SympriorError

Answer = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def quick() -> list[Run]:
    return [run for job in get_suite("quick").jobs() for run in job.runs]


@pytest.mark.parametrize("of", [1, 2, 3, 7, 32])
def test_every_run_is_in_exactly_one_share(quick: list[Run], of: int) -> None:
    dealt = [run for number in range(1, of + 1) for run in share(quick, number, of)]
    assert len(dealt) == len(quick) and set(dealt) == set(quick)


def test_shares_can_be_single_stacks(quick: list[Run]) -> None:
    count = most_shares(quick)
    assert all(len(stacks(share(quick, number, count), 1)) == 1 for number in range(1, count + 1))


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1", "a/b", "-1/3", "1/2/3", "²/3"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(SympriorError, match="is no share"):
        parse_share(text)


def test_shares_together_are_the_sweep(answer: Answer, tmp_path: Path) -> None:
    arguments = ("run", "--task", "cartpole-v1", "--agent", "random", "--seeds", "0-4", "--budget", "64")
    for part, seeds in (("2/2", {1, 3}), ("1/2", {0, 1, 2, 3, 4})):
        assert answer(*arguments, "--only", part).returncode == 0
        assert {record.seed for record in read_records(tmp_path / "runs")} == seeds
    result = answer(*arguments, "--only", "7/8")
    assert result.returncode == 2 and "too few runs" in result.stderr


def test_a_suite_is_a_list_of_commands_that_can_be_typed(answer: Answer, quick: list[Run]) -> None:
    lines = answer("jobs", "quick", "--records", "a b").stdout.splitlines()
    assert len(lines) == most_shares(quick)
    command = shlex.split(lines[-1], comments=True)
    assert command[:4] == ["symprior", "run", "--suite", "quick"] and "a b" in command
    result = answer(*command[1:], "--dry-run")
    assert result.returncode == 0 and "5 of 5 runs to do" in result.stdout
    assert len(answer("jobs", "quick", "--shares", "3").stdout.splitlines()) == 3


def test_quiet_says_nothing_and_json_lines_say_everything(answer: Answer) -> None:
    arguments = ("run", "--task", "cartpole-v1", "--agent", "random", "--budget", "60000")
    quiet = answer(*arguments, "--seeds", "0", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    events = [json.loads(line) for line in answer(*arguments, "--seeds", "0-1", "--json-lines").stdout.splitlines()]
    assert [event["event"] for event in events if event["event"] != "progress"] == ["plan", "run", "end"]
    assert (events[0]["runs"], events[0]["finished"], events[-1]["finished"]) == (2, 1, 1)
    progress = [event for event in events if event["event"] == "progress"]
    assert progress and all({"steps_done", "seconds_left"} <= event.keys() for event in progress)
    assert answer(*arguments, "--quiet", "--json-lines").returncode == 2
