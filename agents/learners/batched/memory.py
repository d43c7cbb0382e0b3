"""Keeping freed memory in the process: an update frees what the next one asks for again."""

from __future__ import annotations

import torch

LARGEST_THRESHOLD = 32 * 1024**2
"""Bytes; glibc never raises its threshold over this."""


def keep_freed_memory() -> None:
    """Let the C library keep blocks under 32 MiB instead of giving them back to the system after each update.

    glibc raises its threshold to the size of the largest block that was ever freed (mallopt(3),
    M_MMAP_THRESHOLD), so one block is asked for and freed. At 50 stacked seeds and more, page faults would
    otherwise take a quarter of the time. Elsewhere this has no effect.
    """
    torch.empty(LARGEST_THRESHOLD - 64 * 1024, dtype=torch.uint8)
