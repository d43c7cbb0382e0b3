"""Pong: the same games one by one and side by side, pictures that turn over exactly, objects where they are seen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

pytest.importorskip("ale_py")

from ale_py import AtariVectorEnv, roms

from symprior.symmetry.errors import SympriorError
from symprior.tasks import Task, get_task
from symprior.tasks.environments.gymnasium_vector import GymnasiumVectorEnv
from symprior.tasks.families.pong import vector
from symprior.tasks.families.pong.emulator import BALL_X, BALL_Y, DOWN, PLAYER, STAY, UP, Emulator
from symprior.tasks.families.pong.objects import ENTRIES, PIXELS
from symprior.tasks.families.pong.pixels import FIELD, halve_rows, locate, shrink
from symprior.tasks.families.pong.policy import follow_objects, follow_pixels
from symprior.tasks.families.pong.vector import PongVectorEnv
from symprior.tasks.families.pong.view import PongEnv

NAMES = ["pong-v1", "pong-small-v1", "pong-objects-v1"]
KINDS = ["pong-small-v1", "pong-objects-v1"]
"""For what does not depend on the size of pictures."""


def screens(steps: int, seed: int = 0) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Screen and memory at every step of random play with actions held for some steps."""
    emulator, rng = Emulator(), np.random.default_rng(seed)
    emulator.reset(seed)
    action = 0
    for step in range(steps):
        action = int(rng.integers(3)) if step % 4 == 0 else action
        emulator.step(action)
        yield emulator.screen, emulator.memory


# --- the emulator ---


class StartedAnew(Emulator):
    """Loads the game for every seed, as ale-py seeds it."""

    def reset(self, seed: int | None) -> None:
        if seed is not None:
            game = roms.get_rom_path("pong")
            assert game is not None
            self._ale.setInt("random_seed", seed % (1 << 31))
            self._ale.loadROM(game)
        self._ale.reset_game()


def assert_same(one: Emulator, other: Emulator) -> None:
    assert one.save() == other.save()
    np.testing.assert_array_equal(one.memory, other.memory)
    np.testing.assert_array_equal(one.screen, other.screen)


def play_both(one: Emulator, other: Emulator, actions: NDArray[np.int64]) -> None:
    for action in actions:
        assert one.step(action) == other.step(action) and one.is_over == other.is_over
        assert_same(one, other)


@pytest.mark.slow
def test_a_seed_gives_the_games_of_a_console_started_anew() -> None:
    """In full state, memory and screen: under 18 seeds, into a second game, and from wherever the last seed's game stood."""
    rng = np.random.default_rng(0)
    seeds = [0, 1, 2, (1 << 31) - 2, (1 << 31) - 1, 1 << 31, (1 << 62) + 7, *map(int, rng.integers(1 << 62, size=11))]
    ours, anew = Emulator(), StartedAnew()
    starts = set()
    for seed in seeds:
        for emulator in (ours, anew):
            emulator.reset(seed)
        starts.add(ours.save())
        assert_same(ours, anew)
        play_both(ours, anew, rng.integers(3, size=75).repeat(2))
        for emulator in (ours, anew):
            emulator.reset(None)
        play_both(ours, anew, rng.integers(3, size=75).repeat(2))
    assert len(starts) == len({seed % (1 << 31) for seed in seeds}), "seeds differ in what they save"


@pytest.mark.covering
def test_a_seed_starts_the_same_game_after_one_that_was_played_to_its_end_or_turned_over() -> None:
    ours, anew = Emulator(), StartedAnew()
    ours.reset(8)
    while not ours.is_over:
        ours.step(STAY)
    for turned_over in (False, True):
        ours.reset(3)
        anew.reset(3)
        assert_same(ours, anew)
        play_both(ours, anew, np.full(60, UP))
        if not turned_over:
            ours.mirror()


# --- environments ---


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.filterwarnings("error")
def test_gymnasium_finds_nothing_wrong(name: str) -> None:
    check_env(get_task(name).make().unwrapped)


def ale_games(count: int, size: int) -> Any:
    """ale-py's own vector environment: the whole screen at half its height, [count, 4, 105, size]."""
    return AtariVectorEnv(
        "pong",
        count,
        max_num_frames_per_episode=1 << 30,
        repeat_action_probability=0.25,
        autoreset_mode=AutoresetMode.SAME_STEP,
        img_height=105,
        img_width=size,
        stack_num=4,
        frameskip=4,
        maxpool=False,
        noop_max=0,
        reward_clipping=False,
        use_fire_reset=False,
    )


