"""The data behind the site's tables: CSV for a spreadsheet, JSON for a program, and one line for each run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from symprior.leaderboard.pages.pages import SIGNIFICANT_DIGITS, rounded
from symprior.leaderboard.records.record import RunRecord
from symprior.leaderboard.site.entries import Value
from symprior.leaderboard.statistics.runs.scores import score_run
from symprior.tasks.lookup import get_task

Row = Mapping[str, Value]

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins with one of these for a formula."""


def as_csv(rows: Sequence[Row]) -> str:
    """A line for each row under a line of names; numbers to six significant digits, nothing where there is none.

    A text that a spreadsheet would carry out gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def as_json(rows: Sequence[Row]) -> str:
    """A list of objects, one for each row."""
    return json.dumps(rounded(list(rows)), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def runs(records: Iterable[RunRecord]) -> list[Row]:
    """What each run came to, failed ones with what was asked of them alone."""
    return [_run(record) for record in records]


def _run(record: RunRecord) -> Row:
    score = score_run(record, get_task(record.task).references) if record.status == "finished" else None
    return {
        "suite": record.suite_id,
        "task": record.task,
        "agent": record.agent.id,
        "algorithm": record.agent.algorithm,
        "prior": record.agent.prior,
        "control": record.agent.control,
        "learner": record.agent.learner,
        "seed": record.seed,
        "status": record.status,
        "budget": record.budget,
        "data_efficiency": score.efficiency if score else None,
        "final_score": score.final if score else None,
        "lost_data": score.lost if score else None,
        "lost_data_in_reaching": score.lost_in_reaching if score else None,
        "steps_to_threshold": score.time if score else None,
        "reached_threshold": not score.censored if score else None,
        "fell_back": score.fell_back if score else None,
        "commit": record.provenance.commit,
        "processor": record.provenance.processor,
    }


def _cell(value: Value) -> Value:
    if isinstance(value, float):
        return f"{value:.{SIGNIFICANT_DIGITS}g}"
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
