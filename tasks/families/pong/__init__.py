"""Pong, the console's game, under its mirror image: from pixels at two sizes, and from objects.

The game is only roughly symmetric. The opponent aims with the top edge of its paddle, between two points it goes up, the
ball is served a little below the middle, and paddles stop at other distances from the two walls. How often that shows is
stated by shares of single steps (`StatedShare`) and measured by mirroring the console's full state.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.groups import cyclic
from symprior.symmetry.names import Names
from symprior.symmetry.representations import ImageTransform, Representation, permutation, signs
from symprior.symmetry.symmetry import Exactness, StatedShare, Symmetry
from symprior.tasks.families.pong.objects import ENTRIES, Objects
from symprior.tasks.families.pong.pixels import FRAMES, FULL, SMALL, Pixels
from symprior.tasks.families.pong.policy import follow_objects, follow_pixels
from symprior.tasks.families.pong.probe import PongProbe
from symprior.tasks.families.pong.vector import PongVectorEnv
from symprior.tasks.families.pong.view import LONGEST_GAME, PongEnv
from symprior.tasks.task import TASKS, Card, Task, register

PLAYED_BY_HUMANS = (9.3, "a professional player's mean score (Mnih et al., 2015, Extended Data Table 2)")

TURNED_OVER = ("ball y", "ball velocity y", "player y", "player velocity", "opponent y", "opponent velocity")


def make_env(size: int | None = None, render_mode: str | None = None) -> PongEnv:
    """The single environment, as `gymnasium.make` calls it: from pixels of that size, or from objects."""
    return PongEnv(Objects() if size is None else Pixels(size), render_mode)


def mirror_pixels(size: int) -> Symmetry:
    """C2: the frames upside down, up and down swapped."""
    planar = signs(cyclic(2), [[1, 1], [1, -1]])
    return _mirror(ImageTransform(planar, FRAMES, size), ball=0.75)


def mirror_objects() -> Symmetry:
    """C2: every height and every speed up changes its sign, up and down swap."""
    sign = [-1 if name in TURNED_OVER else 1 for name in ENTRIES]
    return _mirror(signs(cyclic(2), [[1] * len(ENTRIES), sign]), ball=0.85)


def _mirror(observation: Representation, ball: float) -> Symmetry:
    """The shares lie under those measured; what is drawn of a ball shifts by up to two pixels, so `ball` differs."""
    return Symmetry(
        observation=observation,
        action=permutation(observation.group, [[0, 1, 2], [0, 2, 1]]),
        discrete=True,
        exactness=Exactness.APPROXIMATE,
        reset=Exactness.BROKEN,
        shares=(
            StatedShare("ball", 1.0, ball),
            StatedShare("player", 2.0, 0.8),
            StatedShare("opponent", 16.0, 0.85),
            StatedShare("ball velocity", 1.0, ball),
            StatedShare("player velocity", 2.0, 0.8),
            StatedShare("opponent velocity", 10.0, 0.55),
            StatedShare("reward", 0.0, 0.95),
            StatedShare("end", 0.0, 0.95),
        ),
    )


_GAME = (
    "The console's Pong against its own player: +1 for a point, −1 for a lost one, 21 points end the game, which is cut off "
    f"after {LONGEST_GAME:,} steps of four frames. Stay, up, down; fire, which only hits the ball harder, is left out. At "
    "every frame the last action is repeated with probability 0.25 (sticky actions), so that games differ."
)
_BROKEN = (
    "Approximate, by shares of single steps: in some nineteen of twenty the ball agrees within 2 pixels of the screen, and "
    "so does the player's paddle; the opponent, which aims with the top edge of its own, agrees within 2 in a tenth to a "
    "half of them, and within its height, 16, nearly always. Where a game starts is not mirrored."
)
_SOURCE = (
    "ale-py's Pong with sticky actions (Machado et al., 2018); symmetry, field and frames after van der Pol et al. (2020); "
    "length of a game after Mnih et al. (2015)."
)
_BIBTEX = """@article{bellemare2013arcade,
  title={The Arcade Learning Environment: An Evaluation Platform for General Agents},
  author={Bellemare, Marc G. and Naddaf, Yavar and Veness, Joel and Bowling, Michael},
  journal={Journal of Artificial Intelligence Research},
  volume={47}, pages={253--279}, year={2013}
}
@article{machado2018revisiting,
  title={Revisiting the Arcade Learning Environment: Evaluation Protocols and Open Problems for General Agents},
  author={Machado, Marlos C. and Bellemare, Marc G. and Talvitie, Erik and Veness, Joel and Hausknecht, Matthew
          and Bowling, Michael},
  journal={Journal of Artificial Intelligence Research},
  volume={61}, pages={523--562}, year={2018}
}"""


_FRAMES = tuple(f"frame {when}" for when in ("three steps ago", "two steps ago", "a step ago", "now"))


def _register(
    task_id: str,
    gym_id: str,
    size: int | None,
    symmetry: Callable[[], Symmetry],
    policy: Callable[[NumpyArray], NumpyArray],
    seen: str,
    turned: str,
) -> None:
    register(
        Task(
            id=task_id,
            family="pong-objects" if size is None else "pong",
            gym_id=gym_id,
            symmetry=symmetry,
            probe=lambda: PongProbe(TASKS[task_id].make()),
            vector=partial(PongVectorEnv, size=size),
            names=Names(ENTRIES if size is None else _FRAMES, ("stay", "up", "down")),
            reference_policy=policy,
            return_bounds=(-21.0, 21.0),
            stated_threshold=PLAYED_BY_HUMANS,
            declared_track="approximate",
            evaluation_episodes=10,
            extra="atari",
            packages=("ale-py",),
            card=Card(
                description=f"{_GAME} {seen}",
                group_in_words=f"C2: mirror top and bottom. {turned}, up and down swap. {_BROKEN}",
                source=_SOURCE,
                licence="GPL-2.0 (ale-py, which comes with the game)",
                bibtex=_BIBTEX,
            ),
        )
    )


for _name, _size in (("", FULL), ("small", SMALL)):
    _register(
        f"pong-{_name}-v1" if _name else "pong-v1",
        f"symprior/Pong{_name.title()}-v1",
        _size,
        partial(mirror_pixels, _size),
        follow_pixels,
        f"The agent sees the field in four grey frames of {_size}×{_size} pixels, each the mean of an area.",
        "The four frames are turned upside down",
    )
_register(
    "pong-objects-v1",
    "symprior/PongObjects-v1",
    None,
    mirror_objects,
    follow_objects,
    f"The agent sees {len(ENTRIES)} numbers from the console's memory: {', '.join(ENTRIES)}.",
    "Heights and speeds up change sign",
)