@pytest.mark.parametrize("size", [80, 40])
@pytest.mark.cells(test=1)
def test_pictures_are_those_of_the_vector_environment_of_ale_py(size: int) -> None:
    """Over ends of games, resets without a seed and with another one."""

    def cropped(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return halve_rows(pictures[:, :, 17:97], size)

    ours, theirs, rng = PongVectorEnv(3, size), ale_games(3, size), np.random.default_rng(0)
    ended = np.zeros(3, dtype=int)
    for seed in ([7, (1 << 31) - 1, 0], None, [5, 6, 7]):
        seen = ours.reset(seed=seed)[0]
        np.testing.assert_array_equal(seen, cropped(theirs.reset(seed=None if seed is None else np.array(seed))[0]))
        for _ in range(1400 if seed is None else 100):
            actions = rng.integers(3, size=3)
            seen, rewards, terminated, _, infos = ours.step(actions)
            pictures, their_rewards, their_ends, _, their_infos = theirs.step(np.array([0, 2, 3])[actions])
            np.testing.assert_array_equal(seen, cropped(pictures))
            np.testing.assert_array_equal(rewards, their_rewards)
            np.testing.assert_array_equal(terminated, their_ends)
            if terminated.any():
                ended += terminated
                wanted = cropped(their_infos["final_obs"])
                np.testing.assert_array_equal(infos["final_obs"][terminated], wanted[terminated])
    assert ended.min() > 0
    theirs.close()


def test_objects_side_by_side_are_single_environments() -> None:
    """Bit for bit, over ends of games, resets without a seed and with another one; signs of zeros too."""
    task, rng, ended = get_task("pong-objects-v1"), np.random.default_rng(0), 0
    ours, theirs = task.make_vector(3), GymnasiumVectorEnv(task.make, 3)
    for seed in ([7, (1 << 62) + 1, 0], None, 5):
        assert ours.reset(seed=seed)[0].tobytes() == theirs.reset(seed=seed)[0].tobytes()
        for _ in range(1400 if seed is None else 100):
            actions = rng.integers(3, size=3)
            *mine, infos = ours.step(actions)
            *wanted, their_infos = theirs.step(actions)
            for one, other in zip((*mine, *infos.values()), (*wanted, *their_infos.values()), strict=True):
                assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes())
            ended += mine[2].sum()
    assert ended > 2


