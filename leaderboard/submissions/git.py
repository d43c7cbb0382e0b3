"""A git repository, asked by reading alone: when a commit was made, what changed since another, a file as it was."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from symprior.leaderboard.submissions import FOLDER
from symprior.symmetry.errors import SympriorError

CODE = ("__init__.py", "symmetry", "tasks", "agents", "leaderboard", "benchmark")
RESULTS = "leaderboard/results"
"""What decides a run, and what of it does not."""


@dataclass(frozen=True)
class Change:
    """A file that differs.

    Attributes:
        path: from the repository's root.
        kind: `added`, `removed` or `changed`.
    """

    path: str
    kind: str


@dataclass(frozen=True)
class Repository:
    """A work tree with its history.

    Attributes:
        root: of the work tree.
    """

    root: Path

    @classmethod
    def around(cls, folder: Path) -> Repository | None:
        """The repository that a folder lies in; None where there is none."""
        place = next((each for each in (folder, *folder.parents) if each.is_dir()), Path())
        found = _git(place, "rev-parse", "--show-toplevel")
        return None if found is None else cls(Path(found.strip()))

    def commit(self, name: str) -> str:
        """The commit that a name means.

        Raises:
            SympriorError: there is none.
        """
        found = _git(self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found is None:
            raise SympriorError(f"{self.root} has no commit {name!r}. Fetch it first, with the whole history.")
        return found.strip()

    def date(self, commit: str) -> datetime | None:
        """When a commit was made; None where it is not here."""
        found = _git(self.root, "show", "--no-patch", "--format=%cI", "--end-of-options", f"{commit}^{{commit}}")
        return None if found is None else datetime.fromisoformat(found.strip())

    def is_ancestor(self, commit: str) -> bool:
        """Whether a commit is in the history of what is checked out."""
        return _git(self.root, "merge-base", "--is-ancestor", commit, "HEAD") is not None

    def code_changed(self, base: str, commit: str) -> list[str]:
        """Files that decide a run and differ between a commit and where its history left the base's."""
        since = _git(self.root, "merge-base", base, commit)
        found = _git(self.root, *DIFFERING, (since or base).strip(), commit, "--", *CODE, f":(exclude){RESULTS}")
        return [change.path for change in _changes(found or "")]

    def changes(self, base: str) -> list[Change]:
        """What the work tree, with submissions that are not committed yet, changes of the base.

        Raises:
            SympriorError: the two share no history.
        """
        since = _git(self.root, "merge-base", base, "HEAD")
        if since is None:
            raise SympriorError(f"{self.root} shares no history with {base[:12]}. Fetch the whole history.")
        tracked = _git(self.root, *DIFFERING, since.strip(), "--") or ""
        new = _git(self.root, "ls-files", "-z", "--others", "--exclude-standard", "--", FOLDER) or ""
        return sorted(
            {*_changes(tracked), *(Change(path, "added") for path in new.split("\0") if path)},
            key=lambda change: change.path,
        )

    def file(self, base: str, path: str) -> bytes | None:
        """A file as it was where the history left the base's; None where it was not there."""
        since = _git(self.root, "merge-base", base, "HEAD")
        found = _git(self.root, "show", "--end-of-options", f"{(since or base).strip()}:{path}")
        return None if found is None else found.encode()


DIFFERING = ("diff", "--name-status", "--no-renames", "--no-ext-diff", "--no-textconv", "-z")


def _changes(text: str) -> Iterator[Change]:
    kinds = {"A": "added", "D": "removed"}
    words = text.split("\0")
    for letter, path in zip(words[::2], words[1::2], strict=False):
        yield Change(path, kinds.get(letter, "changed"))


def _git(folder: Path, *arguments: str) -> str | None:
    """What git says; None where it refuses, or is not there."""
    try:
        found = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", *arguments], cwd=folder, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.decode("utf-8", errors="surrogateescape")
