"""The settings of the shipped agents, as files hold them: what all priors of an algorithm share, and what searches chose."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from symprior.agents.ledgers.ledger import is_tuned, load
from symprior.tasks.files.json_files import Json
from symprior.tasks.task.dials import broken_families

SHARED = Path(__file__).parent / "settings.toml"
FAMILIES = Path(__file__).parent / "families.toml"


@cache
def _shared() -> dict[str, dict[str, Json]]:
    return tomllib.loads(SHARED.read_text(encoding="utf-8"))


@cache
def _searched() -> dict[str, str]:
    return tomllib.loads(FAMILIES.read_text(encoding="utf-8"))


def searched_family(family: str) -> str:
    """The family whose search serves this one: a dial's is that of the task that it breaks."""
    own = broken_families().get(family, family)
    return _searched().get(own, own)


def shared_settings(family: str, algorithm: str) -> Json:
    """What all priors of an algorithm share on a family: its own settings, or those of the family that was searched."""
    own = broken_families().get(family, family)
    of_family = _shared().get(own) or _shared().get(searched_family(own), {})
    return of_family.get(algorithm, {})


@cache
def tuned_settings(ledger: str) -> Json:
    """What a search chose, by its ledger, `family/agent`; empty where nothing was searched.

    Raises:
        SympriorError: the ledger is damaged.
    """
    scope, _, agent = ledger.rpartition("/")
    return dict(load(scope, agent).chosen) if is_tuned(scope, agent) else {}
