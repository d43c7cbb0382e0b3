"""Trained policies beside their records: arrays by name in a safetensors file, of which reading runs no code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from symprior.agents.agent.abilities import PolicyArrays
from symprior.leaderboard.records.record import RunRecord
from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.extras import install_command
from symprior.tasks.files.atomic import write_bytes_atomically

NUMBERS = "biuf"
"""Kinds of numpy's types that a policy is made of."""


def policy_path(record: Path) -> Path:
    """Where the policy of the run lies whose record is in this file."""
    return record.with_suffix(".safetensors")


def check_can_keep() -> None:
    """Find out before anything is trained whether policies can be written.

    Raises:
        SympriorError: safetensors is not installed; the message has the command.
    """
    try:
        import safetensors.numpy  # noqa: F401
    except ModuleNotFoundError as error:
        raise SympriorError(
            f"Policies are kept as safetensors, which is not installed. Install it with `{install_command('train')}`."
        ) from error


def packed(arrays: PolicyArrays, about: Mapping[str, str] | None = None) -> bytes:
    """A policy as the bytes of a safetensors file, with texts by name.

    Raises:
        SympriorError: these are no numbers by name, or safetensors is not installed.
    """
    check_can_keep()
    from safetensors.numpy import save

    return save(_checked(arrays), dict(about or {}))


def unpacked(policy: bytes) -> dict[str, NumpyArray]:
    """The policy in such bytes; no code in them is run.

    Raises:
        SympriorError: they are none, or safetensors is not installed.
    """
    check_can_keep()
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(policy)
    except SafetensorError as error:
        raise SympriorError(f"These bytes are no policy: {error}.") from error


def write_policy(path: Path, record: RunRecord, arrays: PolicyArrays) -> None:
    """Write the policy of a run, in one piece or not at all.

    Raises:
        SympriorError: these are no numbers by name, or the file cannot be written.
    """
    write_bytes_atomically(path, packed(arrays, {"run": _run(record)}))


def read_policy(path: Path, record: RunRecord) -> dict[str, NumpyArray]:
    """The policy of a run.

    Raises:
        SympriorError: there is none, it cannot be read, or it is another run's.
    """
    check_can_keep()
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise SympriorError(f"There is no policy {path}. Policies are kept by `symprior run --save-policies`.")
    try:
        with safe_open(path, "numpy") as file:
            of_run, arrays = (file.metadata() or {}).get("run"), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise SympriorError(
            f"{path} is no policy that can be read: {error}. Delete it and train the run again."
        ) from error
    if of_run != _run(record):
        raise SympriorError(
            f"{path} is not the policy of the run whose record lies beside it. Delete both and train the run again."
        )
    return arrays


def _run(record: RunRecord) -> str:
    """What a policy says of its run: which it is, and when it began."""
    return json.dumps([*record.key, record.budget, record.provenance.started])


def _checked(arrays: object) -> dict[str, NumpyArray]:
    if not isinstance(arrays, Mapping) or not all(isinstance(name, str) for name in arrays):
        raise SympriorError(f"`policy_arrays` gave {type(arrays).__name__}; it gives arrays by name, a dictionary.")
    found = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    for name, array in found.items():
        if array.dtype.kind not in NUMBERS:
            raise SympriorError(
                f"`policy_arrays` gave {name!r} of type {array.dtype}; a policy is made of real numbers."
            )
    return found
