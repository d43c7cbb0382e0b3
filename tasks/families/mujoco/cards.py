"""What the cards of all robots share: their source, licence and citations."""

from __future__ import annotations

from symprior.tasks.cards.bibliography import GYMNASIUM
from symprior.tasks.task import Card

MUJOCO = """@inproceedings{todorov2012mujoco,
  title={MuJoCo: A physics engine for model-based control},
  author={Todorov, Emanuel and Erez, Tom and Tassa, Yuval},
  booktitle={IEEE/RSJ International Conference on Intelligent Robots and Systems},
  pages={5026--5033}, year={2012}
}"""


def robot_card(gym_id: str, description: str, group_in_words: str, *bibtex: str, change: str = "") -> Card:
    """The card of a robot.

    Args:
        gym_id: gymnasium's environment.
        description: what is to be done, in a sentence or two.
        group_in_words: what the group does.
        bibtex: where the robot comes from.
        change: what is changed of gymnasium's environment, as a clause.
    """
    return Card(
        description=description,
        group_in_words=group_in_words,
        source=f"gymnasium {gym_id}{', ' if change else ''}{change}, simulated by MuJoCo.",
        licence="MIT (gymnasium, with the robot's model); the simulator MuJoCo is under Apache 2.0",
        bibtex="\n".join((*bibtex, GYMNASIUM, MUJOCO)),
    )
