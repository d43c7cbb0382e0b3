"""Quantile-regression DQN (Dabney et al., 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from symprior.agents.algorithms.algorithm import Actions, ReplayAlgorithm, register
from symprior.agents.algorithms.settings import GreedyReplaySettings

if TYPE_CHECKING:
    from symprior.agents.networks.heads.quantile_network import QuantileNetwork


class QRDQNSettings(GreedyReplaySettings):
    """The number of quantiles beside what DQN has."""

    adam_epsilon: float = Field(default=0.01 / 32, gt=0, description="Adam's ε; Dabney et al.'s")
    quantiles: int = Field(default=50, ge=1, description="quantiles of each action's return")


@register
class QRDQN(ReplayAlgorithm[QRDQNSettings]):
    """sb3-contrib's QR-DQN: ε-greedy acting on mean quantiles, quantile Huber loss, a target network."""

    name = "qrdqn"
    title = "QR-DQN"
    description = "Quantile-regression DQN: the distribution of each action's return, from replay; greedy in its mean."
    bibtex = """@inproceedings{dabney2018distributional,
  title={Distributional Reinforcement Learning with Quantile Regression},
  author={Dabney, Will and Rowland, Mark and Bellemare, Marc G. and Munos, R{\\'e}mi},
  booktitle={AAAI Conference on Artificial Intelligence},
  year={2018}
}"""
    settings = QRDQNSettings
    mode = "greedy"
    actions = frozenset({Actions.DISCRETE})

    def network(self, settings: QRDQNSettings) -> type[QuantileNetwork]:
        """Quantiles of each action."""
        from symprior.agents.networks.heads.quantile_network import quantile_network

        return quantile_network(settings.quantiles)
