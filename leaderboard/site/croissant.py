"""Croissant metadata of the site's data: what each file holds, what each column means, under which licence.

Source: MLCommons, Croissant format specification 1.0 (2024), http://mlcommons.org/croissant/1.0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from symprior.leaderboard.site.data import Row, as_csv
from symprior.leaderboard.site.entries import Value

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
"""Of the results; that of the code is another."""

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"

COLUMNS: Mapping[str, str] = {
    "suite": "the suite with its version; numbers of two suites are not compared",
    "family": "the family of the task",
    "group": "the group of the task's symmetry",
    "exactness": "how exact the task's dynamics keep the symmetry, as its certificate measured it",
    "algorithm": "the agent's algorithm",
    "prior": "the agent's prior; plain and wide are none",
    "task": "the task with its version",
    "track": "headline, diagnostic, dial, or what else the task counts for",
    "learner": "what carries the algorithm out; agents of two learners are not compared",
    "agent": "algorithm + prior",
    "control": "whether the prior keeps claims honest and is none to be claimed",
    "standing": "verified where the code is the project's own, what was shown of a submission, else unverified",
    "runs": "finished runs",
    "budget": "environment steps of a run, over all copies",
    "data_efficiency": "area under the normalised learning curve over the budget; of a row of the board clipped by run",
    "symmetry_gain": "mean lost data of the plain arm over that of this agent",
    "gain_bound": "≥ or ≤ where runs are missing, so that the gain is a bound",
    "gain_over": "the plain arm",
    "gain_with_one_more_lost_run": "the gain if one more run of the agent had lost the whole budget",
    "gain_in_reaching": "the gain where a level counts as reached for good at the first of two evaluations at or over it",
    "final_score": "normalised score of the last evaluation",
    "lost_data": "environment steps under a level until the budget, in the mean over levels up to the threshold",
    "lost_data_in_reaching": "the same of the running attainment, so that a later fall costs nothing",
    "steps_to_threshold": "environment steps to the first of two evaluations at or over the threshold, the budget if never",
    "never_at_threshold": "runs that never reached the threshold, lost ones among them",
    "fell_back": "of those that reached it, how many were under it later; of a run whether it was",
    "reached_threshold": "runs that reached it; of a run whether it did",
    "equivariance_error": "distance of π(g s) from g π(s) over that at independent states, mean over runs; 0 is equivariant",
    "equivariance_error_maximum": "its largest value",
    "settings_from": "whose search on tuning seeds found the settings",
    "seed": "of the run",
    "status": "finished or failed",
    "commit": "of the code that ran it",
    "processor": "that ran it, with its vector instructions",
}
"""What the columns of the files mean; `_low` and `_high` behind a name are the ends of its 95 % interval."""


def metadata(tables: Mapping[str, Sequence[Row]], software: str, version: str, published: str) -> str:
    """The metadata as JSON-LD.

    Args:
        tables: the rows of each file, which lies beside the metadata as `NAME.csv`.
        software: BibTeX to cite.
        version: of symprior.
        published: the date of the newest run.
    """
    tree = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": "symprior-results",
        "description": "Results of symprior, a benchmark of symmetry priors in reinforcement learning: what every run came "
        "to, and what each agent comes to on each task, with 95 % intervals.",
        "conformsTo": CONFORMS_TO,
        "license": LICENCE,
        "citeAs": software,
        "version": version,
        "datePublished": published,
        "distribution": [_file(name, rows) for name, rows in tables.items()],
        "recordSet": [_records(name, rows) for name, rows in tables.items()],
    }
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def describes(column: str) -> str:
    """What a column holds."""
    name, _, end = column.rpartition("_")
    if column not in COLUMNS and end in ("low", "high"):
        return f"the {end}er end of the 95 % interval of {name}"
    return COLUMNS[column]


def _file(name: str, rows: Sequence[Row]) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": f"{name}.csv",
        "name": f"{name}.csv",
        "contentUrl": f"{name}.csv",
        "encodingFormat": "text/csv",
        "sha256": sha256(as_csv(rows).encode()).hexdigest(),
    }


def _records(name: str, rows: Sequence[Row]) -> dict[str, object]:
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{column}",
            "name": column,
            "description": describes(column),
            "dataType": _kind([row[column] for row in rows]),
            "source": {"fileObject": {"@id": f"{name}.csv"}, "extract": {"column": column}},
        }
        for column in (rows[0] if rows else ())
    ]
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "field": fields}


def _kind(values: Sequence[Value]) -> str:
    """The type of a column; one with gaps is of numbers with a point, or of words."""
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return "sc:Boolean"
    if kinds == {int}:
        return "sc:Integer"
    return "sc:Float" if kinds - {type(None)} and kinds <= {int, float, type(None)} else "sc:Text"


_NAMES = (
    "citeAs column equivalentProperty extract field fileObject fileProperty fileSet format includes isLiveDataset jsonPath "
    "key md5 parentField path recordSet references regex repeated replace samplingRate separator source subField transform"
)

_CONTEXT: dict[str, object] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{name: f"cr:{name}" for name in _NAMES.split()},
}
"""The names of the format, as its specification gives them."""
