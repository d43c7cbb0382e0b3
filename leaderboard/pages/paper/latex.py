r"""Tables for LaTeX, brought to the width of a column; they need the packages `booktabs` and `graphicx`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symprior.leaderboard.board.columns import Column, Row
from symprior.leaderboard.pages.rendering import without_controls

SHOWN = ("agent", "headline", "efficiency", "gain", "failures")
"""The columns that a table for a paper has."""

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "×": r"$\times$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "−": "$-$",
    "†": r"$^\dagger$",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
}
_SPECIAL = re.compile("|".join(map(re.escape, SPECIAL)))
_UNKNOWN = re.compile(r"[^ -~¡-ÿ]|[«»ÐÞðþ]")
"""What LaTeX stops at without further packages."""


def as_latex(columns: Sequence[Column[Row]], rows: Sequence[Row], caption: str) -> str:
    """A table of these rows, best first, each number with its interval in brackets.

    Args:
        columns: of which those in `SHOWN` are taken.
        rows: from the top down.
        caption: in words.
    """
    chosen = [column for column in columns if column.name in SHOWN]
    kinds = "".join("r" if column.numeric else "l" for column in chosen)
    lines = [" & ".join(in_latex(column.title) for column in chosen)]
    lines += [" & ".join(_cell(column, row) for column in chosen) for row in rows]
    head, *body = (f"    {line} \\\\" for line in lines)
    return "\n".join(
        [
            r"\begin{table}[t]",
            f"  \\caption{{{in_latex(caption)}}}",
            r"  \footnotesize",
            r"  \resizebox{\columnwidth}{!}{%",
            rf"  \begin{{tabular}}{{@{{}}{kinds}@{{}}}}",
            r"    \toprule",
            head,
            r"    \midrule",
            *body,
            r"    \bottomrule",
            r"  \end{tabular}}",
            r"\end{table}",
            "",
        ]
    )


def in_latex(text: str) -> str:
    """The text with what LaTeX would take for a command escaped; a letter that its fonts lack is named by its number."""
    escaped = _SPECIAL.sub(lambda match: SPECIAL[match[0]], without_controls(text).replace("\n", " "))
    return _UNKNOWN.sub(lambda match: f"[U+{ord(match[0]):04X}]", escaped)


def _cell(column: Column[Row], row: Row) -> str:
    shown = column.show(row)
    if column.name in ("agent", "failures") or not shown.detail:
        return in_latex(shown.text)
    return f"{in_latex(shown.text)} {{\\scriptsize [{in_latex(shown.detail)}]}}"
