"""The extras that bring simulators, and whether they are installed."""

from __future__ import annotations

from importlib.util import find_spec

MODULES = {"atari": "ale_py", "box2d": "Box2D", "mujoco": "mujoco"}
"""What each extra lets be imported."""


def is_installed(extra: str) -> bool:
    """Whether the simulator of an extra can be imported; it is looked for, not imported."""
    try:
        return find_spec(MODULES.get(extra, extra)) is not None
    except ModuleNotFoundError:
        return False


def install_command(extra: str) -> str:
    """What installs an extra."""
    return f"pip install 'symprior[{extra}]'"
