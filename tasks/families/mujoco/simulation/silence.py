"""One of MuJoCo's warnings left out: it would go to the terminal and to a file in the working directory."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_warning(of: str) -> Iterator[None]:
    """Leave out the warnings that name this; what else MuJoCo warns of within becomes a warning of Python's."""
    import mujoco  # type: ignore[import-untyped]

    said: list[str] = []
    before = mujoco.get_mju_user_warning()
    mujoco.set_mju_user_warning(said.append)
    try:
        yield
    finally:
        mujoco.set_mju_user_warning(before)
    for message in said:
        if of not in message:
            warnings.warn(message, stacklevel=3)
