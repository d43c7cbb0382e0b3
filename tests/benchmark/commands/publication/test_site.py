"""`symprior site`: what it gathers in a checkout, and that the real documents lead to pages of the site."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import unquote

import pytest

from symprior.agents.ledgers.ledger import every
from symprior.leaderboard import PUBLISHED_RESULTS

Answer = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[4]


@pytest.mark.slow
def test_a_site_has_the_ledgers_and_the_documents_of_the_checkout(answer: Answer, tmp_path: Path) -> None:
    found = answer("site", "--suite", "quick", "--out", "out")
    assert found.returncode == 0, found.stderr
    out = tmp_path / "out"
    number = sum(path.is_file() for path in out.rglob("*"))
    assert found.stdout == f"Wrote {number} files. Open out/index.html\n"
    pages = {path: path.read_text(encoding="utf-8") for path in out.rglob("*.html")}
    assert {f"documents/{path.stem}.html" for path in (ROOT / "docs").glob("*.md")} <= {
        *(path.relative_to(out).as_posix() for path in pages),
        "documents/paper.html",
        "documents/submit.html",
    }
    for path, text in pages.items():
        for link in map(unquote, map(unescape, re.findall(r'<a [^>]*?href="([^"#]+)', text))):
            assert link.startswith("https://") or (path.parent / link).resolve().is_file(), f"{path}: {link}"
    assert (
        "How much data" in pages[out / "index.html"]
        and "<strong>1.1 What counts.</strong>" in pages[out / "rules.html"]
    )
    searches = [ledger for ledger in every() if ledger.agent == "ppo+homomorphic"]
    page = pages[out / "agents" / "ppo+homomorphic.html"]
    assert page.count("<details><summary>For ") == len(searches) > 10


def test_results_of_ones_own_are_a_site_and_no_results_are_a_sentence(answer: Answer, tmp_path: Path) -> None:
    found = answer("site", "--records", tmp_path / "nowhere")
    assert found.returncode == 2 and "There is no results folder" in found.stderr
    mine = tmp_path / "mine" / "quick-2" / "cartpole-v1"
    mine.mkdir(parents=True)
    (mine / "ppo.json").symlink_to(PUBLISHED_RESULTS / "quick-2" / "cartpole-v1" / "ppo.json")
    assert answer("site", "--records", tmp_path / "mine", "--out", "out").returncode == 0
    assert (tmp_path / "out" / "board.html").read_text(encoding="utf-8").count("<tr data-suite=") == 1
