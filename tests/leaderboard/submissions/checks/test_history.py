"""What a merge would change, asked of real repositories: published records and submissions stay as they are."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symprior.leaderboard.submissions.checks import history, provenance
from symprior.leaderboard.submissions.checks.against import Against
from symprior.leaderboard.submissions.git import Change, Repository
from symprior.leaderboard.submissions.submission import Submission, read_submission
from symprior.symmetry.errors import SympriorError

Submitted = Any
Known = Callable[..., Against]
RESULT = "leaderboard/results/quick-2/cartpole-v1/ppo.json"


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def commit(root: Path, message: str) -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
    return git(root, "rev-parse", "HEAD").strip()


def status(state: str, reason: str, by: str = "") -> str:
    return f'\n[status]\nstate = "{state}"\nreason = "{reason}"\n' + (f'by = "{by}"\n' if by else "")


@pytest.fixture
def root(submitted: Submitted) -> Path:
    """A checkout with published results and one submission, Earlier, on the branch main."""
    root: Path = submitted.scratch
    (root / RESULT).parent.mkdir(parents=True)
    (root / RESULT).write_text("{}\n")
    (root / "agents").mkdir()
    (root / "agents" / "ppo.py").write_text("x = 1\n")
    (root / ".gitignore").write_text("authors/\n")
    submitted.make("Earlier", luck=1)
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(root, "As it was published")
    git(root, "checkout", "--quiet", "-b", "mine")
    return root


@pytest.fixture
def found(root: Path, submitted: Submitted, known: Known) -> Callable[[Submission], list[str]]:
    """What is wrong with merging what lies there into main."""

    def problems(submission: Submission) -> list[str]:
        repository = Repository.around(root)
        assert repository is not None and repository.root == root
        return list(history.problems(submission, known(submission, repository=repository, base="main")))

    return problems


Found = Callable[[Submission], list[str]]


@pytest.mark.parametrize("is_committed", [True, False])
def test_a_new_folder_may_be_merged(root: Path, submitted: Submitted, found: Found, is_committed: bool) -> None:
    submission = submitted.make()
    if is_committed:
        commit(root, "Submit")
    assert found(submission) == []


def removed_result(root: Path) -> None:
    (root / RESULT).unlink()


def changed_result(root: Path) -> None:
    (root / RESULT).write_text("[]\n")


def renamed_result(root: Path) -> None:
    (root / RESULT).rename((root / RESULT).with_name("ppo+x.json"))


def changed_code(root: Path) -> None:
    (root / "agents" / "ppo.py").write_text("x = 2\n")


def another_workflow(root: Path) -> None:
    (root / ".github").mkdir()
    (root / ".github" / "workflow.yml").write_text("")


def removed_submission(root: Path) -> None:
    git(root, "rm", "-r", "--quiet", "submissions/Earlier")


def changed_records(root: Path) -> None:
    path = root / "submissions" / "Earlier" / "records" / "cartpole-v1.json"
    path.write_text(path.read_text().replace("0", "1", 1))


def somebody_elses_status(root: Path) -> None:
    with (root / "submissions" / "Earlier" / "submission.toml").open("a") as file:
        file.write(status("retracted", "I do not like it."))


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (removed_result, f"{RESULT} is published and would be removed"),
        (changed_result, f"{RESULT} is published and would be changed"),
        (renamed_result, f"{RESULT} is published and would be removed"),
        (changed_code, "agents/ppo.py would be changed; a submission adds its own folder and changes nothing else"),
        (another_workflow, ".github/workflow.yml would be added; a submission adds its own folder"),
        (
            removed_submission,
            "submissions/Earlier/agent/agent.py is part of a published submission and would be removed",
        ),
        (changed_records, "records/cartpole-v1.json is part of a published submission and would be changed"),
        (somebody_elses_status, "would be changed by somebody else's submission"),
    ],
)
def test_nothing_else_may_change(
    root: Path, submitted: Submitted, found: Found, forge: Callable[[Path], None], words: str
) -> None:
    submission = submitted.make()
    forge(root)
    commit(root, "Submit, and more")
    assert any(words in problem for problem in found(submission)), found(submission)


def test_a_published_submission_keeps_all_but_its_status(root: Path, submitted: Submitted, found: Found) -> None:
    folder = root / "submissions" / "Earlier"
    statement = folder / "submission.toml"
    before = statement.read_text()
    statement.write_text(before + status("retracted", "The seeds were tuned on."))
    commit(root, "Retract")
    assert found(read_submission(folder)) == []
    better = submitted.make("Earlier", {"It loses less data": "It loses far less data"}, luck=1)
    commit(root, "Claim more")
    problems = found(better)
    assert any("more of it than its status would be changed" in problem for problem in problems)
    assert any("digest.txt is part of a published submission" in problem for problem in problems)


def test_what_was_retracted_stays_so(root: Path, found: Found) -> None:
    folder = root / "submissions" / "Earlier"
    before = (folder / "submission.toml").read_text()
    (folder / "submission.toml").write_text(before + status("retracted", "The seeds were tuned on."))
    git(root, "checkout", "--quiet", "main")
    commit(root, "Retract")
    git(root, "checkout", "--quiet", "-b", "again")
    (folder / "submission.toml").write_text(before)
    commit(root, "Not so")
    assert found(read_submission(folder)) == ["submissions/Earlier/submission.toml is retracted for good"]


def test_a_submission_takes_the_place_of_another(root: Path, submitted: Submitted, found: Found) -> None:
    statement = root / "submissions" / "Earlier" / "submission.toml"
    before = statement.read_text()
    submission = submitted.make("Mine", {'title = "An': 'supersedes = "Earlier"\ntitle = "An'})
    statement.write_text(before + status("superseded", "A mistake is corrected.", by="Mine"))
    commit(root, "Take its place")
    assert found(submission) == []
    statement.write_text(before + status("retracted", "It is no good."))
    commit(root, "Retract it")
    assert any('may become state = "superseded", by = "Mine"' in problem for problem in found(submission))


def test_verifications_may_be_added_and_not_changed(root: Path, submitted: Submitted, found: Found) -> None:
    place = root / "submissions" / "Earlier" / "verifications"
    place.mkdir()
    (place / "one.json").write_text("{}")
    commit(root, "Verify")
    earlier = read_submission(root / "submissions" / "Earlier")
    assert found(earlier) == []
    git(root, "checkout", "--quiet", "main")
    git(root, "merge", "--quiet", "mine")
    git(root, "checkout", "--quiet", "-b", "later")
    (place / "one.json").write_text("[]")
    commit(root, "Verify otherwise")
    assert any("one.json is part of a published submission and would be changed" in each for each in found(earlier))


def test_code_between_the_base_and_a_run_is_the_projects_own(root: Path, submitted: Submitted, known: Known) -> None:
    (root / "notes.md").write_text("mine")
    harmless = commit(root, "Take notes")
    (root / "agents" / "ppo.py").write_text("x = 2\n")
    patched = commit(root, "Evaluate more kindly")
    repository = Repository.around(root)
    assert repository is not None
    assert repository.code_changed("main", harmless) == []
    assert repository.code_changed("main", patched) == ["agents/ppo.py"]
    submission = submitted.make()
    assert repository.changes("main")[0] == Change("agents/ppo.py", "changed")
    of_patched = [
        record.model_copy(
            update={"provenance": record.provenance.model_copy(update={"commit": patched, "started": "2999-01-01"})}
        )
        for record in submission.records
    ]
    forged = Submission(submission.folder, submission.statement, submission.digest, tuple(of_patched))
    said = " ".join(map(str, provenance.problems(forged, known(forged, repository=repository, base="main"))))
    assert f"commit {patched[:12]} changes agents/ppo.py: run it with the project's own code" in said


def test_a_base_that_is_not_there_is_said(root: Path) -> None:
    repository = Repository.around(root)
    assert repository is not None
    with pytest.raises(SympriorError, match="has no commit 'upstream'"):
        repository.commit("upstream")
    with pytest.raises(SympriorError, match="has no commit '--help'"):
        repository.commit("--help")


def test_a_suite_that_has_retired_takes_no_new_submission(root: Path, submitted: Submitted, known: Known) -> None:
    submission, earlier = submitted.make(), read_submission(root / "submissions" / "Earlier")
    retired = known(submission, successor="quick-3", repository=Repository.around(root), base="main")
    assert list(history.problems(submission, retired)) == [
        "quick-2 has retired and takes no more submissions; run quick-3"
    ]
    commit(root, "Submit")
    assert not any("has retired" in problem for problem in history.problems(earlier, retired))
