"""A page as a browser lays it out on a phone, 390 pixels wide."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from symprior.leaderboard.board.board import build
from symprior.leaderboard.pages.pages import to_html
from symprior.leaderboard.records.record import RunRecord
from symprior.tasks.task import Task

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
WIDTH = 390

LOOK = """<script>
addEventListener("load", () => {
  const width = document.documentElement.clientWidth;
  const looked = [...document.querySelectorAll(".first .shown, .first .detail, .first tbody th, .first svg.whisker")];
  const seen = (part) => {
    const box = part.getBoundingClientRect();
    return box.width > 0 && box.left >= 0 && box.right <= width;
  };
  parent.document.getElementById("found").textContent = JSON.stringify({
    wide: document.documentElement.scrollWidth > width,
    scrolled: [...document.querySelectorAll(".scroll.first")].filter((part) => part.scrollWidth > part.clientWidth).length,
    hidden: looked.filter((part) => !seen(part)).map((part) => part.textContent.trim()),
    looked: looked.length,
  });
});
</script>"""


def laid_out(page: str, folder: Path) -> dict[str, object]:
    """What of the first tables is beyond the edge of a page of that width."""
    assert BROWSER is not None
    inner = html.escape(page.replace("</body>", f"{LOOK}</body>"), quote=True)
    outer = folder / "outer.html"
    outer.write_text(
        f'<pre id="found"></pre><iframe style="width: {WIDTH}px; height: 900px" srcdoc="{inner}"></iframe>'
    )
    flags = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=5000",
        f"--user-data-dir={folder}/data",
    ]
    command = [BROWSER, *flags, "--dump-dom", outer.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'<pre id="found">(\{.*?\})</pre>', done.stdout)
    assert found is not None, done.stderr
    return dict(json.loads(html.unescape(found[1])))


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
def test_every_number_is_seen_without_scrolling_sideways(
    tmp_path: Path,
    tasks: dict[str, Task],
    suite_runs: Callable[..., list[RunRecord]],
    make_failure: Callable[..., RunRecord],
) -> None:
    agents = {"ppo": 5, "ppo+wrong-group-augment": 4, "ppo+augment-own-probability": 12, "ppo+homomorphic": 20}
    records = suite_runs(speeds=agents) + suite_runs(speeds=agents, learner="batched")
    records += [make_failure(agent="ppo+relaxed", seed=seed) for seed in range(10)]
    board = build(records, tasks=tasks)
    found = laid_out(to_html(board), tmp_path)
    of_agents = 4 * len(board.rows)  # a name, and numbers with intervals beside
    assert isinstance(found["looked"], int) and found["looked"] > 3 * of_agents
    assert (found["wide"], found["scrolled"], found["hidden"]) == (False, 0, [])
