"""The pages: the same bytes from the same records, nothing from elsewhere, every column in every output."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from symprior.leaderboard.board.board import Board, build
from symprior.leaderboard.board.columns import AGENT_COLUMNS, MARKS, TASK_COLUMNS
from symprior.leaderboard.board.sentences import first, headline, of_best
from symprior.leaderboard.pages.pages import to_html, to_json, to_markdown, write_pages
from symprior.leaderboard.pages.rendering import in_markdown
from symprior.leaderboard.pages.terminal import terminal_table
from symprior.leaderboard.records.record import EquivarianceError, RunRecord
from symprior.symmetry.errors import SympriorError
from symprior.tasks.task import Task

Make = Callable[..., RunRecord]
Runs = Callable[..., list[RunRecord]]

VOID = {"meta", "link", "br", "img", "input", "hr"}


def in_terminal(board: Board, width: int = 160) -> str:
    """What the command line prints."""
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(terminal_table(board))
    return console.export_text()


class Reader(HTMLParser):
    """Collects tags, links and ids, and checks that tags are closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.counts: dict[str, int] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.note(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.note(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def note(self, attributes: dict[str, str | None]) -> None:
        self.ids += [value for name, value in attributes.items() if name == "id" and value]
        self.targets += [v for n, v in attributes.items() if n in ("href", "src", "xlink:href") and v]


def test_two_builds_write_the_same_bytes(tmp_path: Path, tasks: dict[str, Task], suite_runs: Runs) -> None:
    records = suite_runs()
    first = write_pages(build(records, tasks=tasks), tmp_path / "first")
    np.random.seed(5)
    np.random.random(17)
    second = write_pages(build(records[::-1], tasks=tasks), tmp_path / "second")
    assert [path.name for path in first] == ["index.html", "leaderboard.md", "leaderboard.json"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_another_process_writes_the_same_bytes(tmp_path: Path, tasks: dict[str, Task], suite_runs: Runs) -> None:
    here = write_pages(build(suite_runs(seeds=10, speeds={"ppo": 5, "ppo+x": 9}), tasks=tasks), tmp_path / "here")
    program = """
import runpy, sys
from pathlib import Path
from symprior.leaderboard import build, write_pages
made = runpy.run_path(sys.argv[1])
families = {"cartpole-v1": "cartpole", "grid-catch-vector-v1": "grid-catch"}
tasks = {name: made["hand_made_task"](name, family) for name, family in families.items()}
records = [made["run_record"](agent=agent, seed=seed, task=task, speed=speed)
           for agent, speed in {"ppo": 5, "ppo+x": 9}.items() for task in tasks for seed in range(10)]
write_pages(build(records, tasks=tasks), Path(sys.argv[2]))
"""
    conftest = Path(__file__).parents[1] / "conftest.py"
    environment = os.environ | {"PYTHONHASHSEED": "123"}
    subprocess.run([sys.executable, "-c", program, conftest, tmp_path / "there"], check=True, env=environment)
    for path in here:
        assert path.read_bytes() == (tmp_path / "there" / path.name).read_bytes()


def test_the_page_needs_nothing_from_elsewhere(tasks: dict[str, Task], suite_runs: Runs) -> None:
    page = to_html(build(suite_runs(), tasks=tasks))
    reader = Reader(page)
    assert reader.open == []
    assert all(target.startswith(("#", "data:")) for target in reader.targets)
    assert not re.search(r"@import|url\(\s*['\"]?(?!#)|<iframe|<img|fetch\(|<script src", page)
    internal = [target[1:] for target in reader.targets if target.startswith("#")]
    assert set(internal) <= set(reader.ids)
    assert len(reader.ids) == len(set(reader.ids))


def test_the_page_speaks_to_screen_readers_and_in_the_dark(tasks: dict[str, Task], suite_runs: Runs) -> None:
    page = to_html(build(suite_runs(), tasks=tasks))
    reader = Reader(page)
    assert '<html lang="en">' in page
    assert reader.counts["caption"] == reader.counts["table"] == 6  # three, and all columns of each
    assert page.count('role="img" aria-label="Learning curves on') == 2
    assert "prefers-color-scheme: dark" in page
    assert "#0000" not in page
    assert "var(--series-1)" in page


def test_every_column_is_in_every_output(tasks: dict[str, Task], suite_runs: Runs) -> None:
    board = build(suite_runs(), tasks=tasks)
    page, text, tree = unescape(to_html(board)), to_markdown(board), json.loads(to_json(board))
    for column in AGENT_COLUMNS:
        assert column.title in page
        assert page.count(column.explanation) >= 2  # on hover and in the legend
        assert column.title in text
        assert column.explanation in text
    for of_task in TASK_COLUMNS:
        assert of_task.title in text
        assert text.count(f"- **{of_task.title}**: ") == 1
        assert f"<dt>{of_task.title}</dt>" in page
    assert [column["name"] for column in tree["columns"]] == [column.name for column in AGENT_COLUMNS]
    for mark, meaning in MARKS:
        assert f"- {mark}: {meaning}." in text
        assert meaning in page
    for row in board.rows:
        assert row.agent in page


def test_the_page_begins_with_what_it_can_find_and_who_is_best(tasks: dict[str, Task], suite_runs: Runs) -> None:
    board = build(suite_runs(seeds=20, speeds={"ppo": 5, "ppo+homomorphic": 16}), tasks=tasks)
    best = next(row for row in board.rows if row.agent == "ppo+homomorphic")
    assert best.gain is not None and best.gain.estimate is not None
    over = f"Over {' and '.join(tasks)}"
    assert first(board) == f"{over}, ppo+homomorphic has the best data efficiency at 20 seeds."
    [sentence] = of_best(board)
    assert sentence.startswith(
        f"{over}, ppo+homomorphic loses {best.gain.estimate.value:.2f}× less data within the budgets"
    )
    resolution = f"20 seeds find a gain of {board.resolutions['stable-baselines3'].gain:.2f}× with 80 % power"
    for text in (unescape(to_html(board)), to_markdown(board), " ".join(in_terminal(board).split())):
        assert 0 < text.index(resolution) < text.index("Data efficiency" if "<table" in text else "Rank")
        assert first(board) in text
        assert "rules 2" in text or "Rules 2" in text


@pytest.mark.parametrize(
    ("seeds", "speeds", "sentence"),
    [
        (3, {"ppo": 9, "ppo+x": 20}, "No agent of core-v1 is complete and has enough seeds for a rank yet."),
        (10, {"ppo": 9, "ppo+x": 9}, "ppo+x and ppo have the best data efficiency and are not told apart at 10 seeds."),
        (10, {"ppo": 9, "ppo+x": 9}, "ppo+x and ppo are not told apart at 10 seeds: a gain of"),
        (10, {"ppo": 0.02, "ppo+x": 0.02}, "no gain of ppo+x over ppo is given: not learned: both lose over 90 %"),
    ],
)
def test_the_headline_claims_no_more_than_the_data(
    tasks: dict[str, Task], suite_runs: Runs, seeds: int, speeds: dict[str, float], sentence: str
) -> None:
    assert sentence in headline(build(suite_runs(seeds=seeds, speeds=speeds), tasks=tasks))


def test_no_control_is_the_best_but_one_that_is_not_told_apart_is_named(
    tasks: dict[str, Task], suite_runs: Runs
) -> None:
    board = build(suite_runs(speeds={"ppo": 6, "ppo+fold": 14, "ppo+augment": 14, "ppo+nullspace": 60}), tasks=tasks)
    assert board.rows[0].agent == "ppo+nullspace"
    assert "ppo+nullspace" not in first(board)
    assert "ppo+fold" in first(board) and "ppo+augment" in first(board)
    near = build(suite_runs(speeds={"ppo": 6, "ppo+fold": 14, "ppo+nullspace": 14}), tasks=tasks)
    assert "ppo+nullspace" in first(near)


def test_a_board_without_headline_tasks_says_so(make_task: Callable[..., Task], make_run: Make) -> None:
    dial = {"cartpole-v1": make_task("cartpole-v1", "cartpole", "dial")}
    board = build([make_run(seed=seed, agent=agent) for seed in range(10) for agent in ("ppo", "ppo+x")], tasks=dial)
    assert headline(board) == "core-v1 has no headline task: each of its tasks stands for itself, below."
    assert all(row.complete for row in board.rows)
    assert "## Learner" not in to_markdown(board)
    assert "<h2>Leaderboard" not in to_html(board)
    assert "Rank" not in in_terminal(board)
    assert "On cartpole-v1, learner stable-baselines3" in in_terminal(board)


def test_the_first_table_fits_a_head_and_draws_its_intervals(tasks: dict[str, Task], suite_runs: Runs) -> None:
    shown = [column.name for column in AGENT_COLUMNS if column.first]
    assert shown == ["rank", "agent", "headline", "gain", "failures", "fell_back", "seeds"]
    board = build(suite_runs(), tasks=tasks)
    page = to_html(board)
    first_table = page[page.index('class="scroll first"') : page.index("<details>")]
    assert first_table.count('<svg class="whisker"') == 4 * len(board.rows) - 1  # the plain arm has no gain
    assert first_table.count('class="narrow"') == first_table.count('<svg class="whisker"')
    assert first_table.count("<td") == 6 * len(board.rows)


def test_runs_without_an_equivariance_error_are_counted(tasks: dict[str, Task], make_run: Make) -> None:
    def constant(seed: int) -> RunRecord:
        run = make_run(seed=seed)
        last = run.curve[-1].model_copy(
            update={"equivariance": EquivarianceError(mean=None, maximum=None, raw_maximum=0)}
        )
        return run.model_copy(update={"curve": [*run.curve[:-1], last]})

    others = [make_run(seed=seed) for seed in range(2, 5)]
    assert "[undefined in 1 run]" in to_markdown(build([constant(0), make_run(seed=1), *others], tasks=tasks))
    assert "[undefined in 2 runs]" in to_markdown(build([constant(0), constant(1), *others], tasks=tasks))


def test_names_cannot_carry_markup(tasks: dict[str, Task], make_run: Make) -> None:
    name = "<script>alert(1)</script>|x[y](z)*b*\u202egnp.exe"
    board = build([make_run(agent=name, seed=seed) for seed in range(5)], tasks=tasks)
    assert "<script>alert" not in to_html(board)
    markdown = to_markdown(board)
    assert "\\<script\\>alert(1)\\</script\\>\\|x\\[y](z)\\*b\\*�gnp.exe" in markdown
    assert "\u202e" not in markdown + to_html(board)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# no head", "\\# no head"),
        ("- no list", "\\- no list"),
        ("1. no list", "\\1. no list"),
        ("reward_threshold of `Pendulum_v1*`", "reward_threshold of `Pendulum_v1*`"),
        ("_no_ emphasis, a_b", "\\_no\\_ emphasis, a_b"),
        ("![x](http://y) [0.1 … 0.2]", "\\!\\[x](http://y) [0.1 … 0.2]"),
        ("&lt;b&gt; & more", "\\&lt;b\\&gt; & more"),
        ("a\u2066b\u200bc\x1bd", "a�b�c�d"),
    ],
)
def test_text_is_text_in_markdown(text: str, escaped: str) -> None:
    assert in_markdown(text) == escaped


def test_an_entry_to_cite_cannot_leave_its_block(tasks: dict[str, Task], make_run: Make) -> None:
    run = make_run()
    card = run.agent.model_copy(update={"bibtex": "@misc{x,\n  note = {```\n# free}\n}"})
    page = to_markdown(build([run.model_copy(update={"agent": card})], tasks=tasks))
    assert "````bibtex\n" in page and page.rstrip().endswith("````")


def test_backticks_become_code_and_stay_escaped(tasks: dict[str, Task], make_run: Make) -> None:
    card = replace(tasks["cartpole-v1"].card, description="Its force is `eps` < 1.", group_in_words="`<b>` turns.")
    task = replace(tasks["cartpole-v1"], card=card)
    task.__dict__["references"] = tasks["cartpole-v1"].references
    page = to_html(build([make_run(seed=seed) for seed in range(5)], tasks={"cartpole-v1": task}))
    assert "Its force is <code>eps</code> &lt; 1." in page
    assert "<code>&lt;b&gt;</code> turns." in page


def test_pages_with_failures_few_seeds_and_two_learners_are_written(
    tmp_path: Path, tasks: dict[str, Task], suite_runs: Runs, make_failure: Make
) -> None:
    records = suite_runs(seeds=3) + suite_runs(seeds=5, learner="batched")
    records += [make_failure(agent="ppo+bad", seed=seed) for seed in range(3)]
    html, markdown, _ = [path.read_text() for path in write_pages(build(records, tasks=tasks), tmp_path)]
    assert Reader(html).open == []
    for text in (html, markdown):
        assert "too few seeds for an interval (n = 3)" in text
        assert "ppo+bad on cartpole-v1: seeds 0, 1, 2 failed" in text
        assert "batched" in text


def test_json_has_every_number_and_is_valid(tasks: dict[str, Task], suite_runs: Runs) -> None:
    board = build(suite_runs(seeds=5), tasks=tasks)
    tree = json.loads(to_json(board), parse_constant=pytest.fail)
    row = board.rows[0]
    assert row.headline is not None
    assert tree["board"]["rows"][0]["headline"]["value"] == pytest.approx(row.headline.value, rel=1e-5)
    assert len(tree["board"]["tasks"][0]["rows"][0]["curve"]["steps"]) == 24


def test_the_terminal_shows_the_same_numbers(tasks: dict[str, Task], suite_runs: Runs) -> None:
    board = build(suite_runs(), tasks=tasks)
    text = in_terminal(board)
    assert all(sentence in " ".join(text.split()) for sentence in (first(board), *of_best(board)))
    for row in board.rows:
        assert row.agent in text
        assert row.headline is not None
        assert f"{row.headline.value:.3f}" in text


def test_the_terminal_cuts_no_word_at_80_columns(tasks: dict[str, Task], suite_runs: Runs) -> None:
    agents = {"ppo": 9, "ppo+wrong-group-augment": 1.5, "ppo+homomorphic": 20}
    text = in_terminal(build(suite_runs(speeds=agents), tasks=tasks), width=80)
    for word in (*(f" {agent} " for agent in agents), "efficiency", "Failures", "Symmetry", "Fell", "Seeds"):
        assert word in text
    assert "…" not in text
    few = in_terminal(build([run for run in suite_runs(seeds=5) if run.task == "cartpole-v1"], tasks=tasks), width=80)
    assert "no interval: fewer than 5 seeds" in few


def test_an_unwritable_folder_is_a_sentence(tmp_path: Path, tasks: dict[str, Task], suite_runs: Runs) -> None:
    (tmp_path / "site").write_text("a file")
    with pytest.raises(SympriorError, match="Cannot write"):
        write_pages(build(suite_runs(seeds=1), tasks=tasks), tmp_path / "site")


def test_no_torch_is_needed() -> None:
    program = "import sys, symprior.leaderboard; assert 'torch' not in sys.modules and 'seaborn' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_no_page_has_an_interval_of_width_zero_or_speaks_of_ties(tasks: dict[str, Task], make_run: Make) -> None:
    """A prior that is at the optimum in every run beats plain in all of them: that proves less than certainty."""
    plain = [make_run(seed=seed, scores=[0, 0.1 + seed / 40, 0.9, 1, 1]) for seed in range(20)]
    prior = [make_run(agent="ppo+x", seed=seed, scores=[0, 0.9 + seed / 400, 1, 1, 1]) for seed in range(20)]
    board = build(plain + prior, tasks=tasks)
    row = next(row for row in board.rows if row.agent == "ppo+x")
    assert row.improvement is not None and row.improvement.interval is not None
    assert (row.improvement.value, row.improvement.interval.high) == (1.0, 1.0)
    assert row.improvement.interval.low < 0.95
    assert row.failures.interval is not None and row.failures.interval[1] == pytest.approx(0.161, abs=1e-3)
    final = next(each for each in board.tasks[0].rows if each.agent == "ppo+x").final
    assert (final.value, final.interval) == (1.0, None)  # no run differs, which is no proof that none would
    assert "0 of 20 [0 – 16 %]" in to_markdown(board)
    for text in (to_markdown(board), to_html(board), in_terminal(board)):
        assert re.search(r"(\d[\d.,]*) ?– ?\1(?![\d.,])", text) is None
        assert not re.search(r"\btied?\b", text)


def test_a_threshold_met_before_training_is_said_in_words(tasks: dict[str, Task], make_run: Make) -> None:
    records = [make_run(agent=agent, seed=seed, scores=[1, 1, 1]) for agent in ("ppo", "ppo+x") for seed in range(10)]
    board = build(records, tasks=tasks)
    sentence = "no gain of ppo+x over ppo is given: the threshold is met before any training"
    assert sentence in to_markdown(board) and sentence in to_html(board)
