"""Pictures show a state and its images under the group; the gallery lists every task with its measured grade."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import pytest
from matplotlib.figure import Figure

from symprior.symmetry.description import describe
from symprior.tasks import SympriorError, get_task
from symprior.tasks.cards.gallery import as_text, shown, write_gallery
from symprior.tasks.cards.map_picture import CHANGES, STAYS, map_as_svg, write_map
from symprior.tasks.cards.picture import _show, _title, as_pixels, beside_its_goal, write_picture


def pixels(path: Path) -> np.ndarray:
    return np.asarray(matplotlib.image.imread(path))[..., :3]


def test_the_mirrored_state_is_the_mirrored_picture(tmp_path: Path) -> None:
    picture = pixels(write_picture(get_task("cartpole-v1"), tmp_path / "one.png"))
    assert picture.std() > 0.05, "something is drawn"
    pole = np.abs(picture - [0.79, 0.6, 0.4]).max(axis=-1) < 0.1
    left, right = np.array_split(pole, 2, axis=1)
    lean = [np.ptp(np.nonzero(half)[1]) for half in (left, right)]
    assert min(lean) > 2, "a leaning pole is shown, not an upright one"
    tops = [np.nonzero(half[np.nonzero(half.any(axis=1))[0][0]])[0].mean() for half in (left, right)]
    feet = [np.nonzero(half[np.nonzero(half.any(axis=1))[0][-1]])[0].mean() for half in (left, right)]
    assert (tops[0] - feet[0]) * (tops[1] - feet[1]) < 0, "one leans to the left, the other to the right"


@pytest.mark.parametrize("name", ["grid-catch-v1", "grid-catch-vector-v1"])
def test_turned_states_are_turned_pictures(name: str, tmp_path: Path) -> None:
    picture = pixels(write_picture(get_task(name), tmp_path / "one.png"))
    again = pixels(write_picture(get_task(name), tmp_path / "again.png"))
    np.testing.assert_array_equal(picture, again)
    dark = (picture.mean(axis=-1) < 0.1).mean(axis=1) > 0.5
    top, bottom = np.nonzero(dark)[0][[0, -1]]
    centres = []
    for half in np.array_split(picture[top + 1 : bottom], 4, axis=1):
        columns = np.nonzero((half.mean(axis=-1) < 0.1).mean(axis=0) > 0.5)[0]
        panel = half[:, columns[0] : columns[-1] + 1]
        shown = np.argwhere(panel.mean(axis=-1) > 0.5)
        middle = np.array(panel.shape[:2]) / 2
        away = shown[np.abs(shown - middle).max(axis=1) > len(panel) / 14]  # outside the agent's own cell
        centres.append(away.mean(axis=0) - middle)
    for before, after in zip(centres, centres[1:] + centres[:1], strict=True):
        row, column = before
        np.testing.assert_allclose(after, [-column, row], atol=14)


def test_the_legs_of_a_walker_have_two_colours_that_change_places(tmp_path: Path) -> None:
    """Left and right legs are far apart, so that it is seen which is where."""
    picture = pixels(write_picture(get_task("walker2d-v1"), tmp_path / "one.png"))
    state, image = np.array_split(picture, 2, axis=1)
    blue, orange = (
        [(half[..., 2 * sign] - half[..., 2 - 2 * sign]) > 0.2 for half in (state, image)] for sign in (1, 0)
    )
    assert all(colour.sum() > 30 for colour in (*blue, *orange))
    heights = [[np.nonzero(colour)[0].mean() for colour in each] for each in (blue, orange)]
    assert (heights[0][0] - heights[1][0]) * (heights[0][1] - heights[1][1]) < -100, "one above, the other below"


@pytest.mark.parametrize("name", ["humanoid-v1", "two-agents-v1", "reacher-turned-8-v1", "room-v1", "colour-world-v1"])
def test_a_map_shows_every_entry_by_its_name(name: str, tmp_path: Path) -> None:
    task = get_task(name)
    root = ElementTree.parse(write_map(task, tmp_path / "map.svg")).getroot()
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words[: len(task.called.observation)] == list(task.called.observation)
    assert set(task.called.action) <= set(words)
    assert not any("…" in str(word) for word in words)


def test_a_map_joins_what_changes_places() -> None:
    """CartPole-like: two legs that swap, one sign that changes, one entry that stays."""
    svg = map_as_svg(get_task("lunar-lander-v1"))
    assert svg.count("<path") == 2, "the legs, and the engines"
    assert svg.count(f'fill="{CHANGES}"') == 4
    assert svg.count(f'fill="{STAYS}"') == 2 + 2, "heights; no engine and the main one"


def test_titles_are_not_cut() -> None:
    words = describe(get_task("two-agents-v1").symmetry())[1]
    assert _title(words) == "(01,r)"
    assert _title(describe(get_task("room-v1").symmetry())[2]) == "r2\nactions: 0 ↔ 2, 1 ↔ 3 change places"


def test_the_two_humanoids_say_at_once_how_they_differ() -> None:
    one, other = (get_task(name).card.description for name in ("humanoid-v1", "humanoid-symmetric-v1"))
    assert "humanoid-symmetric-v1" in one[:60] and other.startswith("`humanoid-v1` with the right hip and knee made")


def test_a_vector_without_a_picture_is_shown_as_bars(tmp_path: Path) -> None:
    task = get_task("cartpole-v1")
    probe = task.probe()
    probe.env.unwrapped.metadata["render_modes"], before = [], probe.env.unwrapped.metadata["render_modes"]
    try:
        assert pixels(write_picture(task, tmp_path / "bars.png")).std() > 0.01
    finally:
        probe.env.unwrapped.metadata["render_modes"] = before


def test_bars_can_be_read() -> None:
    axes = Figure().subplots()
    _show(axes, np.array([-6.0]))
    low, high = axes.get_ylim()
    assert low == -high < -6, "zero lies in the middle"
    assert {-6, 0, 6} <= set(axes.get_yticks())
    assert set(axes.get_xticks() % 1) == {0}, "entries are counted, not measured"


def test_a_picture_is_drawn_without_a_word_of_a_missing_display(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SDL_", "XDG_", "DISPLAY"))
    }
    code = (
        "from symprior.tasks import get_task; from symprior.tasks.cards import picture as p; "
        "p.write_picture(get_task('cartpole-v1'), p.Path('a.png'))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (tmp_path / "a.png").is_file()
    assert result.stderr == ""


def test_channels_become_something_to_look_at() -> None:
    assert as_pixels(np.zeros((3, 4, 5))).shape == (4, 5, 3)
    assert as_pixels(np.zeros((1, 4, 5))).shape == (4, 5)
    frames = np.arange(4)[:, None, None] * np.ones((4, 2, 2))
    np.testing.assert_array_equal(as_pixels(frames), 3 * np.ones((2, 2)))


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SympriorError, match=r"written as \.png, not 'a\.svg'"):
        write_picture(get_task("cartpole-v1"), tmp_path / "a.svg")


def test_the_gallery_lists_every_task(tmp_path: Path) -> None:
    page = write_gallery(tmp_path, ["grid-catch-v1"], lambda name: None)
    text = page.read_text(encoding="utf-8")
    assert all(f"## {name}\n" in text and f"(cards/pictures/{name}.png)" in text for name in shown())
    assert [path.name for path in (tmp_path / "cards" / "pictures").iterdir()] == ["grid-catch-v1.png"]
    assert [path.name for path in (tmp_path / "cards" / "maps").iterdir()] == ["grid-catch-v1.svg"]


def test_the_published_gallery_is_what_the_command_writes() -> None:
    from symprior.tasks.cards.gallery import FOLDER, MAPS, PICTURES

    assert (FOLDER / "README.md").read_text(encoding="utf-8") == as_text()
    assert {path.stem for path in (FOLDER / PICTURES).glob("*.png")} == set(shown())
    maps = {path.stem: path.read_text(encoding="utf-8") for path in (FOLDER / MAPS).glob("*.svg")}
    assert maps == {name: map_as_svg(get_task(name)) for name in shown()}


def test_a_task_without_certificate_says_so() -> None:
    from symprior.tasks.cards.gallery import _section

    assert "not measured yet" in _section(replace(get_task("cartpole-v1"), id="unknown-v1"))


def test_a_goal_is_drawn_beside_what_is_seen() -> None:
    image = np.zeros((4, 8, 8), dtype=np.uint8)
    image[0, 2, 3] = image[3, 5, 6] = 255
    drawn = beside_its_goal(image)
    assert drawn.shape == (8, 17, 3) and (drawn[:, 8] == 255).all()
    assert drawn[2, 3].tolist() == [255, 0, 0] and drawn[5, 9 + 6].tolist() == [0, 255, 0]
    assert np.count_nonzero(drawn) == 2 + 8 * 3
