"""`symprior list`, `compare` and `plot` on published records, and on two folders of one's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import symprior
from symprior.leaderboard import PUBLISHED_RESULTS, read_published, write_record
from symprior.leaderboard.comparison.cells import collect
from symprior.leaderboard.comparison.gains import gain_on_task

Answer = Callable[..., CompletedProcess[str]]


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A folder with the published records of the quick suite's plain and homomorphic agent on CartPole, of twelve seeds."""
    for record in read_published(PUBLISHED_RESULTS, "quick"):
        if record.task == "cartpole-v1" and record.agent.id in ("ppo", "ppo+homomorphic") and record.seed < 12:
            write_record(tmp_path / "first", record)
    return tmp_path / "first"


def test_list_says_what_is_in_a_folder(answer: Answer, quick: Path) -> None:
    record = next(quick.rglob("ppo/seed-0003.json"))
    tree = json.loads(record.read_text())
    record.write_text(json.dumps({**tree, "status": "failed", "error": "ValueError: out of luck"}))
    record.with_suffix(".safetensors").touch()
    listed = answer("list", "--records", quick)
    frame = symprior.results(records=quick)
    last = frame[(frame["status"] == "finished") & (frame["agent"] == "ppo") & (frame["step"] == 50_000)][
        "return"
    ].mean()
    assert re.search(rf"cartpole-v1 +ppo +batched +50,000 +11 +1 +{last:.4g} +1 *\n", listed.stdout), listed
    assert re.search(r"ppo\+homomorphic +batched +50,000 +12 +\d", listed.stdout)
    assert listed.stdout.endswith("24 runs.\n")
    assert "no records folder" in answer("list", "--records", quick / "none").stderr


def test_two_agents_are_compared_by_the_board_s_own_gain(answer: Answer) -> None:
    said = answer("compare", "ppo", "ppo+homomorphic", "--published", "--suite", "quick")
    cells = collect(read_published(PUBLISHED_RESULTS, "quick")).of_entries
    for task in ("cartpole-v1", "grid-catch-v1"):
        gain = gain_on_task(cells["batched", "ppo+homomorphic"][task], cells["batched", "ppo"][task]).estimate
        assert gain is not None and gain.interval is not None
        interval = rf"{gain.value:.2f}× \({gain.interval.low:.2f} – {gain.interval.high:.2f}\)"
        assert re.search(rf"{task} +batched +20 / 20 +.*{interval}", said.stdout), said
    unknown = answer("compare", "ppo", "ppo+homomorph", "--published", "--suite", "quick")
    assert unknown.returncode == 2 and "Did you mean 'ppo+homomorphic'" in unknown.stderr


def test_two_folders_are_compared_cell_by_cell(answer: Answer, quick: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    for path in quick.rglob("seed-*.json"):
        tree = json.loads(path.read_text())
        if tree["seed"] == 2:
            tree["curve"][-1]["returns"][0] -= 1
        if tree["agent"]["id"] == "ppo" and tree["seed"] < 11:
            there = second / path.relative_to(quick)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_text(json.dumps(tree))
    said = answer("compare", quick, second)
    assert re.search(r"cartpole-v1 +batched +ppo +12 / 11 +.*× \(.*10 of 11 +within bound", said.stdout), said
    assert re.search(r"ppo\+homomorphic +12 / – +0\.\d+ \S+ – \S+ +– +– +– +– *\n", said.stdout), said
    mixed = answer("compare", quick, "ppo")
    assert mixed.returncode == 2 and "Give two folders, or two agents" in mixed.stderr


def test_plot_draws_the_agents_and_tasks_that_are_chosen(answer: Answer, tmp_path: Path) -> None:
    of_suite = ("--published", "--suite", "quick", "--agent", "ppo", "--agent", "ppo+augment")
    both = answer("plot", *of_suite, "--out", "both.svg")
    assert both.returncode == 0, both
    one = answer("plot", *of_suite, "--task", "cartpole-v1", "--out", "one.svg")
    assert one.returncode == 0, one
    panels = {name: (tmp_path / name).read_text().count('id="axes_') for name in ("both.svg", "one.svg")}
    assert panels == {"both.svg": 2, "one.svg": 1}
    curves = (tmp_path / "one.svg").read_text()
    assert "#e69f00" in curves and "#0072b2" not in curves, "augmentation is drawn, the homomorphic network is not"
    unknown = answer("plot", *of_suite, "--agent", "ppo+fold")
    assert unknown.returncode == 2 and "no agent in these records 'ppo+fold'" in unknown.stderr
    assert "ends in svg, pdf, png" in answer("plot", *of_suite, "--out", "curves.txt").stderr
