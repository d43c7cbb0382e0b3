"""DQN from given transitions, with goals put beside them in hindsight (Andrychowicz et al., 2017)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from symprior.agents.algorithms.algorithm import register
from symprior.agents.algorithms.given.given import GivenAlgorithm, GivenSettings

if TYPE_CHECKING:
    from symprior.agents.networks.heads.q_network import QNetwork


class OfflineDQNSettings(GivenSettings):
    """Which goals are put beside transitions, and how fast targets follow."""

    learning_rate: float = Field(default=1e-3, gt=0, description="Adam's, constant")
    own_goals: float = Field(
        default=0.5, ge=0, le=1, description="part of the goals that the transition's own episode led to; others: any"
    )
    tau: float = Field(default=0.01, gt=0, le=1, description="part of the way that targets go at each gradient step")


@register
class OfflineDQN(GivenAlgorithm[OfflineDQNSettings]):
    """Q(s, g, a) by one-step targets: 1 where the transition leads to the goal, else γ max Q; no model, no planning."""

    name = "offline-dqn"
    title = "DQN offline"
    description = "Action values towards goals, from given transitions with goals in hindsight and a target network."
    bibtex = """@inproceedings{andrychowicz2017hindsight,
  title={Hindsight Experience Replay},
  author={Andrychowicz, Marcin and Wolski, Filip and Ray, Alex and Schneider, Jonas and Fong, Rachel and Welinder, Peter
    and McGrew, Bob and Tobin, Josh and Abbeel, Pieter and Zaremba, Wojciech},
  booktitle={Advances in Neural Information Processing Systems},
  year={2017}
}"""
    settings = OfflineDQNSettings

    def network(self, settings: OfflineDQNSettings) -> type[QNetwork]:
        """Action values of what is seen of world and goal."""
        from symprior.agents.networks.heads.q_network import PlacedQNetwork

        return PlacedQNetwork
