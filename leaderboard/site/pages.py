"""The pages, each a function of what was built: its address and its text."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from markupsafe import Markup

from symprior.leaderboard.board.tables.rows import TaskRow
from symprior.leaderboard.pages import learner_pages
from symprior.leaderboard.pages.pages import rounded, to_json
from symprior.leaderboard.pages.rendering import rendered, without_controls
from symprior.leaderboard.pages.styles import DASHES
from symprior.leaderboard.pages.tracks.dial_pages import to_markdown, to_svg
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.rules import RULES
from symprior.leaderboard.site import answer
from symprior.leaderboard.site.addresses import Links
from symprior.leaderboard.site.built import Built, dial_address
from symprior.leaderboard.site.croissant import metadata
from symprior.leaderboard.site.data import Row, as_csv, as_json, runs
from symprior.leaderboard.site.documents import as_html, title_of
from symprior.leaderboard.site.entries import ENTRY_COLUMNS, Entry, choices, numbers, symmetry_of
from symprior.symmetry.description import describe
from symprior.tasks.cards.gallery import FOLDER, PICTURES
from symprior.tasks.certificates.kept import kept
from symprior.tasks.lookup import get_task

TEMPLATES = Path(__file__).parent / "templates"

NAVIGATION = (
    ("board.html", "Board"),
    ("tasks/index.html", "Tasks"),
    ("agents/index.html", "Agents"),
    ("dials.html", "Dials"),
    ("papers.html", "Papers"),
    ("rules.html", "Rules"),
    ("submit.html", "Submit"),
    ("cite.html", "Cite"),
)
"""The pages that every page leads to; those that a site has not are left out."""

Page = tuple[str, str]
"""Where it lies on the site, and its text."""


def pages(site: Built) -> Iterator[Page]:
    """Every page, and the data beside their tables."""
    yield "style.css", rendered("site.css.j2", TEMPLATES)
    yield "site.js", rendered("site.js.j2", TEMPLATES)
    yield _home(site)
    yield from _board(site)
    yield from _suites(site)
    yield from _tasks(site)
    yield from _agents(site)
    yield from _dials(site)
    yield from _documents(site)
    yield _page(site, "cite.html", "cite.html.j2", citations=site.citations)


def _page(site: Built, address: str, template: str, **values: object) -> Page:
    root = "../" * address.count("/")
    links = Links(root, site.task_addresses, site.agent_addresses, site.suite_addresses)
    documents = {document.address for document in site.content.documents}
    there = [(where, name) for where, name in NAVIGATION if _is_there(site, where, documents)]
    common = {
        "links": links,
        "address": address,
        "navigation": there,
        "release": site.content.release,
        "rules": RULES,
        "dashes": DASHES,
        "points_of": points_of,
        "entry_columns": ENTRY_COLUMNS,
        "data_of": lambda entry: entry.attributes,
        "all_styles": site.styles,
    }
    return address, rendered(template, TEMPLATES, **{**common, **values})


def _is_there(site: Built, address: str, documents: set[str]) -> bool:
    if address in ("papers.html", "rules.html", "submit.html"):
        return address in documents
    return bool(site.dials) if address == "dials.html" else True


def _home(site: Built) -> Page:
    shown = answer.panels(site)
    return _page(
        site,
        "index.html",
        "home.html.j2",
        panels=list(zip(shown, answer.pictures(shown), strict=True)),
        suites=list(site.boards.values()),
        values=site.drawn,
        learner_tests=bool(site.tests),
    )


def _board(site: Built) -> Iterator[Page]:
    yield _page(
        site,
        "board.html",
        "board_page.html.j2",
        entries=site.entries,
        choices=choices(site.entries),
        citations=_script(site.citations),
    )
    yield from _data("data/board", site.entries)
    of_runs = runs(record for record in site.records if record.suite_id in site.boards)
    yield "data/runs.csv", as_csv(of_runs)
    yield "data/runs.json", as_json(of_runs)
    tables: dict[str, Sequence[Row]] = {"board": [numbers(entry) for entry in site.entries], "runs": of_runs}
    published = max((record.provenance.started[:10] for record in site.records), default="")
    yield "data/croissant.json", metadata(tables, site.content.software, site.content.version, published)


def _suites(site: Built) -> Iterator[Page]:
    for suite, address in site.suite_addresses.items():
        own = [entry for entry in site.entries if entry.suite == suite]
        data = address.removesuffix(".html")
        yield _page(site, address, "suite.html.j2", data=data, **site.drawn[suite])
        yield f"{data}.csv", as_csv([numbers(entry) for entry in own])
        yield f"{data}.json", to_json(site.boards[suite])


def _tasks(site: Built) -> Iterator[Page]:
    tasks = [get_task(name) for name in site.tasks]
    grades = {task.id: symmetry_of(task) for task in tasks}
    run = {entry.task.task for entry in site.entries}
    pictured = {task.id for task in tasks if (FOLDER / PICTURES / f"{task.id}.png").is_file()}
    yield _page(site, "tasks/index.html", "tasks.html.j2", tasks=tasks, grades=grades, run=run, pictured=pictured)
    for task in tasks:
        own = [entry for entry in site.entries if entry.task.task == task.id]
        address = site.task_addresses[task.id]
        symmetry = task.symmetry()
        words = describe(symmetry, task.called)
        yield _page(
            site,
            address,
            "task.html.j2",
            task=task,
            certificate=kept(task),
            maps=[words[g] for g in symmetry.group.generators],
            is_pictured=task.id in pictured,
            results=_results_on(site, task.id),
            data=address.removesuffix(".html") if own else None,
        )
        if own:
            yield from _data(address.removesuffix(".html"), own)


def _results_on(site: Built, task: str) -> list[dict[str, object]]:
    """What a task's page shows of each suite that it is in: the values of the board, and the task's table there."""
    return [
        {**site.drawn[suite], "table": table}
        for suite, board in site.boards.items()
        for table in board.tasks
        if table.task == task
    ]


def _agents(site: Built) -> Iterator[Page]:
    of_agents = {
        agent: list(own)
        for agent, own in groupby(sorted(site.entries, key=lambda entry: entry.agent), lambda e: e.agent)
    }
    withdrawn = [submission for submission in site.content.submissions if not submission.is_active]
    yield _page(site, "agents/index.html", "agents.html.j2", agents=of_agents, shown=site.shown, withdrawn=withdrawn)
    records: dict[str, list[RunRecord]] = defaultdict(list)
    for record in site.records:
        records[record.agent.id].append(record)
    submitted = {submission.name: submission for submission in site.content.submissions if submission.is_active}
    for agent, own in of_agents.items():
        address = site.agent_addresses[agent]
        yield _page(
            site,
            address,
            "agent.html.j2",
            agent=agent,
            card=own[0].card,
            entries=own,
            submission=submitted.get(agent),
            shown=site.shown.get(agent),
            settings=_settings(records[agent]),
            searches=[search for search in site.content.searches if search.agent == agent],
            citations={key: site.citations[key] for entry in own for key in entry.keys},
            data=address.removesuffix(".html"),
        )
        yield from _data(address.removesuffix(".html"), own)


def _settings(records: Iterable[RunRecord]) -> list[tuple[str, dict[str, object]]]:
    """The settings of an agent in its records, and where they were: once where they are the same."""
    where: dict[str, list[str]] = {}
    for record in records:
        said = json.dumps(record.hyperparameters, sort_keys=True)
        places = where.setdefault(said, [])
        place = f"{record.task} ({record.suite_id}, {record.agent.learner})"
        places += [place] if place not in places else []
    return [(", ".join(places), json.loads(said)) for said, places in where.items()]


def _dials(site: Built) -> Iterator[Page]:
    if site.dials:
        shown = [(curves, dial_address(curves, "html"), dial_address(curves, "svg")) for curves in site.dials]
        yield _page(site, "dials.html", "dials.html.j2", dials=shown)
    for curves in site.dials:
        yield dial_address(curves, "svg"), to_svg(curves)
        yield _document(site, dial_address(curves, "html"), "leaderboard/results/dial.md", to_markdown(curves))
        values = {point.task.id for point in curves.points}
        own = [entry for entry in site.entries if entry.task.task in values]
        yield from _data(dial_address(curves, "html").removesuffix(".html"), own)


def _documents(site: Built) -> Iterator[Page]:
    if site.tests:
        text = learner_pages.to_markdown(list(site.tests))
        yield _document(site, "learners.html", f"leaderboard/results/{learner_pages.PAGE}", text)
    for document in site.content.documents:
        yield _document(site, document.address, document.source, document.text)


def _document(site: Built, address: str, source: str, text: str) -> Page:
    body = as_html(text, source, site.document_addresses, "../" * address.count("/"))
    data = address.removesuffix(".html") if address.startswith("dials/") else None
    return _page(site, address, "document.html.j2", title=title_of(text), body=body, data=data)


def _data(name: str, entries: Sequence[Entry]) -> Iterator[Page]:
    rows = [numbers(entry) for entry in entries]
    yield f"{name}.csv", as_csv(rows)
    yield f"{name}.json", as_json(rows)


def points_of(rows: Sequence[TaskRow]) -> Markup:
    """The curves of a figure for the page's script, which says the scores under the pointer."""
    curves = [
        {"agent": row.agent, "steps": row.curve.steps, "mean": row.curve.mean, "band": row.curve.mean_band}
        for row in rows
    ]
    return _script(rounded(curves))


def _script(value: object) -> Markup:
    """JSON that no text in it can end."""
    text = without_controls(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))
