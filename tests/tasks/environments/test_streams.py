"""Streams: independent of their neighbours, the same in numpy and torch, uniform."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symprior.tasks.environments.streams import Streams, seed_from

torch = pytest.importorskip("torch")

SEEDS = np.array([0, 1, 2, 12345, -1, 2**62, seed_from("task", 3)], dtype=np.int64)


def test_a_stream_does_not_depend_on_its_companions() -> None:
    together = Streams(SEEDS).draw(50)
    for i, seed in enumerate(SEEDS):
        np.testing.assert_array_equal(Streams(np.array([seed])).draw(50)[0], together[i])
    np.testing.assert_array_equal(Streams(SEEDS[::-1].copy()).draw(50)[::-1], together)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=5), st.integers(0, 7))
def test_numpy_and_torch_give_the_same_bits(seeds: list[int], count: int) -> None:
    by_numpy, by_torch = (
        Streams(np.array(seeds, dtype=np.int64)),
        Streams(torch.tensor(seeds, dtype=torch.int64)),
    )
    for _ in range(3):
        np.testing.assert_array_equal(by_numpy.draw(count), by_torch.draw(count).numpy())


def test_numbers_do_not_depend_on_how_many_are_drawn_at_once() -> None:
    in_parts = Streams(SEEDS)
    parts = np.concatenate([in_parts.draw(count) for count in (1, 0, 7, 2)], axis=1)
    np.testing.assert_array_equal(parts, Streams(SEEDS).draw(10))


def test_only_chosen_streams_move_on() -> None:
    streams, chosen = Streams(SEEDS), np.arange(len(SEEDS)) % 2 == 0
    everything = Streams(SEEDS).draw(6)
    streams.draw(1)
    drawn = streams.draw_where(chosen, 2)
    np.testing.assert_array_equal(drawn[chosen], everything[chosen, 1:3])
    following = streams.draw(3)
    np.testing.assert_array_equal(following[chosen], everything[chosen, 3:6])
    np.testing.assert_array_equal(following[~chosen], everything[~chosen, 1:4])


def test_numbers_are_uniform_and_streams_unrelated() -> None:
    """Every bound is at more than four standard deviations of the truth."""
    numbers = Streams(np.arange(400)).draw(500)
    assert numbers.min() >= 0 and numbers.max() < 1
    assert abs(numbers.mean() - 0.5) < 4.5 * np.sqrt(1 / 12 / numbers.size)
    cells = np.bincount((numbers.ravel() * 100).astype(int), minlength=100)
    expected = numbers.size / 100
    assert abs(((cells - expected) ** 2 / expected).sum() - 99) < 4.5 * np.sqrt(2 * 99)
    centred = numbers - 0.5
    for lagged in (centred[1:] * centred[:-1], centred[:, 1:] * centred[:, :-1]):  # beside, and one later
        assert abs(lagged.mean()) < 4.5 / 12 / np.sqrt(lagged.size)
    assert len(np.unique(numbers)) == numbers.size


def test_a_seed_depends_on_every_part() -> None:
    seeds = {seed_from(*parts) for parts in (("a", 1), ("a", 2), ("b", 1), ("a1",), ("a", 1, ""), (1, "a"))}
    assert len(seeds) == 6 and all(0 <= seed < 2**63 for seed in seeds)
    assert seed_from("cartpole-v1", 0) == seed_from("cartpole-v1", 0)
