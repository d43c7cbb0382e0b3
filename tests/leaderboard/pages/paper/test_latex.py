"""Tables for LaTeX: every one of the published results is taken by LaTeX as it is, whatever agents are called."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from symprior.leaderboard import build, read_published
from symprior.leaderboard.board.board import Board
from symprior.leaderboard.board.columns import AGENT_COLUMNS, TASK_COLUMNS
from symprior.leaderboard.pages.paper.latex import as_latex, in_latex

NEEDS_TEX = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="no pdflatex: apt-get install texlive-latex-base"
)
HOSTILE = (
    r"\end{document} \input{/etc/passwd}",
    "50 % & #1 $x_2^3$ {~} \\",
    "Ünïcøde þorn Ωμέγα 中文 🙂 «a»",
    "a\u202eb\x00c\td\ne\u00a0f",
    "]{ [ \\\\ %",
)
"""Names and captions of strangers."""


@cache
def board() -> Board:
    return build(read_published(suite="quick"))


def tables() -> list[str]:
    """Those of `symprior figures quick`, and one whose agents have hostile names."""
    of_agents = sorted(board().rows, key=lambda row: row.agent)
    found = [as_latex(AGENT_COLUMNS, of_agents, "Over all tasks. quick-2.")]
    found += [as_latex(TASK_COLUMNS, table.rows, f"{table.task}. quick-2.") for table in board().tasks]
    harmed = [replace(row, agent=name) for row, name in zip(of_agents, HOSTILE, strict=False)]
    return [*found, *(as_latex(AGENT_COLUMNS, harmed, name) for name in HOSTILE)]


def cells(line: str) -> Sequence[str]:
    return re.split(r"(?<!\\)&", line)


def test_a_table_has_one_cell_for_each_column_and_no_command_of_a_stranger() -> None:
    for text in tables():
        kinds = re.search(r"\\begin\{tabular\}\{@\{\}([rl]+)@\{\}\}", text)
        assert kinds is not None
        body = [line for line in text.splitlines() if line.endswith(r" \\")]
        assert len(body) > 1 and {len(cells(line)) for line in body} == {len(kinds[1])}
        assert re.findall(r"\\(begin|end)\{(\w+)\}", text) == [
            *(("begin", "table"), ("begin", "tabular")),
            *(("end", "tabular"), ("end", "table")),
        ]
        assert "\\input" not in text and not re.search(r"(?<!\\)[%#]", text.replace(r"{!}{%", ""))
        assert all(ord(character) < 256 for character in text)


def test_a_letter_that_the_fonts_lack_is_named_by_its_number() -> None:
    assert in_latex("Ünïc Ω 中") == "Ünïc [U+03A9] [U+4E2D]"
    assert in_latex("2.11× — 3") == r"2.11$\times$ --- 3"


@NEEDS_TEX
def test_latex_takes_every_table(tmp_path: Path) -> None:
    """In two columns, one to the width of each; nothing stands out of its column."""
    head = r"\documentclass[twocolumn]{article}\usepackage{booktabs,graphicx}\begin{document}"
    document = "\n".join([head, *(f"{text}\\clearpage" for text in tables()), r"\end{document}"])
    (tmp_path / "paper.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "-no-shell-escape", "paper.tex"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=120, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    assert f"({len(tables())} pages" in said and "Overfull" not in said, said[-3000:]