@pytest.mark.parametrize("name", KINDS)
def test_a_game_that_has_ended_rests_until_the_next_reset(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others play on as if nothing had happened, and the emulator of the one that rests is left alone."""
    monkeypatch.setattr(vector, "LONGEST_GAME", 20)
    games, alone = get_task(name).make_vector(2), get_task(name).make_vector(1)
    inner = games._env  # type: ignore[union-attr]
    games.reset(seed=[3, 4])
    alone.reset(seed=[4])
    for _ in range(20):
        first, _, _, truncated, _ = games.step(np.array([UP, DOWN]))
        alone.step(np.array([DOWN]))
    assert truncated.all()
    games.rest(np.array([True, False]))
    state = inner._emulators[0].save()
    for _ in range(10):
        seen, rewards, *_ = games.step(np.array([UP, UP]))
        np.testing.assert_array_equal(seen[0], first[0])
        np.testing.assert_array_equal(seen[1], alone.step(np.array([UP]))[0][0])
        assert rewards[0] == 0
    assert inner._emulators[0].save() == state
    games.reset(seed=[3, 4])
    games.step(np.array([UP, UP]))
    assert inner._emulators[0].save() != state


@pytest.mark.parametrize(
    ("name", "games_to_the_end"), [("pong-v1", 0), pytest.param("pong-small-v1", 1, marks=pytest.mark.covering)]
)
def test_many_games_are_the_single_ones_bit_for_bit(name: str, games_to_the_end: int) -> None:
    """Over whole games and into the next one: pictures, points, ends, from the same seeds of up to 63 bits."""
    task, seeds = get_task(name), [(1 << 62) + 7, 3]
    games, single = task.make_vector(2), [task.make() for _ in seeds]
    observations, _ = games.reset(seed=seeds)
    for env, seed, seen in zip(single, seeds, observations, strict=True):
        np.testing.assert_array_equal(env.reset(seed=seed)[0], seen)
    rng, ended, step = np.random.default_rng(0), np.zeros(2, dtype=int), 0
    while ended.min() < games_to_the_end or step % 40 or step < 80:
        actions, step = rng.integers(3, size=2), step + 1
        observations, rewards, terminated, truncated, infos = games.step(actions)
        for i, env in enumerate(single):
            seen, reward, *ends, _ = env.step(actions[i])
            assert (reward, *ends) == (rewards[i], terminated[i], truncated[i])
            if any(ends):
                ended[i] += 1
                assert infos["_final_obs"][i]
                np.testing.assert_array_equal(infos["final_obs"][i], seen)
                seen, _ = env.reset()
            np.testing.assert_array_equal(observations[i], seen)
    games.close()


def test_the_time_limit_truncates_with_the_last_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector, "LONGEST_GAME", 30)
    games, single = PongVectorEnv(2, 40), get_task("pong-small-v1").make()
    games.reset(seed=5)
    single.reset(seed=6)
    games.reset(seed=[9, 6])
    for step in range(1, 65):
        observations, _, terminated, truncated, infos = games.step(np.array([DOWN, UP]))
        seen, *_ = single.step(np.int64(UP))
        assert not terminated.any() and truncated.all() == (step % 30 == 0) == ("final_obs" in infos)
        if truncated.any():
            np.testing.assert_array_equal(infos["final_obs"][1], seen)
            seen, _ = single.reset()
        np.testing.assert_array_equal(observations[1], seen)
    games.close()


@pytest.mark.parametrize("name", KINDS)
def test_a_seed_is_a_game_and_another_seed_another_even_for_a_fixed_policy(name: str) -> None:
    task = get_task(name)
    assert task.reference_policy is not None

    def play(seed: int) -> NDArray[Any]:
        games = task.make_vector(2)
        observations, _ = games.reset(seed=[seed, 1])
        for _ in range(60):
            observations, *_ = games.step(task.reference_policy(observations))  # type: ignore[misc]
        games.close()
        return np.asarray(observations)

    first, again, other = play(4), play(4), play(5)
    np.testing.assert_array_equal(first, again)
    assert (first[0] != other[0]).any() and (first[0] != first[1]).any()
    np.testing.assert_array_equal(first[1], other[1])


@pytest.mark.parametrize("name", KINDS)
def test_up_is_up_and_down_is_down(name: str) -> None:
    env = get_task(name).make()
    inner = env.unwrapped
    assert isinstance(inner, PongEnv)
    heights = {}
    for action in (STAY, UP, DOWN):
        observation, _ = env.reset(seed=0)
        for _ in range(3):
            observation, *_ = env.step(np.int64(action))
        heights[action] = inner.view.positions(observation)["player"][0 if name == "pong-objects-v1" else -1]
    assert heights[UP] > heights[STAY] + 10 > heights[DOWN] + 20


@pytest.mark.covering
def test_points_are_rewards_and_twenty_one_of_them_end_a_game() -> None:
    games = get_task("pong-small-v1").make_vector(1)
    games.reset(seed=0)
    points, ended = [], False
    while not ended:
        _, rewards, terminated, _, _ = games.step(np.array([STAY]))
        points.append(rewards[0])
        ended = bool(terminated[0])
    games.close()
    assert set(points) <= {-1.0, 0.0, 1.0} and points.count(-1.0) == 21 and points[-1] == -1


def test_a_misused_environment_says_so() -> None:
    env = get_task("pong-objects-v1").make().unwrapped
    with pytest.raises(SympriorError, match="Call reset before step"):
        env.step(np.int64(0))
    env.reset(seed=0)
    with pytest.raises(SympriorError, match="3 is not in Discrete"):
        env.step(3)
    assert env.render().shape == (210, 160, 3)  # type: ignore[union-attr]
    games = PongVectorEnv(2, 40)
    with pytest.raises(SympriorError, match="Call reset before step"):
        games.step(np.array([0, 0]))
    games.reset(seed=0)
    with pytest.raises(SympriorError, match=r"actions array\(\[ 0, -1\]\) are not in"):
        games.step(np.array([0, -1]))


def test_nothing_draws_from_the_global_generators() -> None:
    np.random.seed(0)
    before = np.random.get_state()[1].copy()  # type: ignore[index, union-attr]
    games = PongVectorEnv(1, 40)
    games.reset()
    games.step(np.array([UP]))
    games.close()
    env = get_task("pong-objects-v1").make()
    env.reset()
    env.step(np.int64(UP))
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # type: ignore[index]


# --- pictures and objects ---


@pytest.mark.parametrize("size", [80, 40])
def test_a_screen_turned_over_is_a_picture_turned_over_pixel_by_pixel(size: int) -> None:
    """Row r goes to 227 − r, and means over areas keep that; every second pixel would not."""
    strided = 0
    for screen, _ in screens(60):
        turned = screen.copy()
        turned[FIELD] = screen[FIELD][::-1]
        np.testing.assert_array_equal(shrink(turned, size), shrink(screen, size)[::-1])
        strided += (turned[FIELD][::2, ::2] != screen[FIELD][::2, ::2][::-1]).any()
    assert strided > 10


def test_means_are_means_of_areas() -> None:
    for screen, _ in screens(40):
        field = screen[FIELD].astype(float)
        exact = field.reshape(80, 2, 80, 2).mean(axis=(1, 3))
        assert np.abs(shrink(screen, 80) - exact).max() <= 0.5
        assert np.abs(shrink(screen, 40) - exact.reshape(40, 2, 40, 2).mean(axis=(1, 3))).max() <= 1


@pytest.mark.parametrize("size", [80, 40])
def test_objects_are_where_they_are_seen(size: int) -> None:
    """Positions from the memory against those read off the picture: within one pixel where all of an object is seen."""
    env = get_task("pong-objects-v1").make()
    inner, rng = env.unwrapped, np.random.default_rng(0)
    assert isinstance(inner, PongEnv)
    env.reset(seed=0)
    compared = np.zeros(3)
    action = np.int64(0)
    for step in range(400):
        action = np.int64(rng.integers(3)) if step % 5 == 0 else action
        observation, *_ = env.step(action)
        of = dict(zip(ENTRIES, observation * PIXELS, strict=True))
        in_play, x, y, player, opponent = locate(shrink(inner.emulator.screen, size))
        if abs(of["player y"]) < 71 and of["ball x"] < 50:
            assert player == pytest.approx(of["player y"], abs=0.6)
            compared[0] += 1
        if abs(of["opponent y"]) < 71 and of["ball x"] > -50:
            assert opponent == pytest.approx(of["opponent y"], abs=0.6)
            compared[1] += 1
        if of["ball in play"] and abs(of["ball x"]) < 55 and abs(of["ball y"]) < 77:
            assert in_play and x == pytest.approx(of["ball x"], abs=0.6) and y == pytest.approx(of["ball y"], abs=1.1)
            compared[2] += 1
    assert compared.min() > 40, compared


def test_velocities_are_what_moved_in_a_step() -> None:
    env, rng = get_task("pong-objects-v1").make(), np.random.default_rng(1)
    before, _ = env.reset(seed=1)
    flew = 0
    for _ in range(300):
        after, *_ = env.step(np.int64(rng.integers(3)))
        moved = dict(zip(ENTRIES, (after - before) * PIXELS, strict=True))
        now = dict(zip(ENTRIES, after * PIXELS, strict=True))
        assert now["player velocity"] == pytest.approx(moved["player y"], abs=1e-3)
        assert now["opponent velocity"] == pytest.approx(moved["opponent y"], abs=1e-3)
        same = np.array_equal(after[[3, 4]], before[[3, 4]]) and before[0] and after[0]
        if same and abs(now["ball x"]) < 40 and abs(now["ball y"]) < 60:
            assert now["ball velocity x"] == pytest.approx(moved["ball x"], abs=1e-3)
            assert now["ball velocity y"] == pytest.approx(moved["ball y"], abs=1e-3)
            flew += 1
        before = after
    assert flew > 30


# --- the mirror image of the console ---


def test_the_mirror_image_of_a_mirror_image_is_the_state() -> None:
    probe = get_task("pong-objects-v1").probe()
    symmetry = get_task("pong-objects-v1").symmetry()
    states = probe.rollout_states(None, np.random.default_rng(0), 20)
    middle = np.array([abs(probe.observation(state)[5]) < 0.8 for state in states])
    images = probe.act_on_states(symmetry, 1, states)
    assert (images != states).any(axis=1).all()
    back = probe.act_on_states(symmetry, 1, images)
    np.testing.assert_array_equal(back[middle], states[middle])
    assert middle.sum() > 5
    for state, image in zip(states, images, strict=True):
        claimed = symmetry.observation(1, probe.observation(state))
        np.testing.assert_allclose(probe.observation(image), claimed, atol=1e-6)


def test_where_objects_agree_the_screens_are_mirror_images() -> None:
    """One frame from a state and its image; a ball to the right of the middle may be drawn two rows off."""
    probe = get_task("pong-objects-v1").probe()
    symmetry, emulator = get_task("pong-objects-v1").symmetry(), probe.env.unwrapped.emulator  # type: ignore[attr-defined]
    states = probe.rollout_states(None, np.random.default_rng(0), 120)
    exact = compared = 0
    for state, image in zip(states, probe.act_on_states(symmetry, 1, states), strict=True):
        seen = []
        for each in (state, image):
            probe.place(each)
            emulator.draw()
            seen.append((emulator.memory.astype(int), emulator.screen[FIELD]))
        (memory, field), (memory_of_image, field_of_image) = seen
        agree = memory[PLAYER] + memory_of_image[PLAYER] == 239 and memory[BALL_Y] + memory_of_image[BALL_Y] == 252
        if agree and memory[BALL_X] < 128:
            compared += 1
            right = slice(60, 160)  # without the opponent, whose aim is not mirrored
            exact += np.array_equal(field[::-1, right], field_of_image[:, right])
    assert compared > 15 and exact == compared


def test_a_state_and_its_image_draw_the_same_random_numbers() -> None:
    """So that the same presses stick: under one action the paddle's way is mirrored, for all random numbers."""
    probe = get_task("pong-objects-v1").probe()
    symmetry = get_task("pong-objects-v1").symmetry()
    probe.env.reset(seed=0)
    ways = set()
    for _ in range(25):
        probe.env.step(np.int64(STAY))
        state = probe.get_state()
        image = probe.act_on_states(symmetry, 1, state[None])[0]
        down = probe.outcomes(state, np.int64(DOWN))[0].observation[6] * PIXELS[6]
        up = probe.outcomes(image, np.int64(UP))[0].observation[6] * PIXELS[6]
        assert up == pytest.approx(-down, abs=2)
        ways.add(round(float(down)))
        probe.set_state(state)
    assert len(ways) > 2, "presses stuck differently"


# --- policies, certificates, a missing extra ---


@pytest.mark.parametrize("name", KINDS)
def test_the_reference_policy_plays_better_than_chance(name: str) -> None:
    task = get_task(name)
    policy, rng = task.reference_policy, np.random.default_rng(0)
    assert policy is not None and task.extra == "atari"
    points = []
    for act in (policy, lambda seen: rng.integers(3, size=len(seen))):
        games = task.make_vector(3)
        seen, _ = games.reset(seed=0)
        total = 0.0
        for _ in range(200):
            seen, rewards, *_ = games.step(act(seen))
            total += rewards.sum()
        games.close()
        points.append(total)
    assert points[0] > points[1] + 4


def test_from_pixels_the_policy_does_what_it_does_from_objects() -> None:
    env = get_task("pong-objects-v1").make()
    inner, frames, same = env.unwrapped, [np.zeros((80, 80), dtype=np.uint8)] * 4, []
    assert isinstance(inner, PongEnv)
    observation, _ = env.reset(seed=0)
    for _ in range(300):
        action = follow_objects(observation[None])[0]
        observation, *_ = env.step(action)
        frames = [*frames[1:], shrink(inner.emulator.screen, 80)]
        same.append(follow_objects(observation[None])[0] == follow_pixels(np.stack(frames)[None])[0])
    assert np.mean(same) > 0.9


def test_without_the_extra_the_command_is_named_and_the_others_work() -> None:
    code = (
        "import sys\n"
        "sys.modules['ale_py'] = None\n"
        "from symprior.tasks import SympriorError, get_task\n"
        "from symprior.tasks.certificates import certify\n"
        "get_task('cartpole-v1').make().reset(seed=0)\n"
        "for name in ('pong-v1', 'pong-small-v1', 'pong-objects-v1'):\n"
        "    task = get_task(name)\n"
        "    assert task.card.description and task.symmetry().group.name == 'C2'\n"
        "    for use in (task.make, lambda: task.make_vector(2), lambda: certify(task), lambda: task.action_space):\n"
        "        try:\n"
        "            use()\n"
        "        except SympriorError as error:\n"
        "            assert \"pip install 'symprior[atari]'\" in str(error), error\n"
        "        else:\n"
        "            raise AssertionError(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_names_and_versions() -> None:
    tasks: list[Task] = [get_task(name) for name in NAMES]
    assert [task.family for task in tasks] == ["pong", "pong", "pong-objects"]
    for task in tasks:
        spec = gymnasium.spec(task.gym_id)
        assert spec.max_episode_steps == 4500 == task.max_episode_steps
        assert task.packages == ("ale-py",) and "GPL" in task.card.licence and "@article" in task.card.bibtex
