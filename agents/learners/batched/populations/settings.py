"""Hyperparameters along the seed axis."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import torch

from symprior.agents.algorithms.settings import LearningSettings
from symprior.symmetry.errors import SympriorError


class StackedSettings(SimpleNamespace):
    """The settings of all seeds: every float as a tensor [seeds, 1], everything else one value for all.

    Floats are tensors even where they are equal, so that a seed's numbers do not depend on its companions.

    Args:
        settings: one for each seed.
        device: where the tensors lie.

    Raises:
        SympriorError: the seeds differ in a setting that is no float, such as a width or a number of steps.
    """

    def __init__(self, settings: Sequence[LearningSettings], device: torch.device) -> None:
        super().__init__()
        for name in type(settings[0]).model_fields:
            values = [getattr(one, name) for one in settings]
            if isinstance(values[0], float):
                setattr(self, name, torch.tensor(values, dtype=torch.float32, device=device).unsqueeze(-1))
            elif any(value != values[0] for value in values):
                raise SympriorError(
                    f"Seeds side by side share {name}, but it was given as {sorted(set(map(str, values)))}. "
                    f"Train these in batches of their own."
                )
            else:
                setattr(self, name, values[0])
