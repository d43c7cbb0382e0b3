"""What is verified together: a folder as it is run or published, or a submission with the file of its agent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from symprior.benchmark.verification.pack import read_pack
from symprior.benchmark.verification.replay import replay_of
from symprior.leaderboard.records.published import publish, read_file, to_text
from symprior.leaderboard.records.record import RunRecord, write_record
from symprior.leaderboard.submissions.sealing import digest_of as sealed_digest
from symprior.leaderboard.submissions.standing import level_of
from symprior.leaderboard.submissions.statement import read_statement
from symprior.leaderboard.submissions.submission import read_submission
from symprior.leaderboard.verification.record import Verification, write_verification
from symprior.symmetry.errors import SympriorError
from symprior.tasks.custom.source_files import digest_of

Train = Callable[..., list[RunRecord]]


@pytest.fixture(scope="session")
def two(train: Train) -> list[RunRecord]:
    return train("random", "cartpole-v1", range(2))


STATEMENT = """title = "Mine"
authors = ["Ada", "Grace"]
licence = "MIT"
results_licence = "CC-BY-4.0"
source = "https://example.org/mine"
commit = "0123456789abcdef0123456789abcdef01234567"
algorithm = "ppo"
symmetry = "None."
claim = "It acts at random."
bibtex = "@misc{mine, title = {Mine}}"

[tuning]
kind = "none"
"""


def submission(folder: Path, records: list[RunRecord]) -> None:
    """A submission of these records, as if they were of an agent in a file."""
    agent = folder / "agent" / "agent.py"
    agent.parent.mkdir(parents=True)
    agent.write_text("class Mine: ...\n")
    (folder / "agent" / "requirements.lock").write_text("numpy==2.4.6\n")
    (folder / "agent" / "beside.toml").write_text("weights = [1.0, 2.0]\n")
    own = [
        record.model_copy(
            update={
                "agent": record.agent.model_copy(update={"id": "Mine", "learner": "custom"}),
                "hyperparameters": {"source": digest_of(agent)},
            }
        )
        for record in records
    ]
    (folder / "submission.toml").write_text(STATEMENT)
    (folder / "records").mkdir()
    (folder / "records" / "cartpole-v1.json").write_text(to_text(own))
    (folder / "digest.txt").write_text(sealed_digest(folder, read_statement(folder / "submission.toml")) + "\n")


def test_both_forms_of_records_are_one_pack(tmp_path: Path, two: list[RunRecord]) -> None:
    for record in two:
        write_record(tmp_path / "run", record)
    publish(two, tmp_path / "published")
    as_run, as_published = read_pack(tmp_path / "run"), read_pack(tmp_path / "published")
    assert as_run.records == as_published.records and as_run.subject == as_published.subject
    (tmp_path / "published" / "verifications").mkdir()
    (tmp_path / "published" / "verifications" / "a.json").write_text("{}")
    assert read_pack(tmp_path / "published").records == as_run.records


def test_a_submission_brings_its_authors_and_its_agents_file_alone(tmp_path: Path, two: list[RunRecord]) -> None:
    submission(tmp_path / "Mine", two)
    pack = read_pack(tmp_path / "Mine")
    assert pack.authors == ("Ada", "Grace") and len(pack.records) == 2
    assert pack.verifications == tmp_path / "Mine" / "verifications"
    copies = tmp_path / "copies"
    assert pack.agents(copies) == {"Mine": f"{(copies / 'agent.py').resolve()}:Mine"}
    assert [path.name for path in copies.iterdir()] == ["agent.py"]
    (tmp_path / "Mine" / "agent" / "agent.py").write_text("class Mine: edited = True\n")
    with pytest.raises(SympriorError, match="was changed after it was packed"):
        read_pack(tmp_path / "Mine")


def test_the_file_of_an_agent_is_the_one_that_was_trained(tmp_path: Path, two: list[RunRecord]) -> None:
    submission(tmp_path / "Mine", two)
    (own,) = (tmp_path / "Mine" / "records").iterdir()
    for record in read_file(own):
        write_record(tmp_path / "run", record)
    file = tmp_path / "mine.py"
    file.write_text("class Mine: ...\n")
    assert list(read_pack(tmp_path / "run", agents=[f"{file}:Mine"]).agents(tmp_path / "copies")) == ["Mine"]
    file.write_text("class Mine: edited = True\n")
    with pytest.raises(SympriorError, match=r"Mine was trained with a file of digest .* Name it with --agent"):
        read_pack(tmp_path / "run", agents=[f"{file}:Mine"]).agents(tmp_path / "copies")


def test_several_suites_are_not_verified_together(tmp_path: Path, two: list[RunRecord]) -> None:
    for record in (two[0], two[1].model_copy(update={"suite": "other"})):
        write_record(tmp_path / "run", record)
    with pytest.raises(SympriorError, match=r"The records are of 2 suites, custom-1, other-1\. Name one with --suite"):
        read_pack(tmp_path / "run")
    assert read_pack(tmp_path / "run", "other").subject.suite == "other-1"


def test_records_that_say_what_cannot_be_are_refused(tmp_path: Path, two: list[RunRecord]) -> None:
    last = two[0].curve[-1].model_copy(update={"returns": [501.0] * 20})
    write_record(tmp_path / "run", two[0].model_copy(update={"curve": [*two[0].curve[:-1], last]}))
    with pytest.raises(SympriorError, match="a return of 501, where cartpole-v1 gives 500 at most"):
        read_pack(tmp_path / "run")


@pytest.mark.parametrize(("by", "name"), [("Ada", "claimed"), ("Hypatia", "replayed")])
def test_a_submissions_level_follows_from_its_folder(tmp_path: Path, two: list[RunRecord], by: str, name: str) -> None:
    submission(tmp_path / "Mine", two)
    pack = read_pack(tmp_path / "Mine")
    replay = replay_of(pack, pack.records, 2, "text")
    found = Verification(subject=pack.subject, by=by, machine=two[0].provenance, replay=replay)
    write_verification(pack.verifications, found)
    level = level_of(read_submission(tmp_path / "Mine"))
    assert (level.name, level.runs, level.is_challenged) == (name, 2, False)
