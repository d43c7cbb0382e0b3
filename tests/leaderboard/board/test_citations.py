"""Who is cited: the suite first, everything else once."""

from __future__ import annotations

from pathlib import Path

from symprior.leaderboard.board.citations import AUTHOR, LICENCE, TITLE, YEAR, bibliography, entries, suite_bibtex
from symprior.leaderboard.rules import RULES

PPO = "@article{ppo,\n  title = {Proximal {Policy} Optimization},\n}"
MDP = "@inproceedings{mdp,\n  title = {MDP Homomorphic Networks},\n}"


def test_entries_are_cited_once_in_the_order_of_their_keys() -> None:
    cited = bibliography([MDP, f"{PPO}\n\n{MDP}\n", ""], [PPO, PPO])
    assert cited == (suite_bibtex(), MDP, PPO)


def test_the_order_of_entrants_does_not_matter() -> None:
    other = MDP.replace("MDP", "{MDP}")
    assert bibliography([MDP], [other, PPO]) == bibliography([other], [PPO, MDP])


def test_several_entries_in_one_text_are_told_apart() -> None:
    assert [key for key, _ in entries(f"% a comment\n{PPO}\n{MDP}")] == ["ppo", "mdp"]


def test_the_suite_is_cited_even_alone() -> None:
    assert bibliography([], []) == (suite_bibtex(),)
    assert suite_bibtex().startswith("@software{symprior,")


def test_the_suites_entry_says_what_the_citation_file_says() -> None:
    file = (Path(__file__).parents[3] / "CITATION.cff").read_text(encoding="utf-8")
    for line in (f'title: "{TITLE}"', f"- name: {AUTHOR}", f"date-released: {YEAR}-", f"license: {LICENCE}"):
        assert line in file
    assert all(word in suite_bibtex() for word in (TITLE, AUTHOR, str(YEAR), LICENCE))


def test_the_rules_that_scores_are_read_by_are_cited() -> None:
    assert f"note = {{rules {RULES}}}" in suite_bibtex()
