"""The site: every page whole, every link leads somewhere, every number is the board's, and no text becomes code."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from symprior.leaderboard.board.board import build
from symprior.leaderboard.site.addresses import file_name
from symprior.leaderboard.site.built import built
from symprior.leaderboard.site.content import Content
from symprior.leaderboard.site.documents import as_html
from symprior.leaderboard.site.site import write_site
from symprior.tasks import TASKS

pytestmark = pytest.mark.xdist_group("site")

VOID = {"meta", "link", "img", "input", "br", "hr"}
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
MOST_BYTES = 300_000
"""Of the first page with its style and script."""


class Page(HTMLParser):
    """A page's links, ids, scripts and handlers; its tags must be closed."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)
        assert self.open == [], path

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.links += [str(found.get("href"))] * (tag == "a")
        self.loaded += [str(found[name]) for name in ("src", "href", "srcset") if name in found and tag != "a"]
        self.ids += [str(found.get("id"))] * ("id" in found)
        self.handlers += [name for name in found if name.startswith("on")]
        self.scripts += [found] * (tag == "script")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [str(value) for name, value in attrs if name in ("href", "xlink:href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_every_page_is_there(site: Path, content: Content) -> None:
    shipped = {name for name in TASKS if TASKS[name].file is None}
    assert {path.stem for path in (site / "tasks").glob("*.html")} == {"index", *shipped}
    agents = {record.agent.id for record in content.records}
    assert {path.stem for path in (site / "agents").glob("*.html")} == {"index", *map(file_name, agents)}
    assert {path.name for path in (site / "suites").glob("*.html")} == {"quick-2.html", "dials-3.html", "custom-1.html"}
    named = ["index", "board", "dials", "papers", "rules", "cite"]
    assert {path.stem for path in site.glob("*.html")} == set(named)


def test_a_version_that_was_replaced_is_not_on_the_site(content: Content) -> None:
    older = [run.model_copy(update={"suite_version": "1"}) for run in content.records if run.suite == "quick"]
    site = built(replace(content, records=(*older, *content.records)))
    assert set(site.boards) == {"quick-2", "dials-3", "custom-1"}
    assert {entry.suite for entry in site.entries} == set(site.boards)


def test_every_link_leads_to_a_page_and_a_place_on_it(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for link in page.links:
            address, _, place = unquote(link).partition("#")
            if link == LICENCE:
                continue
            target = (path.parent / address).resolve() if address else path
            assert target.is_file(), f"{path}: {link}"
            assert not place or place in pages[target].ids, f"{path}: {link}"
        assert len(page.ids) == len(set(page.ids)), path


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for loaded in page.loaded:
            if loaded != "data:," and not loaded.startswith("#"):
                assert (path.parent / loaded).resolve().is_file(), f"{path}: {loaded}"
        assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in page.text


def test_the_first_page_is_light(site: Path) -> None:
    assert sum((site / name).stat().st_size for name in ("index.html", "style.css", "site.js")) < MOST_BYTES


def test_the_first_page_draws_the_gains_of_priors_alone(site: Path, content: Content) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    board = build([run for run in content.records if run.suite == "quick"])
    for table in board.tasks:
        gains = {row.agent: row.gain.estimate for row in table.rows if row.gain and row.gain.estimate}
        label = page[page.index(f"Symmetry gains on {table.task}: ") :].partition('"')[0]
        for agent, gain in gains.items():
            assert gain.interval is not None
            said = f"{agent} {gain.value:.2f}, {gain.interval.low:.2f} to {gain.interval.high:.2f}"
            assert (said in label) is (agent not in ("ppo", "ppo+wide")), label
    assert "grid-catch-drift" not in page.partition("<footer")[0].partition("What each suite says")[0]


def test_the_data_are_the_boards_numbers(site: Path, content: Content) -> None:
    with (site / "data" / "board.csv").open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    rows = json.loads((site / "data" / "board.json").read_text(encoding="utf-8"))
    board = build([run for run in content.records if run.suite == "quick"])
    for table in board.tasks:
        for row in table.rows:
            [found] = [
                each
                for each in rows
                if (each["suite"], each["task"], each["agent"]) == ("quick-2", table.task, row.agent)
            ]
            assert found["data_efficiency"] == pytest.approx(row.efficiency.value, rel=1e-5)
            assert row.efficiency.interval and found["data_efficiency_low"] == pytest.approx(
                row.efficiency.interval.low, rel=1e-5
            )
            gain = row.gain.estimate if row.gain else None
            assert found["symmetry_gain"] == (pytest.approx(gain.value, rel=1e-5) if gain else None)
            assert (found["never_at_threshold"], found["runs"]) == (row.failures.count, row.runs)
    assert len(lines) == len(rows) == 8 + 4 + 6
    for line, row in zip(lines, rows, strict=True):
        assert list(line) == list(row)
        assert float(line["data_efficiency"]) == row["data_efficiency"]
    runs = list(csv.DictReader((site / "data" / "runs.csv").open(newline="", encoding="utf-8")))
    assert len(runs) == len(content.records)


def test_a_page_of_an_agent_says_what_was_searched_and_how_it_was_set(site: Path) -> None:
    page = (site / "agents" / "ppo.html").read_text(encoding="utf-8")
    assert "For cartpole: 2 configurations on cartpole-v1, 50,000 steps each, learner batched" in page
    assert (
        '<tr><td>learning_rate 0.01</td><td class="number">0.910</td><td class="number">5</td><td>chosen</td></tr>'
        in page
    )
    assert "<dt>learning_rate</dt>" in page and "<dt>gae_lambda</dt>" in page
    assert "cartpole-v1" in page and "grid-catch-v1" in page and "quick-2, batched" in page


def test_a_page_of_a_task_says_what_was_measured_and_where_its_budget_is_from(site: Path) -> None:
    page = (site / "tasks" / "cartpole-v1.html").read_text(encoding="utf-8")
    references = TASKS["cartpole-v1"].references
    assert references.budget_source.split(",")[0] in page and f"{references.budget:,}" in page
    assert "Dynamics: exact. Starts of episodes: in distribution. It agrees with what is declared." in page
    assert "20 seeds find a gain of" in page
    assert 'src="../tasks/cards/pictures/cartpole-v1.png"' in page
    assert (site / "tasks" / "cards" / "pictures" / "cartpole-v1.png").read_bytes()[:4] == b"\x89PNG"


def test_what_needs_a_script_is_hidden_and_everything_else_is_there_without(site: Path) -> None:
    page = (site / "board.html").read_text(encoding="utf-8")
    assert '<form id="filters" class="filters" hidden>' in page
    assert page.count("<tr data-suite=") == 8 + 4 + 6
    assert '<a href="tasks/grid-catch-v1.html">grid-catch-v1</a>' in page
    assert '<a href="dials/dials-3-grid-catch-drift-v1.html">grid-catch-drift-v1@eps=0.4</a>' in page


def test_documents_lead_to_pages_of_the_site_or_nowhere(site: Path) -> None:
    rules, paper = ((site / name).read_text(encoding="utf-8") for name in ("rules.html", "papers.html"))
    assert '<a href="papers.html#held">the paper</a> and a secret.' in rules
    assert '<a href="suites/quick-2.html">the board</a>' in paper
    assert '<h2 id="held">Held</h2>' in paper and 'aria-label="Table 1"><table>' in paper


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("![a](https://elsewhere.org/x.png)", "<p>a</p>"),
        ("[a](file:///etc/passwd)", "<p>[a](file:///etc/passwd)</p>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("[a](../../x.md)", "<p>a</p>"),
        ("<!-- a note -->\nb", "<p>b</p>"),
        ("a\u202eb", "<p>a�b</p>"),
    ],
)
def test_text_of_a_document_is_text(text: str, html: str) -> None:
    assert as_html(text, "docs/x.md", {}, "").strip() == html


def test_no_text_of_a_stranger_is_more_than_text(
    site: Path, pages: dict[Path, Page], hostile: tuple[str, ...], harm: str
) -> None:
    for path, page in pages.items():
        assert page.handlers == [], path
        assert {script.get("type", "code") for script in page.scripts} <= {"code", "application/json"}
        assert [script for script in page.scripts if "src" in script] == [page.scripts[0]]
        assert not any(link.lower().startswith(("javascript:", "data:")) for link in page.links), path
        assert "\u202e" not in page.text
    outside = {path.relative_to(site.parent).parts[0] for path in site.parent.rglob("*")}
    assert outside == {"out"}
    assert all(f"agents/{file_name(name)}.html" in (site / "board.html").read_text() for name in hostile)
    lines = (site / "data" / "board.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK(1)" in lines and ",=HYPERLINK" not in lines


def test_names_of_files_are_plain_and_apart(hostile: tuple[str, ...]) -> None:
    names = [*hostile, "ppo+homomorphic", "cartpole-wind-v1@eps=0.1", ".", "..", "a/b", "a b", "a\x00b", "é" * 300]
    files = [file_name(name) for name in names]
    assert len(set(files)) == len(names)
    assert all(
        set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+_=@-") for name in files
    )
    assert not any(name.startswith(".") or len(name) > 100 for name in files)
    assert file_name("ppo+homomorphic") == "ppo+homomorphic"


def test_two_sites_of_the_same_content_are_the_same_bytes(content: Content, tmp_path: Path) -> None:
    few = replace(content, records=tuple(run for run in content.records if run.suite == "custom"))
    for folder in ("first", "second"):
        assert list(write_site(few, tmp_path / folder))
    found = [path for path in sorted((tmp_path / "first").rglob("*")) if path.is_file()]
    for path in found:
        assert path.read_bytes() == (tmp_path / "second" / path.relative_to(tmp_path / "first")).read_bytes()


def test_a_site_without_priors_dials_or_tests_has_no_pages_of_them(content: Content, tmp_path: Path) -> None:
    few = tuple(run for run in content.records if run.suite == "custom")
    assert list(write_site(replace(content, records=few, documents=()), tmp_path))
    home = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "No prior has been compared with enough seeds for an interval yet." in home
    assert not (tmp_path / "dials.html").exists() and "dials.html" not in home and "rules.html" not in home
