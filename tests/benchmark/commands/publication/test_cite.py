"""`symprior cite`: what was used, by which rules, each work once; CITATION.cff says the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from symprior.benchmark.library.release import __version__
from symprior.benchmark.run.provenance import checkout_state
from symprior.leaderboard.board.citations import TOOLS, bibliography, entries
from symprior.leaderboard.rules import RULES

Answer = Callable[..., CompletedProcess[str]]

MINE = '''
class Mine:
    """Pushes left."""

    bibtex = """@article{mine2026,
  title={Pushing Left},
  year={2026}
}

@inproceedings{vanderpolAgain,
  title={{MDP} Homomorphic Networks: Group Symmetries in Reinforcement Learning},
  year={2020}
}"""

    def __init__(self, problem, seed):
        pass

    def learn(self, env, budget):
        pass

    def act(self, observations):
        return [0] * len(observations)
'''


def titles(text: str) -> list[str]:
    """The letters of each entry's title."""
    found = (re.search(r"\btitle\s*=\s*(.+)", entry) for _, entry in entries(text))
    return ["".join(filter(str.isalnum, match[1].lower())) for match in found if match]


def test_a_suite_is_cited_with_all_that_decides_its_numbers(answer: Answer) -> None:
    found = answer("cite", "--suite", "quick")
    assert found.returncode == 0, found.stderr
    sentence, _, rest = found.stdout.partition("\n")
    commit = checkout_state()[0]
    at = f" (commit {commit[:12]})" if commit else ""
    assert sentence.startswith(
        f"% Evaluated with symprior {__version__}{at} \\cite{{symprior}}, suite quick-2 under rules {RULES}, tasks from "
    )
    first = rest.strip().partition("\n}")[0]
    assert f"version = {{{__version__}}}" in first and f"note = {{suite quick-2, rules {RULES}" in first
    keys = [key for key, _ in entries(found.stdout)]
    assert keys[0] == "symprior" and len(keys) == len(set(keys))
    assert {"agarwal2021deep", "raffin2021stable", "towers2024gymnasium", "schulman2017proximal"} <= set(keys)
    cited = {key for group in re.findall(r"\\cite\{([^}]+)\}", sentence) for key in group.split(",")}
    assert cited == set(keys)
    assert answer("cite", "--suite", "quick-2").stdout == found.stdout


def test_an_agent_of_ones_own_is_cited_and_no_work_twice(answer: Answer, agent_file: Callable[..., Path]) -> None:
    agent_file(MINE)
    found = answer("cite", "--agent", "./mine.py:Mine", "--agent", "ppo+homomorphic", "--task", "pendulum-v1")
    assert found.returncode == 0, found.stderr
    keys = [key for key, _ in entries(found.stdout)]
    assert {"mine2026", "vanderpol2020mdp"} <= set(keys) and "vanderpolAgain" not in keys
    assert len(titles(found.stdout)) == len(set(titles(found.stdout))) == len(keys)
    assert "suite" not in found.stdout.partition("\n")[0]
    cited = {
        key for group in re.findall(r"\\cite\{([^}]+)\}", found.stdout.partition("\n")[0]) for key in group.split(",")
    }
    assert cited == set(keys)


def test_an_unknown_suite_is_a_sentence(answer: Answer) -> None:
    assert "There is no suite 'quik'. Did you mean 'quick'?" in answer("cite", "--suite", "quik").stderr


def test_the_citation_file_names_the_same_tools() -> None:
    path = Path(__file__).parents[4] / "CITATION.cff"
    file = yaml.safe_load(path.read_text(encoding="utf-8"))
    named = {"".join(filter(str.isalnum, each["title"].lower())) for each in file["references"]}
    assert set(titles("\n\n".join(TOOLS))) <= named
    assert str(file["version"]) == __version__
    assert not path.with_name(".zenodo.json").exists(), "Zenodo would read it in place of CITATION.cff"
    years = {"".join(filter(str.isalnum, each["title"].lower())): each["year"] for each in file["references"]}
    for _, entry in entries("\n\n".join(TOOLS)):
        [title], year = titles(entry), re.search(r"year\s*=\s*\{(\d+)\}", entry)
        assert year is not None and int(year[1]) == years[title]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_keys_of_one_work_the_first_in_the_alphabet_is_kept(order: int) -> None:
    texts = ["@misc{b,\n  title = {{A} Work}\n}", "@article{a,\n  title={A work},\n  year={2000}\n}"][::order]
    assert [key for key, _ in entries("\n".join(bibliography(texts, [])))] == ["symprior", "a"]
