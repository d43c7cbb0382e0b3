"""Tasks from outside the project: one decorated function or class in a user's file or package."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, PositiveInt, ValidationError

from symprior.symmetry.arrays import NumpyArray
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.names import Names
from symprior.symmetry.representations import Representation
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.custom.guarded import GuardedEnvironment, calling, guarded_policy, guarded_symmetry
from symprior.tasks.environments.finite import in_short
from symprior.tasks.environments.gymnasium_types import Action, Environment
from symprior.tasks.environments.probes.attribute_probe import AttributeProbe, keeps_its_state
from symprior.tasks.environments.probes.probe import Outcome, Probe
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe
from symprior.tasks.families.mujoco.any_robot import AnyRobotProbe, is_robot
from symprior.tasks.task import Card, Task

NAME = re.compile(r"[a-z0-9][a-z0-9-]*-v\d+")
RESTORING = ("get_state", "set_state")
PLAYED_STEPS = 16
"""Of random play, which its seed must repeat, and after each of which an environment must be able to return."""
REPEATED = 8
"""Seeds whose episodes are played twice: of few starts, one may come again by chance."""
FAMILY = "custom-"
"""How families of such tasks begin: no shipped one does, so that they take no settings tuned for another task."""


class CustomProbe(Probe):
    """Drives an environment that has `get_state()`, and `set_state(state)` which returns the state's observation.

    Where the environment has `boundary_states(rng, count)` too, the certificate looks there as well.
    """

    def __init__(self, env: Environment, state_representation: Representation | None = None) -> None:
        super().__init__(env, state_representation)
        self._guarded = _guarded(env)

    def get_state(self) -> NumpyArray:
        """The environment's full state."""
        return self._guarded.get_state()

    def set_state(self, state: NumpyArray) -> None:
        """Start an episode in this state."""
        self.env.reset(seed=0)
        self._guarded.set_state(state)

    def repeated(self, state: NumpyArray, action: Action, seed: int, count: int) -> list[Outcome]:
        """The steps, with nothing but `set_state` between them."""
        self.env.reset(seed=seed)
        found = []
        for _ in range(count):
            self._guarded.set_state(state)
            observation, reward, terminated, truncated, _ = self.env.step(action)
            found.append(Outcome(1.0, observation, float(reward), terminated, truncated))
        return found

    def given_to_policy(self, state: NumpyArray, observation: NumpyArray) -> NumpyArray:
        """The observation."""
        return observation

    def observation(self, state: NumpyArray) -> NumpyArray:
        """What `set_state` returns."""
        self.env.reset(seed=0)
        return self._guarded.set_state(state)

    def check_restored(self) -> None:
        """Play at random for a few steps; put back into each state, the same is observed."""
        met = [(self.get_state(), observation) for observation, _, ended in _episode(self.env, 0) if not ended]
        for state, seen in met:
            found = self.observation(state)
            if not _is_close(found, seen):
                raise SympriorError(
                    f"get_state of {self._name} gave {state.tolist()} where {np.asarray(seen).tolist()} was observed, but "
                    f"put back there, {np.asarray(found).tolist()} is. It must give the whole state, and set_state take it."
                )

    def boundary_states(self, rng: np.random.Generator, count: int) -> NumpyArray:
        """The environment's own, or more states from random play."""
        if hasattr(self.env.unwrapped, "boundary_states"):
            return self._guarded.boundary_states(rng, count)
        return self.rollout_states(None, rng, count)

    def act_on_states(self, symmetry: Symmetry, g: int, states: NumpyArray) -> NumpyArray:
        """By the state representation, or as on observations where states have their shape."""
        if self.state_representation is None and states.shape[1:] == symmetry.observation.shape:
            return np.asarray(symmetry.observation(g, states))
        return super().act_on_states(symmetry, g, states)

    def render(self, state: NumpyArray) -> NDArray[np.uint8] | None:
        """The environment's own picture of a state; None where it draws none."""
        with calling(f"The environment of {self._name}, in render,"):
            return super().render(state)


