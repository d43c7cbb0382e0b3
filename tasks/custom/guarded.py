"""What a user wrote, guarded: whatever it raises, or gives that is not what was asked for, becomes one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import gymnasium
import numpy as np

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.custom.source_files import place
from symprior.tasks.environments.finite import check_finite, in_short
from symprior.tasks.environments.gymnasium_types import Action, Infos

NUMBERS = "biuf"
"""Kinds of arrays that hold numbers."""
OF_RESET, OF_STEP = "(observation, info)", "(observation, reward, terminated, truncated, info)"


@contextmanager
def calling(what: str) -> Iterator[None]:
    """A call into a user's code.

    Raises:
        SympriorError: it raised something.
    """
    try:
        yield
    except SympriorError:
        raise
    except Exception as error:
        raise _raised(what, error) from error


def _raised(what: str, error: Exception) -> SympriorError:
    said = f": {error}" if str(error) else ""
    return SympriorError(f"{what} raised {type(error).__name__}{said}{place(error)}.")


def guarded_symmetry(task: str, make: Callable[[], Symmetry]) -> Callable[[], Symmetry]:
    """The function that makes a task's symmetry, guarded."""

    def made() -> Symmetry:
        with calling(f"The symmetry of {task}"):
            symmetry = make()
        if not isinstance(symmetry, Symmetry):
            raise SympriorError(f"The symmetry of {task} is no Symmetry but {_kind(symmetry)}.")
        return symmetry

    return made


def guarded_policy(
    task: str, policy: Callable[[NumpyArray], NumpyArray], symmetry: Callable[[], Symmetry]
) -> Callable[[NumpyArray], NumpyArray]:
    """A task's reference policy, guarded: it gives one action of the task for each observation."""
    acted_on = cache(symmetry)

    def act(seen: NumpyArray) -> NumpyArray:
        with calling(f"The reference policy of {task}"):
            actions = np.asarray(policy(seen))
        size = acted_on().action.size
        if acted_on().discrete:
            fits = actions.shape == seen.shape[:1] and actions.dtype.kind in "biu"
            fits = fits and bool(((actions >= 0) & (actions < size)).all())
            wanted = f"whole numbers from 0 to {size - 1}"
        else:
            fits = actions.shape[:1] == seen.shape[:1] and actions.size == len(seen) * size
            fits = fits and actions.dtype.kind in NUMBERS and bool(np.isfinite(actions).all())
            wanted = f"{size} finite number{'s' if size > 1 else ''} each"
        if not fits:
            raise SympriorError(
                f"The reference policy of {task} gives {len(seen)} actions for {len(seen)} observations, {wanted}; "
                f"it gave {_kind(actions)} {in_short(actions)}."
            )
        return actions.astype(np.int64) if actions.dtype.kind == "b" else actions

    return act


