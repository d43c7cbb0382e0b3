"""Whom to cite: the suite, and the tasks and agents in use, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from symprior.leaderboard.rules import RULES
from symprior.tasks.cards.bibliography import GYMNASIUM

TITLE = "symprior: how much data is a symmetry prior worth?"
AUTHOR = "The symprior authors"
YEAR = 2026
LICENCE = "MIT"
KEY = "symprior"

TOOLS = (
    """@inproceedings{agarwal2021deep,
  title={Deep Reinforcement Learning at the Edge of the Statistical Precipice},
  author={Agarwal, Rishabh and Schwarzer, Max and Castro, Pablo Samuel and Courville, Aaron and Bellemare, Marc G.},
  booktitle={Advances in Neural Information Processing Systems},
  volume={34}, year={2021}
}""",
    """@article{raffin2021stable,
  title={Stable-Baselines3: Reliable Reinforcement Learning Implementations},
  author={Raffin, Antonin and Hill, Ashley and Gleave, Adam and Kanervisto, Anssi and Ernestus, Maximilian and
    Dormann, Noah},
  journal={Journal of Machine Learning Research},
  volume={22}, number={268}, pages={1--8}, year={2021}
}""",
    GYMNASIUM,
)
"""What results stand on: rliable's intervals, the reference learner, the interface of environments."""

TITLE_FIELD = re.compile(r"\btitle\s*=\s*(.+?)\s*,?\s*$", re.MULTILINE | re.IGNORECASE)
ENTRY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)


def suite_bibtex(version: str = "", suite: str = "", commit: str | None = None) -> str:
    """The suite's own entry; it says what CITATION.cff says, and by which rules the records are read.

    Args:
        version: of symprior; a board says nothing of it, as it stands whichever version builds it.
        suite: with its version.
        commit: of the checkout.
    """
    is_of = f"  version = {{{version}}},\n" if version else ""
    said = (f"suite {suite}" if suite else "", f"rules {RULES}", f"commit {commit[:12]}" if commit else "")
    note = ", ".join(filter(None, said))
    return (
        f"@software{{{KEY},\n  title = {{{{{TITLE}}}}},\n  author = {{{{{AUTHOR}}}}},\n"
        f"  year = {{{YEAR}}},\n{is_of}  license = {{{LICENCE}}},\n  note = {{{note}}}\n}}"
    )


def usage(tasks: Sequence[str], agents: Sequence[str], version: str, suite: str = "", commit: str | None = None) -> str:
    """The sentence for a paper: what was used, by which rules it is read, and whom to cite for it.

    Args:
        tasks: the keys of their BibTeX entries.
        agents: those of theirs.
        version: of symprior.
        suite: with its version; empty where there is none.
        commit: of the checkout.
    """
    at = f" (commit {commit[:12]})" if commit else ""
    of_suite = f", suite {suite}" if suite else ""
    parts = [f"Evaluated with symprior {version}{at} \\cite{{{KEY}}}{of_suite} under rules {RULES}"]
    parts += [
        f"{kind} from \\cite{{{','.join(keys)}}}" for kind, keys in (("tasks", tasks), ("agents", agents)) if keys
    ]
    tools = [key for key, _ in entries("\n\n".join(TOOLS))]
    return ", ".join([*parts, f"on \\cite{{{','.join(tools)}}}"]) + "."


def bibliography(tasks: Iterable[str], agents: Iterable[str]) -> tuple[str, ...]:
    """BibTeX entries to cite: the suite's first, then those of tasks and agents in the order of their keys.

    Args:
        tasks: the `bibtex` of each task's card; one text may hold several entries, or none.
        agents: the `bibtex` of each agent's card.
    """
    found: dict[str, str] = {}
    for text in (*tasks, *agents):
        for key, entry in entries(text):
            # Of two wordings of one entry the same one must win in every order of entrants.
            found[key] = min(found.get(key, entry), entry)
    of_titles = {_title(found[key]): key for key in sorted(found, reverse=True) if key != KEY}
    return (suite_bibtex(), *(found[key] for key in sorted(of_titles.values())))


def keys_in(texts: Iterable[str], cited: Iterable[str]) -> list[str]:
    """The keys under which the works of some texts are cited: one that another text names otherwise has the other's key."""
    of_titles = {_title(entry): key for entry in cited for key, _ in entries(entry)}
    return sorted({of_titles[_title(entry)] for text in texts for _, entry in entries(text)})


def _title(entry: str) -> str:
    """The letters of an entry's title, by which one work is known under two keys; the entry itself where it has none."""
    found = TITLE_FIELD.search(entry)
    return "".join(filter(str.isalnum, found[1].lower())) if found else entry


def entries(text: str) -> list[tuple[str, str]]:
    """The keys and entries in a BibTeX text."""
    starts = list(ENTRY.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)] * bool(starts)
    return [(match[1], text[match.start() : end].strip()) for match, end in zip(starts, ends, strict=True)]
