"""Returns that cannot be averaged are a failed run and a sentence, and no numbers on a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from symprior.leaderboard.records.record import RunRecord

PAGE = Path(__file__).resolve().parents[3] / "docs" / "custom.md"


@pytest.mark.parametrize("reward", ["-1e308", "-1e200"])
def test_a_return_beyond_all_measure_fails_the_run(
    execute: Callable[..., RunRecord], tmp_path: Path, reward: str
) -> None:
    code = re.search(r"<!-- example: my_task\.py -->\s*```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.M)
    assert code is not None
    file = tmp_path / f"huge{reward[-3:]}.py"
    text = (
        code[1]
        .replace("observation, -1.0,", f"observation, {reward},")
        .replace("class Corridor", f"class Huge{reward[-3:]}")
    )
    file.write_text(text)
    record = execute(agent="random", task=f"{file}:Huge{reward[-3:]}", budget=64)
    assert record.status == "failed" and "1e+100 at most" in str(record.error)
