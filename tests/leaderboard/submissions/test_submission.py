"""A submission is read whole or refused in a sentence: its statement, its layout, its records, its digest."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symprior.leaderboard.submissions.packing import pack, put_in_place
from symprior.leaderboard.submissions.statement import parsed_statement
from symprior.leaderboard.submissions.submission import Submission, read_submission, read_submissions, records_on_boards
from symprior.symmetry.errors import SympriorError

Submitted = Any
"""What the fixture gives."""


def test_what_was_packed_is_read_again(submitted: Submitted) -> None:
    packed = submitted.make()
    again = read_submission(submitted.folder / "Mine")
    assert again == packed and again.digest.startswith("sha256:")
    assert (again.name, again.suite_id, len(again.records)) == ("Mine", "quick-2", 40)
    assert sorted(path.name for path in again.folder.iterdir()) == ["agent", "digest.txt", "records", "submission.toml"]
    assert sorted(path.name for path in (again.folder / "records").iterdir()) == [
        "cartpole-v1.json",
        "grid-catch-v1.json",
    ]
    assert again.agent == f"{again.folder}/agent/agent.py:Mine"
    lock = (again.folder / "agent" / "requirements.lock").read_text().splitlines()
    assert any(line.startswith("numpy==") for line in lock)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title =", "titel =", "titel: there is no such key. Known: algorithm, authors, "),
        ("title =", "titel =", "title: it is missing."),
        ("effort =", "efort =", "tuning.efort: there is no such key. Known: effort, kind, ledgers."),
        ('"An agent of the tests"', '"<what it is>"', "title: it still says '<what it is>'; fill it in."),
        ('"An agent of the tests"', '"two\\nlines"', "title: it holds the character U+000A, which is not seen"),
        ('"An agent of the tests"', '"\\u202Etfel"', "title: it holds the character U+202E, which is not seen"),
        ('"An agent of the tests"', "3", "title: Input should be a valid string."),
        ('["Emmy Noether", "Ada Lovelace"]', "[]", "authors: List should have at least 1 item"),
        ('"CC-BY-4.0"', '"proprietary"', "results_licence: Input should be 'CC-BY-4.0'."),
        ('"https://example.org/mine"', '"javascript:alert(1)"', "source: String should match pattern"),
        ('"0123456789012345678901234567890123456789"', '"main"', "commit: String should match pattern"),
        ("{Mine}}", "{Mine}", "bibtex: it is no BibTeX entry"),
        ('"self-reported"', '"ledger"', "tuning: ledgers are named where kind is"),
        ("effort =", 'ledgers = ["cartpole/ppo"]\neffort =', "tuning: ledgers are named where kind is"),
        ('"self-reported"', '"none"', "tuning: effort is said where kind is"),
        ("[tuning]", '[status]\nstate = "retracted"\n[tuning]', "status: a reason is given where the state is"),
        ("[tuning]", '[status]\nstate = "superseded"\nreason = "x"\n[tuning]', "status: by names what took its place"),
        ('title = "An', 'supersedes = "not a name"\ntitle = "An', "supersedes: 'not a name' is no name of a class"),
        ("title =", "title = 1\ntitle =", "is no TOML"),
    ],
)
def test_a_statement_says_what_the_schema_has(submitted: Submitted, old: str, new: str, words: str) -> None:
    text = (submitted.source(said={old: new}) / "submission.toml").read_bytes()
    with pytest.raises(SympriorError) as caught:
        parsed_statement(text, "submission.toml")
    assert words in str(caught.value)


def appended(path: str, text: str) -> Callable[[Path], None]:
    """Add to a file, which may be new."""

    def forge(folder: Path) -> None:
        with (folder / path).open("ab") as file:
            file.write(text.encode("latin-1"))

    return forge


def replaced(old: str, new: str, path: str = "records/cartpole-v1.json") -> Callable[[Path], None]:
    """Write something else in a file."""

    def forge(folder: Path) -> None:
        text = (folder / path).read_text(encoding="utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), encoding="utf-8")

    return forge


def edited_returns(folder: Path) -> None:
    records = folder / "records" / "cartpole-v1.json"
    text = records.read_text(encoding="utf-8")
    last = json.loads(text)["runs"][3]["curve"][-1]
    before, after = (json.dumps(each, separators=(",", ":")) for each in (last, last | {"returns": [500.0] * 20}))
    replaced(before, after)(folder)


def written_by_hand(folder: Path) -> None:
    records = folder / "records" / "cartpole-v1.json"
    records.write_text(json.dumps(json.loads(records.read_text())))


FORGERIES: dict[str, tuple[Callable[[Path], object], str]] = {
    "an unknown file": (
        appended("notes.md", "hello"),
        "notes.md is no part of one; known are agent, digest.txt, records, submission.toml",
    ),
    "weights": (
        appended("agent/weights.safetensors", "\0" * 100),
        "agent/weights.safetensors is none of .bib, .lock, .md, .py, .toml, .txt",
    ),
    "a pickle": (appended("agent/policy.pkl", "\x80\x04K\x01."), "agent/policy.pkl is none of"),
    "weights called code": (appended("agent/weights.py", "\x80\x04K\x01."), "agent/weights.py is no text in UTF-8"),
    "too much code": (appended("agent/more.py", "#" * 300_000), "agent/more.py has 300,000 bytes"),
    "records without end": (
        lambda folder: os.truncate(folder / "records" / "cartpole-v1.json", 1 << 30),
        "records/cartpole-v1.json has 1,073,741,824 bytes, and 16,777,216 are the most",
    ),
    "a link": (
        lambda folder: (folder / "agent" / "more.txt").symlink_to("/etc/passwd"),
        "agent/more.txt is neither a file nor a folder",
    ),
    "a link for a folder": (
        lambda folder: (folder / "verifications").symlink_to("/etc"),
        "verifications is neither a file nor a folder",
    ),
    "hidden letters": (
        lambda folder: (folder / "agent" / "agent.py").write_text("# \u202e nothing to see"),
        "agent/agent.py holds the character U+202E",
    ),
    "edited code": (appended("agent/agent.py", "# better\n"), "was changed after it was packed"),
    "edited returns": (edited_returns, "was changed after it was packed"),
    "an unknown key in a record": (
        replaced('"budget": ', '"bugdet": 1, "budget": '),
        "bugdet: Extra inputs are not permitted",
    ),
    "future points": (
        replaced('"step":50000', '"step":60000'),
        "the run used more than its budget of 50000 steps",
    ),
    "more steps than the budget": (
        replaced('"steps_used":50000', '"steps_used":50016'),
        "the run used more than its budget of 50000 steps",
    ),
    "another agent's records": (
        replaced('"id": "Mine"', '"id": "Yours"'),
        "holds a run of the agent 'Yours', and the submission is 'Mine'",
    ),
    "records of another task": (
        lambda folder: (folder / "records" / "cartpole-v1.json").rename(folder / "records" / "pong-v1.json"),
        "holds a run on cartpole-v1, which belongs in cartpole-v1.json",
    ),
    "a truncated record": (replaced("\n ]\n}\n", ""), "holds no valid results"),
    "records written by hand": (written_by_hand, "is written otherwise than `symprior submit pack` writes"),
    "no code": (lambda folder: (folder / "agent" / "agent.py").unlink(), "agent/agent.py is missing"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_damaged_or_does_not_belong_is_refused(submitted: Submitted, forgery: str) -> None:
    folder = submitted.make().folder
    assert read_submissions(submitted.folder)[0].folder == folder
    forge, words = FORGERIES[forgery]
    forge(folder)
    with pytest.raises(SympriorError) as caught:
        read_submissions(submitted.folder)
    assert words in str(caught.value)


def test_a_status_changes_no_digest_and_takes_it_off_the_board(submitted: Submitted) -> None:
    packed = submitted.make()
    assert len(records_on_boards([packed])) == 40
    statement = packed.folder / "submission.toml"
    text = statement.read_text()
    statement.write_text(f'{text}\n[status]\nstate = "retracted"\nreason = "The seeds were tuned on."\n')
    retracted = read_submission(packed.folder)
    assert retracted.digest == packed.digest and not retracted.is_active
    assert records_on_boards([retracted]) == []
    statement.write_text(text.replace("Mine}}", "Mine, too}}"))
    with pytest.raises(SympriorError, match="was changed after it was packed"):
        read_submission(packed.folder)


def test_verifications_change_no_digest(submitted: Submitted) -> None:
    packed = submitted.make()
    packed.verifications.mkdir()
    (packed.verifications / "first.json").write_text("{}")
    assert read_submission(packed.folder).digest == packed.digest


def test_two_suites_or_a_seed_twice_are_no_submission(submitted: Submitted) -> None:
    source = submitted.source()
    runs = submitted.runs(source)
    other = [record.model_copy(update={"suite": "priors"}) for record in runs if record.task == "cartpole-v1"]
    with pytest.raises(SympriorError, match="has records of priors-2 and quick-2"):
        pack(source, [*(record for record in runs if record.task != "cartpole-v1"), *other], submitted.folder)
    twice = runs[0].model_copy(update={"seed": 1})
    with pytest.raises(SympriorError, match="holds a seed twice"):
        pack(source, [twice, *runs[1:]], submitted.folder)


def test_what_is_no_code_stays_at_home(submitted: Submitted) -> None:
    source = submitted.source()
    for name in ("__pycache__/agent.pyc", ".git/config", "runs/seed-0000.json"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("x")
    (source / "test_agent.py").write_text("")
    packed = pack(source, submitted.runs(source), submitted.folder)
    found = {path.name for path in (packed.folder / "agent").iterdir()}
    assert found == {"agent.py", "test_agent.py", "requirements.lock"}
    (source / "weights.npz").write_bytes(b"x")
    with pytest.raises(SympriorError, match=r"agent/weights\.npz is none of"):
        pack(source, submitted.runs(source), submitted.folder)


def test_a_new_pack_takes_the_place_of_one_that_nobody_verified(submitted: Submitted, tmp_path: Path) -> None:
    first = submitted.make()
    better = {"It loses less data": "It loses far less data"}

    def packed(scratch: str) -> Submission:
        source = submitted.source(said=better)
        return pack(source, submitted.runs(source), tmp_path / scratch)

    assert put_in_place(packed("second"), submitted.folder) == first.folder
    second = read_submission(first.folder)
    assert second.digest != first.digest and "far less" in second.statement.claim
    second.verifications.mkdir()
    with pytest.raises(SympriorError, match=r"was verified, and stays as it is.*supersedes = \"Mine\""):
        put_in_place(packed("third"), submitted.folder)
    assert read_submission(first.folder) == second