class GuardedEnvironment(gymnasium.Wrapper[NumpyArray, Action, NumpyArray, Action]):
    """A user's environment that keeps gymnasium's promises: spaces, tuples, observations of one shape, finite numbers.

    Observations are copied, so that an environment may give the same array again.

    Args:
        env: what a user's function or class made.
        task: whose environment it is.

    Raises:
        SympriorError: it is no environment or has no spaces; and from every method: the environment raised, or what it
            gave is not what gymnasium's environments give.
    """

    def __init__(self, env: object, task: str) -> None:
        if not isinstance(env, gymnasium.Env):
            raise SympriorError(f"The environment of {task} is no gymnasium.Env but {_kind(env)}.")
        for name in ("observation_space", "action_space"):
            if not isinstance(getattr(env, name, None), gymnasium.Space):
                raise SympriorError(f"The environment of {task} has no `{name}`, a space of gymnasium.")
        super().__init__(env)
        self._task = task
        self._shape = env.observation_space.shape if isinstance(env.observation_space, gymnasium.spaces.Box) else None
        self._where: Any = None

    def reset(self, *, seed: int | None = None, options: Infos | None = None) -> tuple[NumpyArray, Infos]:
        """Start an episode."""
        given = self._call(self.env.reset, "reset", seed=seed, options=options)
        observation, info = self._unpacked("reset", given, OF_RESET)
        return self._start(observation, "reset"), info

    def step(self, action: Action) -> tuple[NumpyArray, float, bool, bool, Infos]:
        """One step; the reward is one finite number."""
        given = self._call(self.env.step, "step", action)
        seen, reward, terminated, truncated, info = self._unpacked("step", given, OF_STEP)
        if not isinstance(reward, float) and (np.ndim(reward) or np.asarray(reward).dtype.kind not in NUMBERS):
            raise SympriorError(f"A reward is one number; step of {self._task} gave {_kind(reward)}.")
        if any(not isinstance(end, bool) and np.ndim(end) for end in (terminated, truncated)):
            raise SympriorError(
                f"`terminated` and `truncated` are each True or False; step of {self._task} gave arrays."
            )
        seen = self._shown(seen, "step")
        check_finite(self, seen, reward, action, self._where)
        self._where = seen
        return seen, float(reward), bool(terminated), bool(truncated), info

    def get_state(self) -> NumpyArray:
        """The environment's full state."""
        return self._numbers(self._call(self._inner.get_state, "get_state"), "get_state")

    def set_state(self, state: NumpyArray) -> NumpyArray:
        """Put it into a state: what is observed there."""
        shown: NumpyArray = self._start(self._call(self._inner.set_state, "set_state", state), "set_state")
        self._where = state
        return shown

    def boundary_states(self, rng: np.random.Generator, count: int) -> NumpyArray:
        """The environment's own states at the edge, [count, …]."""
        given = self._call(self._inner.boundary_states, "boundary_states", rng, count)
        states, one = self._numbers(given, "boundary_states"), self.get_state()
        if states.shape[1:] != one.shape or not states.ndim:
            raise SympriorError(
                f"boundary_states of {self._task} returns states of shape {one.shape} one below the other, not an array of "
                f"shape {states.shape}."
            )
        return states

    @property
    def _inner(self) -> Any:
        return self.env.unwrapped

    def _call(self, function: Callable[..., Any], method: str, *given: Any, **named: Any) -> Any:
        """Do what `calling` does for one call; its context manager would double the cost of a step."""
        try:
            return function(*given, **named)
        except SympriorError:
            raise
        except Exception as error:
            raise _raised(f"The environment of {self._task}, in {method},", error) from error

    def _unpacked(self, method: str, given: Any, wanted: str) -> Any:
        if not isinstance(given, tuple) or len(given) != wanted.count(",") + 1:
            kind = f"{len(given)} values" if isinstance(given, tuple) else _kind(given)
            raise SympriorError(f"{method} of {self._task} returns {wanted} as gymnasium says, not {kind}.")
        return given

    def _start(self, observation: Any, method: str) -> Any:
        seen = self._shown(observation, method)
        if isinstance(seen, np.ndarray) and not np.isfinite(seen).all():
            raise SympriorError(
                f"The observation that {method} of {self._task} returns is not finite: {in_short(seen)}."
            )
        self._where = seen
        return seen

    def _shown(self, observation: Any, method: str) -> Any:
        """A copy of an observation in its space's shape; other spaces than boxes are left to those who refuse them."""
        if self._shape is None:
            return observation
        seen = self._numbers(observation, method)
        if seen.shape != self._shape:
            raise SympriorError(
                f"Observations of {self._task} have the shape {self._shape} by its observation_space; "
                f"{method} gave one of shape {seen.shape}."
            )
        return seen

    def _numbers(self, given: Any, method: str) -> NumpyArray:
        array: NumpyArray = self._call(np.array, method, given)
        if array.dtype.kind not in NUMBERS:
            raise SympriorError(f"{method} of {self._task} gives an array of numbers, not {_kind(given)}.")
        return array


def _kind(given: Any) -> str:
    """What was given, in words."""
    if given is None:
        return "None"
    if isinstance(given, np.ndarray):
        return f"an array of shape {given.shape} of {given.dtype}"
    return type(given).__name__
