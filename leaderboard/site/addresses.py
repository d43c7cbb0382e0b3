"""Where each page of the site lies, and how another page leads there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_=@-]{0,99}")


def file_name(name: str) -> str:
    """A name as a file's: as it is where that is plain, else with what is not left out and a digest behind.

    Names of agents and tasks come from strangers: none leads out of its folder, and no two share a file.
    """
    if PLAIN.fullmatch(name):
        return name
    kept = re.sub(r"[^A-Za-z0-9]+", "-", name)[:60].strip("-")
    return f"{kept}-{sha256(name.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Links:
    """How a page leads to others.

    Attributes:
        root: the way from the page to the site's first one, `../` in a folder.
        tasks, agents, suites: addresses by names; what is not there has no page.
    """

    root: str
    tasks: Mapping[str, str]
    agents: Mapping[str, str]
    suites: Mapping[str, str]

    def at(self, address: str) -> str:
        """The way to a page of the site."""
        return self.root + address

    def task(self, name: str) -> str | None:
        """The way to a task's page."""
        return self._to(self.tasks, name)

    def agent(self, name: str) -> str | None:
        """The way to an agent's page."""
        return self._to(self.agents, name)

    def suite(self, name: str) -> str | None:
        """The way to a suite's page."""
        return self._to(self.suites, name)

    def _to(self, addresses: Mapping[str, str], name: str) -> str | None:
        return self.root + addresses[name] if name in addresses else None
