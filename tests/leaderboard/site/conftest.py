"""A small site: the published quick suite, one dial, and agents of strangers whose cards mean harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from symprior.leaderboard.board.citations import suite_bibtex
from symprior.leaderboard.records.published import PUBLISHED_RESULTS, read_file, read_published
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.site.content import Content, Document, Search, Trial
from symprior.leaderboard.site.site import write_site

HARM = "parent.harmed=document.title='harmed'"
HOSTILE = (
    f"<script>{HARM}</script>",
    f'"><img src=x onerror="{HARM}">',
    "../../../outside",
    f"javascript:{HARM}",
    f"x\u202egnp.exe</script><script>{HARM}</script>",
    "=HYPERLINK(1)",
)
"""Names of agents; their descriptions and BibTeX are as bad."""


def hostile_runs(quick: list[RunRecord]) -> list[RunRecord]:
    """Runs of agents from users' files, as records could bring them."""
    own = [run for run in quick if run.agent.id == "ppo" and run.task == "cartpole-v1" and run.seed < 5]
    found = []
    for name in HOSTILE:
        card = {
            "id": name,
            "algorithm": name,
            "prior": f"prior {name}",
            "description": f"{name} [click](javascript:{HARM}) <a href='javascript:{HARM}'>here</a>",
            "bibtex": f"@misc{{x{len(name)},\n  title = {{{name}</pre><script>{HARM}</script>}}\n}}",
        }
        settings = {"source": "abc", name: name}
        for run in own:
            changed = run.agent.model_copy(update=card)
            found.append(
                run.model_copy(
                    update={
                        "suite": "custom",
                        "suite_version": "1",
                        "agent": changed,
                        "hyperparameters": settings,
                    }
                )
            )
    return found


@pytest.fixture(scope="session")
def content() -> Content:
    quick = read_published(suite="quick")
    files = (
        PUBLISHED_RESULTS / "dials-3" / f"grid-catch-drift-v1@eps={value}" / f"{agent}.json"
        for value in ("0", "0.4")
        for agent in ("ppo", "ppo+homomorphic")
    )
    dial = [run for file in files for run in read_file(file)]
    trials = (Trial("learning_rate 0.01", 0.91, 5, True), Trial("learning_rate 0.02", 0.89, 5, False))
    return Content(
        records=(*quick, *dial, *hostile_runs(quick)),
        submissions=(),
        searches=(Search("ppo", "cartpole", "cartpole-v1", "batched", 50_000, trials),),
        documents=(
            Document(
                "RULES.md", "rules.html", "# Rules\n\nSee [the paper](docs/paper.md#held) and [a secret](secret.md).\n"
            ),
            Document(
                "docs/paper.md",
                "papers.html",
                "# Paper\n\n## Held\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n"
                f"[the board](../leaderboard/results/quick-2.md) <script>{HARM}</script> [x](javascript:{HARM})\n",
            ),
        ),
        software=suite_bibtex("0.1.0"),
        version="0.1.0",
        release="symprior 0.1.0",
    )


@pytest.fixture(scope="session")
def site(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that it was written into."""
    folder = tmp_path_factory.mktemp("site") / "out"
    assert list(write_site(content, folder))
    return folder


@pytest.fixture
def hostile() -> tuple[str, ...]:
    """The names of the strangers' agents."""
    return HOSTILE


@pytest.fixture
def harm() -> str:
    """The code that must never run."""
    return HARM
