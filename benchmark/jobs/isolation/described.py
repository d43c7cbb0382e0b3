"""What classes in users' files say of themselves: asked once of each file, in a process of its own."""

from __future__ import annotations

from pathlib import Path

from symprior.benchmark.jobs.isolation.agent_process import AgentProcess, Confines
from symprior.benchmark.jobs.isolation.errors import ProcessDied
from symprior.benchmark.jobs.isolation.said import Description
from symprior.symmetry.errors import SympriorError
from symprior.tasks.custom.source_files import digest, existing, note

SECONDS_TO_IMPORT = 300.0
Known = dict[tuple[str, str], Description]
"""By the class's whole name and the digest of its file."""

_known: Known = {}
_unconfined: set[str] = set()
"""Why the processes that were asked were not in namespaces of their own."""


def described(name: str) -> Description:
    """What the class says of itself.

    Args:
        name: `path/to/file.py:Name`.

    Raises:
        SympriorError: the file is missing, does not import or ends its process, or its class lacks a method.
    """
    whole = whole_name(name)
    key = whole, digest(whole)
    if key not in _known:
        _known[key] = _asked(whole)
        note(whole)
    return _known[key]


def whole_name(name: str) -> str:
    """The name with the whole path, which is another process's too.

    Raises:
        SympriorError: there is no such file.
    """
    path, _, attribute = name.rpartition(":")
    return f"{existing(path, 'agent')}:{attribute}"


def why_unconfined() -> str:
    """Why agents asked for so far have no namespaces of their own; empty where they have them, or nobody was asked."""
    return "; ".join(sorted(_unconfined))


def warning() -> str:
    """What a user is told before agents run that are not confined; empty where all are."""
    reason = why_unconfined()
    if not reason:
        return ""
    return (
        f"Agents from files run in processes of their own, but {reason}: they could use the network, reach other "
        "processes of yours and write to the records. Run only those whose code you trust."
    )


def known() -> Known:
    """What was asked so far, for a process that goes on."""
    return dict(_known)


def remember(of_others: Known) -> None:
    """Take over what another process asked."""
    _known.update(of_others)
    for whole, _ in of_others:
        note(whole)


def _asked(whole: str) -> Description:
    path = whole.rpartition(":")[0]
    process = AgentProcess(whole, Confines(read_only=(Path.cwd(),)))
    _unconfined.update({process.unconfined} - {""})
    try:
        process.send("describe")
        return process.hear(Description, SECONDS_TO_IMPORT)
    except ProcessDied as error:
        raise SympriorError(f"{path} does not import: {error}") from error
    finally:
        process.close()
