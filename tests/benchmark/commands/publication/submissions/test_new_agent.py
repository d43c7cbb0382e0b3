"""A new agent's folder: from each template code that trains at once and repeats itself, and a statement to fill in."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from symprior.benchmark.commands.publication.submissions.new_agent import Template
from symprior.leaderboard.records.record import read_records
from symprior.leaderboard.submissions.statement import read_statement
from symprior.symmetry.errors import SympriorError

Answer = Callable[..., CompletedProcess[str]]


@pytest.mark.slow
@pytest.mark.parametrize("template", list(Template))
@pytest.mark.cells(test=1)
def test_a_template_trains_on_a_suite_s_tasks_and_says_its_effort(
    answer: Answer, tmp_path: Path, template: Template
) -> None:
    assert answer("new-agent", "Mine", "--template", template).returncode == 0
    tasks, few = ("--task", "cartpole-v1", "--task", "grid-catch-v1"), ("--evaluate-every", "640", "--quiet")
    result = answer("run", *tasks, "--agent", "Mine/agent.py:Mine", "--seeds", "0", "--budget", "640", *few)
    assert result.returncode == 0, result.stderr
    records = read_records(tmp_path / "runs")
    assert len(records) == 2
    for record in records:
        assert (record.status, record.steps_used, record.agent.id) == ("finished", 640, "Mine")
        assert record.agent.baseline == (None if template == Template.FROM_SCRATCH else "ppo")
        assert record.agent.parameters and record.effort.gradient_steps is not None
        is_learning = template != Template.FROM_SCRATCH
        assert (record.effort.gradient_steps > 0) == is_learning
        assert (record.curve[-1].equivariance is not None) == is_learning


@pytest.mark.slow
@pytest.mark.parametrize("template", list(Template))
@pytest.mark.cells(test=1, ci=1)
def test_the_test_that_comes_with_it_passes(answer: Answer, tmp_path: Path, template: Template) -> None:
    answer("new-agent", "Mine", "--template", template)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "Mine"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("template", list(Template))
def test_a_statement_says_what_is_left_to_fill_in(answer: Answer, tmp_path: Path, template: Template) -> None:
    answer("new-agent", "Mine", "--template", template)
    statement = tmp_path / "Mine" / "submission.toml"
    with pytest.raises(SympriorError) as caught:
        read_statement(statement)
    keys = ("title", "authors.0", "source", "commit", "claim", "bibtex", "tuning.effort")
    assert all(f"\n  {key}: " in str(caught.value) for key in keys) and str(caught.value).count("\n") == len(keys)
    text = statement.read_text()
    for placeholder, said in {
        "<https://… of the repository that holds the code>": "https://example.org/mine",
        "<the commit there: git rev-parse HEAD>": "0" * 40,
    }.items():
        text = text.replace(placeholder, said)
    statement.write_text(text.replace("<", "").replace(">", ""))
    assert read_statement(statement).baseline == (None if template == Template.FROM_SCRATCH else "ppo")


@pytest.mark.parametrize("template", list(Template))
def test_code_is_as_tidy_as_the_project_s(answer: Answer, tmp_path: Path, template: Template) -> None:
    answer("new-agent", "Mine", "--template", template)
    for path in (tmp_path / "Mine").glob("*.py"):
        tree = ast.parse(path.read_text())
        assert all(ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["--isolated", "--line-length", "120", "--select", "E,F,W,I,UP,B,SIM", "--config"]
    known = 'lint.isort.known-third-party=["symprior"]'
    for command in ([*ruff, "check", *rules, known, "Mine"], [*ruff, "format", "--check", *rules[:3], "Mine"]):
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", ["2fast", "../Mine", "class", "My-Agent", "A", "<script>"])
def test_a_name_is_one_of_a_class(answer: Answer, tmp_path: Path, name: str) -> None:
    result = answer("new-agent", name)
    assert result.returncode == 2 and "is no name of a class" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(answer: Answer, tmp_path: Path) -> None:
    (tmp_path / "Mine").mkdir()
    result = answer("new-agent", "Mine")
    assert result.returncode == 2 and "Mine is there already" in result.stderr
    assert list((tmp_path / "Mine").iterdir()) == []
