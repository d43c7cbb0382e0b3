"""What the papers promise: a valid citation, one version everywhere, links and examples that work."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md")])
OWN = ROOT / "docs" / "custom.md"
"""The page with an agent and a task of one's own."""
EXAMPLE = re.compile(
    r"<!-- example: (?P<file>[\w.]+) -->\s*```python[^\n]*\n(?P<code>.*?)^```", re.DOTALL | re.MULTILINE
)
# An inline link or image whose target is neither an address nor a place on the same page.
LINK = re.compile(r"\]\((?!https?://|mailto:|#)(?P<target>[^)#\s]+)")


def version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def examples() -> list[tuple[str, str]]:
    """File name and code of every block of the page that says it is an example."""
    return [(match["file"], match["code"]) for match in EXAMPLE.finditer(OWN.read_text(encoding="utf-8"))]


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def test_the_citation_is_valid() -> None:
    command = [str(Path(sys.executable).parent / "cffconvert"), "--validate", "-i", "CITATION.cff"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_version_is_the_same_everywhere() -> None:
    citation = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    newest = re.search(r"^## \[(\d\S*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert citation and newest
    assert {citation[1], newest[1]} == {version()}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_lead_to_files(paper: Path) -> None:
    targets = [match["target"] for match in LINK.finditer(without_code(paper.read_text(encoding="utf-8")))]
    assert [target for target in targets if not (paper.parent / target).exists()] == []


def test_links_between_the_papers_meet_a_heading() -> None:
    for paper in PAPERS:
        text = without_code(paper.read_text(encoding="utf-8"))
        for file, anchor in re.findall(r"\]\(([\w./-]*\.md)?#([^)\s]+)\)", text):
            target = (paper.parent / file).read_text(encoding="utf-8") if file else text
            headings = re.findall(r"^#+ (.+)$", target, re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{paper.name}: {file}#{anchor}"


def test_the_page_shows_an_agent_and_a_task() -> None:
    assert {file for file, _ in examples()} == {"my_agent.py", "my_task.py"}


@pytest.mark.slow
@pytest.mark.cells(test=1)
@pytest.mark.parametrize(("file", "code"), examples(), ids=lambda value: value if value.endswith(".py") else "")
def test_an_example_of_the_page_runs(
    answer: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, file: str, code: str
) -> None:
    """The block is written to its file; the page's command for it is run on the class that it defines."""
    (tmp_path / file).write_text(code, encoding="utf-8")
    name = re.findall(r"^class (\w+)", code, re.MULTILINE)[-1]
    page = OWN.read_text(encoding="utf-8")
    assert re.search(rf"symprior run .*{re.escape(file)}:{name}\b", page), f"the page runs {file}:{name} nowhere"
    pair = ("cartpole-v1", f"./{file}:{name}")
    if "@custom_task" in code:
        pair = (f"./{file}:{name}", "ppo+homomorphic")
        result = answer("check", pair[0])
        assert result.returncode == 0, result.stdout + result.stderr
    given = ("--task", pair[0], "--agent", pair[1], "--seeds", "0", "--budget", "2000", "--evaluate-every", "1000")
    result = answer("run", *given)
    assert result.returncode == 0, result.stdout + result.stderr
    assert list(tmp_path.rglob("seed-0000.json")), "the run left no record"


MOST_LINES = 90


def test_the_readme_is_a_screen_and_a_half() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= MOST_LINES


KEEP_A_POLICY = """
from pathlib import Path
from symprior.benchmark.jobs.job import Job, stacks
from symprior.benchmark.sweep.engines.work import work
from symprior.benchmark.sweep.store import RecordStore

runs = Job("custom", "1", "cartpole-v1", "ppo", (0,), 96, "batched", evaluate_every=96).runs
work(stacks(runs, 1)[0], RecordStore(Path("runs"), keeps_policies=True), lambda steps: None)
"""
RUN_BLOCKS = """
import gymnasium, symprior, torch
for block in blocks:
    name = 'pendulum-v1' if 'SAC' in block else 'cartpole-v1'
    env, symmetry = symprior.make(name), symprior.task(name).symmetry()
    observation, _ = env.reset(seed=0)
    observations, actions = torch.randn(8, 4), torch.randint(2, (8,))
    exec(block)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("paper", "before"), [("README.md", ""), pytest.param("docs/library.md", KEEP_A_POLICY, marks=pytest.mark.covering)]
)
def test_the_code_of_a_page_runs(
    paper: str, before: str, run_script: Callable[[Path, Path], tuple[int, str]], tmp_path: Path
) -> None:
    """Each block in turn, on fewer steps, beside what the page says is the reader's own."""
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / paper).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert blocks
    shorter = [block.replace("10_000", "120") for block in blocks]
    code = f"blocks = {shorter!r}\n{before}{RUN_BLOCKS}"
    (tmp_path / "page.py").write_text(code, encoding="utf-8")
    exit_code, printed = run_script(tmp_path / "page.py", tmp_path)
    assert exit_code == 0, printed
