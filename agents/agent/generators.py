"""The global generators of random numbers, from which agents from outside may draw."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from symprior.tasks.files.states import State


@contextmanager
def isolated_random_numbers(seed: int) -> Iterator[None]:
    """Seed the global generators of `random`, numpy and torch, and put them back as they were."""
    torch: Any = sys.modules.get("torch")
    on_device = torch is not None and torch.cuda.is_initialized()
    states = global_generators()
    device_states = torch.cuda.get_rng_state_all() if on_device else None
    seed_global_generators(seed)
    try:
        yield
    finally:
        load_global_generators(states)
        if on_device:
            torch.cuda.set_rng_state_all(device_states)


def seed_global_generators(seed: int) -> None:
    """Seed the generators that agents from outside may draw from; what is shipped draws from its own."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)


def global_generators() -> State:
    """The states of the generators that anybody in the process draws from: Python's, numpy's, torch's."""
    torch: Any = sys.modules.get("torch")
    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(legacy=False),
        "torch": torch and torch.get_rng_state().numpy(),
    }


def load_global_generators(state: State) -> None:
    """Go on from there; torch's stays where it is if torch was not imported yet."""
    version, numbers, following = state["python"]
    random.setstate((version, tuple(numbers), following))
    legacy: Any = state["numpy"]
    np.random.set_state(legacy)
    torch = sys.modules.get("torch")
    if torch and state["torch"] is not None:
        torch.set_rng_state(torch.from_numpy(state["torch"]))
