"""What `import symprior` offers: every name is there, lazily, and works on the real thing."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import gymnasium
import numpy as np
import pytest

import symprior
from symprior.symmetry.groups import cyclic
from symprior.symmetry.representations import permutation, signs
from symprior.symmetry.symmetry import Exactness, Symmetry

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", symprior.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(symprior, name) is not None
    assert name in dir(symprior)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'train'"):
        symprior.train  # noqa: B018


def test_the_version_is_the_installed_one() -> None:
    assert symprior.__version__ == metadata.version("symprior")


def test_the_root_may_be_imported_again_under_another_name() -> None:
    spec = importlib.util.spec_from_file_location("checkout", ROOT / "__init__.py")
    assert spec is not None and spec.loader is not None
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    assert again.task is symprior.task


def test_make_gives_the_task_s_environment() -> None:
    env = symprior.make("cartpole-v1", render_mode="rgb_array")
    assert env.spec is not None and env.spec.max_episode_steps == 500
    observation, _ = env.reset(seed=3)
    expected, _ = gymnasium.make("CartPole-v1").reset(seed=3)
    np.testing.assert_array_equal(observation, expected)


def test_a_task_is_found_by_its_name() -> None:
    assert symprior.task("room-v1").id == "room-v1"
    assert isinstance(symprior.task("room-v1").symmetry(), symprior.Symmetry)
    with pytest.raises(symprior.SympriorError, match="Did you mean 'cartpole-v1'"):
        symprior.task("cartpole")


def mirror(actions: tuple[int, int] = (1, 0)) -> Symmetry:
    group = cyclic(2)
    return Symmetry(
        observation=signs(group, [[1, 1, 1, 1], [-1, -1, -1, -1]]),
        action=permutation(group, [[0, 1], list(actions)]),
        discrete=True,
        reset=Exactness.IN_DISTRIBUTION,
    )


class Settable(gymnasium.Wrapper):  # type: ignore[type-arg]
    """gymnasium's CartPole, which also lets itself be put into a state."""

    @property
    def unwrapped(self) -> gymnasium.Env:  # type: ignore[type-arg]
        return self

    def get_state(self) -> np.ndarray:
        return np.array(self.env.unwrapped.state, dtype=np.float64)  # type: ignore[attr-defined]

    def set_state(self, state: np.ndarray) -> np.ndarray:
        self.env.unwrapped.state = tuple(state)  # type: ignore[attr-defined]
        return np.array(state, dtype=np.float32)


def settable() -> gymnasium.Env:  # type: ignore[type-arg]
    return gymnasium.wrappers.TimeLimit(Settable(gymnasium.make("CartPole-v1").unwrapped), 500)


def test_an_environment_that_can_be_set_is_certified_exactly() -> None:
    env = settable()
    certificate = symprior.certify(env, mirror(), samples=64)
    assert certificate.dynamics == Exactness.EXACT and certificate.agrees
    env.reset(seed=0)  # it is still open
    env.step(0)


def test_a_wrong_symmetry_of_an_environment_is_found_out() -> None:
    certificate = symprior.certify(settable(), mirror(actions=(0, 1)), samples=64, resets=200)
    assert certificate.dynamics == Exactness.BROKEN and not certificate.agrees


def test_an_environment_that_can_only_be_played_is_certified_by_roll_outs() -> None:
    certificate = symprior.certify(gymnasium.make("CartPole-v1"), mirror(actions=(0, 1)), episodes=200, resets=200)
    assert certificate.task == "CartPole-v1"
    assert certificate.dynamics == Exactness.BROKEN


def test_a_task_is_certified_by_name() -> None:
    certificate = symprior.certify("cartpole-v1", samples=32, resets=200)
    assert (certificate.task, certificate.dynamics) == ("cartpole-v1", Exactness.EXACT)


def test_an_environment_without_a_symmetry_is_refused() -> None:
    with pytest.raises(symprior.SympriorError, match="CartPole-v1 declares no symmetry"):
        symprior.certify(gymnasium.make("CartPole-v1"))


def test_a_notebook_s_first_lines_need_no_torch() -> None:
    code = (
        "import sys, symprior; symprior.make('cartpole-v1'); symprior.results('quick'); print('torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "False\n", result.stderr