def _guarded(env: Environment) -> GuardedEnvironment:
    while not isinstance(env, GuardedEnvironment):
        assert isinstance(env, gymnasium.Wrapper), "every task of `custom_task` is guarded"
        env = env.env
    return env


class Stated(BaseModel):
    """What a task's author states of it, checked where it is stated."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: str
    symmetry: Callable[[], object]
    description: str
    time_limit: PositiveInt
    group_in_words: str
    names: Names | None
    state_representation: Callable[[], object] | None
    reference_policy: Callable[[NumpyArray], NumpyArray] | None
    threshold: FiniteFloat | None
    threshold_fraction: float = Field(gt=0, le=1)
    evaluation_episodes: PositiveInt
    source: str
    licence: str
    bibtex: str


def custom_task(
    *,
    symmetry: Callable[[], Symmetry],
    description: str,
    time_limit: int,
    id: str | None = None,
    group_in_words: str = "",
    names: Names | None = None,
    state_representation: Callable[[], Representation] | None = None,
    reference_policy: Callable[[NumpyArray], NumpyArray] | None = None,
    threshold: float | None = None,
    threshold_fraction: float = 0.9,
    evaluation_episodes: int = 20,
    source: str = "",
    licence: str = "",
    bibtex: str = "",
) -> Callable[[Callable[[], Environment]], Task]:
    """Make a task of the decorated environment: a class, or a function that makes one.

    Args:
        symmetry: makes the declared symmetry.
        description: what there is to do, in a sentence.
        time_limit: steps until an episode is truncated.
        id: the task's name with a version; by default that of the function or class, `corridor-v1` for `Corridor`.
        group_in_words: what the group does.
        names: what the entries of observations and the actions are called, so that certificates and cards can name them.
        state_representation: makes how the group acts on the environment's full state, where `get_state()` gives more
            than the observation.
        reference_policy: actions for a batch of observations; the certificate and the equivariance error also look
            where it leads.
        threshold: the mean return from which on the task counts as solved; by default `threshold_fraction` of the way
            from a random policy's to the best known.
        threshold_fraction: see there.
        evaluation_episodes: episodes of one evaluation.
        source: where the task comes from.
        licence: of the environment.
        bibtex: for `symprior cite`.

    Raises:
        SympriorError: the id is no name with a version or another task's, or an argument is of the wrong kind.
    """

    def decorate(make: Callable[[], Environment]) -> Task:
        if not callable(make):
            raise SympriorError(f"custom_task decorates a class or function that makes an environment, not {make!r}.")
        stated = _stated(
            id=f"{_with_dashes(_name_of(make))}-v1" if id is None else id,
            symmetry=symmetry,
            description=description,
            time_limit=time_limit,
            group_in_words=group_in_words,
            names=names,
            state_representation=state_representation,
            reference_policy=reference_policy,
            threshold=threshold,
            threshold_fraction=threshold_fraction,
            evaluation_episodes=evaluation_episodes,
            source=source,
            licence=licence,
            bibtex=bibtex,
        )
        name, file = stated.id, getattr(sys.modules.get(make.__module__), "__file__", None) or "."
        _claim(name, f"{file}:{_name_of(make)}")
        gym_id = f"symprior-custom/{name}"
        gymnasium.register(gym_id, entry_point=lambda **_: _made(make, name), max_episode_steps=time_limit)
        declared = guarded_symmetry(name, symmetry)
        return Task(
            id=name,
            family=f"{FAMILY}{name.rpartition('-v')[0]}",
            gym_id=gym_id,
            symmetry=declared,
            probe=lambda: own_probe(gymnasium.make(gym_id), name, state_representation),
            reference_policy=reference_policy and guarded_policy(name, reference_policy, declared),
            stated_threshold=None if threshold is None else (threshold, "stated by the task's author"),
            threshold_fraction=threshold_fraction,
            evaluation_episodes=evaluation_episodes,
            names=names,
            card=Card(description, group_in_words, source or "A task from outside the project.", licence, bibtex),
            origin=make.__module__,
            data=Path(file).parent,
        )

    return decorate


def _stated(**given: Any) -> Stated:
    try:
        stated = Stated(**given)
    except ValidationError as error:
        first = error.errors()[0]
        argument = str(first["loc"][0])
        raise SympriorError(
            f"The task {given['id']!r} states {argument}={given[argument]!r}: {first['msg'][0].lower()}{first['msg'][1:]}."
        ) from error
    if not NAME.fullmatch(stated.id):
        raise SympriorError(
            f"{stated.id!r} is no name of a task: small letters, digits and dashes, then -v1 or the like."
        )
    return stated


def _claim(name: str, place: str) -> None:
    """A name belongs to one function or class; the same one may be decorated again, as a notebook does.

    Raises:
        SympriorError: another one has it: gymnasium would make that one's environment under both.
    """
    if _PLACES.setdefault(name, place) != place:
        raise SympriorError(
            f"Two tasks are called {name!r}: {_PLACES[name]} and {place}. Give one of them another name by `id`."
        )


_PLACES: dict[str, str] = {}


def _made(make: Callable[[], Any], name: str) -> GuardedEnvironment:
    with calling(f"The environment of {name}, when it was made,"):
        env = make()
    return GuardedEnvironment(env, name)


def own_probe(
    env: Environment, name: str, state_representation: Callable[[], Representation] | None
) -> Probe | RolloutProbe:
    """One that sets states, where the environment lets itself be put into them; else one that plays.

    Environments of MuJoCo and of classic control do, if it is stated how the group acts on their states: `qpos` and `qvel`,
    or what they keep in `state`.
    """
    _check_repeats(env, name)
    with calling(f"The state representation of {name}"):
        acts = None if state_representation is None else state_representation()
    return RolloutProbe(env) if acts is None and not restores(env) else probe_of(env, acts)


def restores(env: Environment) -> bool:
    """Whether the environment brings methods of its own by which its state is read and set."""
    return all(hasattr(env.unwrapped, method) for method in RESTORING)


def probe_of(env: Environment, acts: Representation | None) -> Probe | RolloutProbe:
    """What puts an environment into states; or what only plays it, where it cannot be put into them.

    Args:
        env: guarded, where it brings methods of its own.
        acts: how a group acts on the states, where that is known.
    """
    if restores(env):
        return CustomProbe(env, acts)
    if is_robot(env):
        return AnyRobotProbe(env, acts)
    return AttributeProbe(env, acts) if keeps_its_state(env) else RolloutProbe(env)


def _check_repeats(env: Environment, name: str) -> None:
    """Two episodes of one seed and the same actions are the same.

    Observations that are no arrays pass: they are refused where a symmetry is held against them.

    Raises:
        SympriorError: they are not: no run in it could be repeated.
    """
    if not isinstance(env.observation_space, gymnasium.spaces.Box):
        return
    for seed in range(REPEATED):
        first, second = list(_episode(env, seed)), list(_episode(env, seed))
        for (seen, reward, _), (again, reward_again, _) in zip(first, second, strict=False):
            if not (_is_close(seen, again) and _is_close(reward, reward_again)):
                raise SympriorError(
                    f"Two episodes of {name} with the same seed and actions differ: observation and reward are "
                    f"{in_short(seen)}, {reward:g} and {in_short(again)}, {reward_again:g}. The seed of `reset` decides all "
                    "of it: call super().reset(seed=seed), and draw from self.np_random alone."
                )


def _episode(env: Environment, seed: int) -> Iterator[tuple[Any, float, bool]]:
    """Random play by one seed, step by step: (observation, reward, whether that was the last one)."""
    env.action_space.seed(seed)
    observation, _ = env.reset(seed=seed)
    yield observation, 0.0, False
    for _ in range(PLAYED_STEPS):
        observation, reward, terminated, truncated, _ = env.step(env.action_space.sample())
        yield observation, float(reward), terminated or truncated
        if terminated or truncated:
            return


def _is_close(one: Any, other: Any) -> bool:
    return bool(np.allclose(one, other, rtol=1e-5, atol=1e-6))


def _name_of(make: Callable[[], Any]) -> str:
    return getattr(make, "__name__", type(make).__name__)


def _with_dashes(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", "-", name).lower()
