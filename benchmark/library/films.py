"""Episodes of a trained policy as a film: an animated GIF, or a video."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from symprior.agents.agent.abilities import SeedsItsPolicy
from symprior.benchmark.library.policies import Policy
from symprior.symmetry.errors import SympriorError
from symprior.tasks.environments.extras import install_command

Frame = NDArray[np.uint8]
"""Red, green and blue, [height, width, 3]."""

FORMATS = (".gif", ".mp4")
FRAMES_A_SECOND = 30
"""Where the environment does not say how many it is drawn for."""


@dataclass
class Episode:
    """An episode as far as it was played.

    Attributes:
        steps: of the environment.
        total: the undiscounted return.
    """

    steps: int = 0
    total: float = 0.0


def film(policy: Policy, out: Path, episodes: int = 1, seed: int = 0, greedy: bool = False) -> list[Episode]:
    """Play whole episodes, draw every state, and write the film in one piece or not at all.

    Args:
        policy: what acts.
        out: a .gif or an .mp4.
        episodes: how many, one behind the other.
        seed: of the first episode and of what the policy draws.
        greedy: as `Policy.act` takes it.

    Raises:
        SympriorError: another kind of file, what writes it is not installed, or it cannot be written.
    """
    if out.suffix not in FORMATS:
        raise SympriorError(
            f"A film is written as {' or '.join(FORMATS)}, not as {out.suffix or 'a file without ending'}."
        )
    played: list[Episode] = []
    env = policy.task.make(render_mode="rgb_array")
    if isinstance(policy.agent, SeedsItsPolicy):
        policy.agent.seed_policy(np.array([seed], dtype=np.int64))

    def frames() -> Iterator[Frame]:
        for number in range(episodes):
            observation, _ = env.reset(seed=seed + number)
            played.append(Episode())
            yield _even(env.render())
            ended = False
            while not ended:
                observation, reward, terminated, truncated, _ = env.step(policy.act(np.asarray(observation), greedy))
                played[-1].steps += 1
                played[-1].total += float(reward)
                ended = terminated or truncated
                yield _even(env.render())

    try:
        _write(frames(), out, int(env.metadata.get("render_fps") or FRAMES_A_SECOND))
    finally:
        env.close()
    return played


def _even(drawn: object) -> Frame:
    """The picture without a last odd row or column, which videos do not take."""
    frame = np.asarray(drawn, dtype=np.uint8)
    height, width = frame.shape[0] // 2 * 2, frame.shape[1] // 2 * 2
    return frame[:height, :width]


def _write(frames: Iterator[Frame], out: Path, rate: int) -> None:
    how = {"duration": 1000 / rate, "loop": 0} if out.suffix == ".gif" else {"fps": rate, "macro_block_size": 2}
    try:
        imageio = import_module("imageio.v2")

        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".film-") as folder:
            whole = Path(folder) / out.name
            with imageio.get_writer(whole, mode="I", **how) as writer:
                for frame in frames:
                    writer.append_data(frame)
            os.replace(whole, out)
    except ImportError as error:
        raise SympriorError(f"Films need imageio and ffmpeg. Install them with `{install_command('film')}`.") from error
    except OSError as error:
        raise SympriorError(f"Cannot write {out}: {error.strerror or error}. Choose a writable folder.") from error
