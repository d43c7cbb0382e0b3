"""A board's page as a browser lays it out on a phone, 390 pixels wide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symprior.leaderboard.board.board import build
from symprior.leaderboard.pages.pages import to_html
from symprior.leaderboard.records.record import RunRecord
from symprior.tasks.task import Task

WIDTH = 390

LOOK = """() => {
  const width = document.documentElement.clientWidth;
  const looked = [...document.querySelectorAll(".first .shown, .first .detail, .first tbody th, .first svg.whisker")];
  const seen = (part) => {
    const box = part.getBoundingClientRect();
    return box.width > 0 && box.left >= 0 && box.right <= width;
  };
  return {
    wide: document.documentElement.scrollWidth > width,
    scrolled: [...document.querySelectorAll(".scroll.first")].filter((part) => part.scrollWidth > part.clientWidth).length,
    hidden: looked.filter((part) => !seen(part)).map((part) => part.textContent.trim()),
    looked: looked.length,
  };
}"""
"""What of the first tables is beyond the edge."""


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_every_number_is_seen_without_scrolling_sideways(
    browser: Any,
    tmp_path: Path,
    tasks: dict[str, Task],
    suite_runs: Callable[..., list[RunRecord]],
    make_failure: Callable[..., RunRecord],
) -> None:
    agents = {"ppo": 5, "ppo+wrong-group-augment": 4, "ppo+augment-own-probability": 12, "ppo+homomorphic": 20}
    records = suite_runs(speeds=agents) + suite_runs(speeds=agents, learner="batched")
    records += [make_failure(agent="ppo+relaxed", seed=seed) for seed in range(10)]
    board = build(records, tasks=tasks)
    (tmp_path / "index.html").write_text(to_html(board), encoding="utf-8")
    page = browser.new_page(viewport={"width": WIDTH, "height": 900})
    page.goto((tmp_path / "index.html").as_uri())
    found = page.evaluate(LOOK)
    of_agents = 4 * len(board.rows)  # a name, and numbers with intervals beside
    assert found["looked"] > 3 * of_agents
    assert (found["wide"], found["scrolled"], found["hidden"]) == (False, 0, [])
