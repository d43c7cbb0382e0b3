"""The settings of the shipped agents, as files hold them: what all priors of an algorithm share, and what searches chose."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from symprior.agents.ledgers.ledger import is_tuned, load

SHARED = Path(__file__).parent / "settings.toml"


@cache
def shared_settings() -> dict[str, dict[str, dict[str, Any]]]:
    """Family → algorithm → what all its priors share."""
    return tomllib.loads(SHARED.read_text(encoding="utf-8"))


@cache
def tuned_settings(ledger: str) -> dict[str, Any]:
    """What a search chose, by its ledger, `family/agent`; empty where nothing was searched.

    Raises:
        SympriorError: the ledger is damaged.
    """
    scope, _, agent = ledger.rpartition("/")
    return dict(load(scope, agent).chosen) if is_tuned(scope, agent) else {}
