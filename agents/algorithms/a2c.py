"""Advantage actor-critic, synchronous (Mnih et al., 2016)."""

from __future__ import annotations

from symprior.agents.algorithms.algorithm import OnPolicyAlgorithm, register
from symprior.agents.algorithms.settings import OnPolicySettings


class A2CSettings(OnPolicySettings):
    """A2C's settings: one gradient step on each rollout."""

    steps: int = 5
    gae_lambda: float = 1.0


@register
class A2C(OnPolicyAlgorithm[A2CSettings]):
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
