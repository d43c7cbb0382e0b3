"""What readers meet first: rules that are numbered and short, each with its reason, and whole sentences."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(path for folder in (".", "docs", "examples", "tasks") for path in (ROOT / folder).glob("*.md"))
LEANING = (
    r"\bis no step\b",
    r"\bno numbers any more\b",
    r"\b(one|two|three|four|five) on (one|two|three)\b",
    r"\bNor with\b",
)
"""Turns of phrase that lean on the sentence before, or on another language."""
LONGEST_RULE = 5
"""Lines, the reason's included."""


def _rules() -> list[str]:
    text = (ROOT / "RULES.md").read_text(encoding="utf-8")
    return [paragraph for paragraph in text.split("\n\n") if re.match(r"\*\*\d", paragraph)]


def test_rules_are_numbered_in_order() -> None:
    numbers = [tuple(map(int, re.findall(r"\d+", rule)[:2])) for rule in _rules()]
    of_sections = {
        section: [number for _, number in group] for section, group in groupby(numbers, key=lambda each: each[0])
    }
    assert list(of_sections) == list(range(1, 11))
    assert all(found == list(range(1, len(found) + 1)) for found in of_sections.values()), of_sections


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: rule.split()[0].strip("*"))
def test_a_rule_is_short_and_has_one_reason(rule: str) -> None:
    lines = rule.strip().split("\n")
    assert len(lines) <= LONGEST_RULE
    reasons = [number for number, line in enumerate(lines) if re.match(r"\*[^*]", line)]
    assert len(reasons) == 1 and reasons[0] > 0 and lines[-1].endswith(".*"), rule


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_are_written_in_whole_sentences(document: Path) -> None:
    text = " ".join(document.read_text(encoding="utf-8").split())
    for leaning in LEANING:
        assert not re.search(leaning, text), f"{document.name}: {leaning}"
