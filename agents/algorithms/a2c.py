"""Advantage actor-critic, synchronous (Mnih et al., 2016)."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm, OnPolicySettings, register


class A2CSettings(OnPolicySettings):
    """A2C's settings: one gradient step on each rollout."""

    steps: int = 5
    gae_lambda: float = 1.0


@register
class A2C(OnPolicyAlgorithm):
    """One policy-gradient step on each short rollout."""

    name = "a2c"
    title = "A2C"
    description = "Synchronous advantage actor-critic: one policy-gradient step, by Adam, on each short rollout."
    bibtex = """@inproceedings{mnih2016asynchronous,
  title={Asynchronous Methods for Deep Reinforcement Learning},
  author={Mnih, Volodymyr and Badia, Adri{\\`a} Puigdom{\\`e}nech and Mirza, Mehdi and Graves, Alex and Lillicrap, Timothy
    and Harley, Tim and Silver, David and Kavukcuoglu, Koray},
  booktitle={International Conference on Machine Learning}, year={2016}
}"""
    settings = A2CSettings

    def updates(self, settings: A2CSettings) -> tuple[int, int]:
        """(1, the whole rollout)."""
        return 1, settings.num_envs * settings.steps

    def policy_gradient(
        self, log_probabilities: Tensor, old_log_probabilities: Tensor, advantages: Tensor, settings: Any
    ) -> Tensor:
        """Of −A log π: −A; the old log-probabilities are not read."""
        return -advantages

    def stable_baselines3_model(self, settings: A2CSettings, **arguments: Any) -> Any:
        """Stable-Baselines3's A2C."""
        from stable_baselines3 import A2C as Model

        return Model(use_rms_prop=False, **settings.for_stable_baselines3(), **arguments)
