"""From records to a pull request: packing, checking, and what the workflow does with a real remote."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from symprior.leaderboard.records.record import write_record
from symprior.leaderboard.submissions.submission import read_submission

pytestmark = pytest.mark.xdist_group("submit")  # published runs are read by each process

ROOT = Path(__file__).resolve().parents[5]
Answer = Callable[..., CompletedProcess[str]]
Submitted = Any


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def ran(submitted: Submitted, tmp_path: Path) -> Path:
    """An agent's folder, with the records of its runs in `runs/`, as `symprior run` leaves them."""
    source: Path = submitted.source()
    for record in submitted.runs(source):
        write_record(tmp_path / "runs", record)
    return source


def test_an_agent_is_packed_with_its_row_and_what_is_said_of_it(answer: Answer, ran: Path, tmp_path: Path) -> None:
    result = answer("submit", "pack", ran)
    assert result.returncode == 0, result.stderr
    submission = read_submission(tmp_path / "submissions" / "Mine")
    said = words(result.stdout)
    assert f"Packed submissions/Mine, {submission.digest}." in said
    assert "Over the 2 headline tasks, as it will stand on the board of quick-2" in said
    assert "Agent Mine [claimed]" in said
    assert "Over the 2 headline tasks, Mine loses " in said and "less data within 50,000 steps than ppo (" in said
    assert "cartpole-v1 gradient steps 6,240 6,240" in said
    assert [path.name for path in (tmp_path / "submissions").iterdir()] == ["Mine"]
    packed = json.loads((submission.folder / "records" / "cartpole-v1.json").read_text())
    assert len(packed["runs"]) == 20 and packed["shared"]["agent"]["id"] == "Mine"


def test_what_is_incomplete_is_not_packed(answer: Answer, ran: Path, tmp_path: Path) -> None:
    (tmp_path / "runs" / "quick-2" / "custom" / "cartpole-v1" / "Mine" / "seed-0007.json").unlink()
    result = answer("submit", "pack", ran)
    assert result.returncode == 2
    assert "Mine cannot be taken: 1 problem. cartpole-v1 lacks seed 7 of quick-2" in words(result.stderr)
    assert list((tmp_path / "submissions").iterdir()) == []


def test_who_has_not_run_is_told_how(answer: Answer, submitted: Submitted, tmp_path: Path) -> None:
    result = answer("submit", "pack", submitted.source())
    assert result.returncode == 2
    assert "runs holds no runs of Mine on a suite. Run it: symprior run --suite quick" in words(result.stderr)
    (tmp_path / "Empty").mkdir()
    result = answer("submit", "check", "Empty")
    assert result.returncode == 2 and "submission.toml is missing" in result.stderr


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def steps() -> list[dict[str, Any]]:
    """The steps of the workflow."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "submissions.yml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = workflow["jobs"]["check"]["steps"]
    return found


def test_the_workflow_runs_the_base_s_code_with_no_rights() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "submissions.yml").read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    trusted, submitted = (step["with"] for step in steps() if step.get("uses", "").startswith("actions/checkout"))
    assert trusted["ref"] == "${{ github.event.pull_request.base.sha }}" and trusted["path"] == "trusted"
    assert submitted["path"] == "submitted" and not (trusted["persist-credentials"] or submitted["persist-credentials"])
    runs = [step["run"] for step in steps() if "run" in step]
    assert all("github.event" not in run and run.lstrip().split()[0] in ("make", SYMPRIOR) for run in runs)
    assert not any("submitted/" in run for run in runs), "nothing of the pull request is run"


SYMPRIOR = "trusted/.venv/bin/symprior"


def test_a_checkout_without_submissions_is_checked_for_what_is_published(answer: Answer, tmp_path: Path) -> None:
    result = tmp_path / "leaderboard" / "results" / "quick-2" / "cartpole-v1" / "ppo.json"
    result.parent.mkdir(parents=True)
    result.write_text("{}")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "As it was published")
    git(tmp_path, "checkout", "--quiet", "-b", "mine")
    result.with_name("ppo+x.json").write_text("{}")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Publish more")
    checked = answer("submit", "check", ".", "--base", "main")
    assert checked.returncode == 0 and "No submission is new or changed." in checked.stdout
    result.write_text("[]")
    checked = answer("submit", "check", ".", "--base", "main")
    assert checked.returncode == 2 and "ppo.json is published and would be changed" in words(checked.stderr)
    assert "has no commit 'upstream'" in words(answer("submit", "check", ".", "--base", "upstream").stderr)


@pytest.mark.slow
@pytest.mark.covering
def test_a_pull_request_is_checked_as_the_workflow_does(submitted: Submitted, tmp_path: Path) -> None:
    """A bare remote, a contributor's clone and branch, and the workflow's own command in a clone of each."""
    remote, theirs, here = tmp_path / "remote.git", tmp_path / "theirs", tmp_path / "runner"
    git(tmp_path, "clone", "--quiet", "--bare", str(ROOT), str(remote))
    git(remote, "update-ref", "refs/heads/main", git(ROOT, "rev-parse", "HEAD"))
    base = git(remote, "rev-parse", "main")
    git(tmp_path, "clone", "--quiet", "--sparse", "--branch", "main", str(remote), str(theirs))
    git(theirs, "checkout", "--quiet", "-b", "mine")
    submitted.make().folder.parent.rename(theirs / "submissions")
    git(theirs, "add", "--sparse", "submissions")
    git(theirs, "commit", "--quiet", "--message", "Submit Mine")
    git(theirs, "push", "--quiet", "origin", "mine:refs/pull/1/head")

    (here / "trusted").mkdir(parents=True)
    (here / "trusted" / ".venv").symlink_to(ROOT / ".venv")  # what `make setup` makes there
    git(here, "init", "--quiet", "submitted")
    git(here / "submitted", "fetch", "--quiet", str(remote), "+refs/*:refs/remotes/origin/*")
    git(here / "submitted", "checkout", "--quiet", "--force", "refs/remotes/origin/pull/1/head")
    [step] = [step for step in steps() if step["name"] == "Check"]
    command = ["bash", "-eo", "pipefail", "-c", step["run"]]
    environment = {"BASE": base, "PATH": "/usr/bin:/bin", "COLUMNS": "200", "OMP_NUM_THREADS": "1"}
    result = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "Mine passes, sha256:" in result.stdout
