"""Every script in `examples/` runs by itself, and the page lists all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

RunScript = Callable[[Path, Path], tuple[int, str]]
FOLDER = Path(__file__).resolve().parents[2] / "examples"
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.py"))
SAYS = {
    "certify_an_environment.py": r"draught 0\.0: dynamics exact.*True\ndraught 0\.5: dynamics broken.*False",
    "layers_alone.py": r"EquivariantConv2d \d\.\de-0[678]\n(.*\n)+with its mirror images: \(2048, 4\) \(2048,\)",
    "custom_agent.py": r"\n4000 +\d+",
    "plan_in_orbits.py": r"its orbits: 3\d\d states.*\nthe same values: True\n.* \d\d%.*\nq-learning\+fold, .* (9\d|100)%",
    "own_script.py": r"mirror loss: (.*\n)+saved and loaded: \[(.+)\] \[\2\]",
    "custom_task.py": r"as declared: True\nmean return: -\d",
    "trained_policy.py": r"one episode: \d+\nthe last evaluation again: the same returns",
    "rliable_plots.py": r"ppo\+homomorphic +IQM \d?\.\d+, mean",
    "results_as_a_frame.py": r"ppo\+homomorphic +\d?\.?\d",
}


def test_the_page_lists_every_script() -> None:
    listed = re.findall(r"\]\((\w+\.py)\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == SCRIPTS == sorted(SAYS)


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.cells(test=2)
def test_an_example_runs(script: str, run_script: RunScript, tmp_path: Path) -> None:
    exit_code, printed = run_script(FOLDER / script, tmp_path)
    assert exit_code == 0, printed
    assert re.search(SAYS[script], printed), printed
    assert not list(tmp_path.iterdir()), "it leaves files where it was started"
