"""Deep Q-learning (Mnih et al., 2015)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symprior.agents.algorithms.algorithm import Actions, ReplayAlgorithm, register
from symprior.agents.algorithms.settings import GreedyReplaySettings

if TYPE_CHECKING:
    from symprior.agents.networks.heads.q_network import QNetwork


@register
class DQN(ReplayAlgorithm[GreedyReplaySettings]):
    """Stable-Baselines3's DQN, on every learner: ε-greedy acting, Huber loss, a target network that is copied now and then.

    One random number decides for all copies of the environment of a vector step whether they explore, and then each
    draws its own action; the greedy action in training is the first of the largest values.
    """

    name = "dqn"
    title = "DQN"
    description = "Deep Q-learning: action values by one-step targets from a replay buffer and a target network."
    bibtex = """@article{mnih2015human,
  title={Human-level control through deep reinforcement learning},
  author={Mnih, Volodymyr and Kavukcuoglu, Koray and Silver, David and Rusu, Andrei A and Veness, Joel and Bellemare, Marc G
    and Graves, Alex and Riedmiller, Martin and Fidjeland, Andreas K and Ostrovski, Georg and others},
  journal={Nature}, volume={518}, number={7540}, pages={529--533}, year={2015}
}"""
    settings = GreedyReplaySettings
    mode = "greedy"
    actions = frozenset({Actions.DISCRETE})

    def network(self, settings: GreedyReplaySettings) -> type[QNetwork]:
        """Action values."""
        from symprior.agents.networks.heads.q_network import QNetwork

        return QNetwork
