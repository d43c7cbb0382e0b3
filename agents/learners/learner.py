"""The seam between algorithms and what carries them out: a learner builds agents and says what they need.

A learner is a package here that registers one `Learner` in its `__init__`, which stays light. Its package `algorithms` has
a file for each algorithm that it carries out, named as that is (`q_learning.py` for `q-learning`), with a `RECIPE`: that
file adds an algorithm to a learner.
"""

from __future__ import annotations

import pkgutil
from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar, TypedDict, cast

from symprior.symmetry.errors import SympriorError, unknown_name
from symprior.tasks.task.registry import Registry

if TYPE_CHECKING:
    from symprior.agents.agent import Agent, Problem
    from symprior.agents.algorithms.algorithm import Algorithm
    from symprior.agents.algorithms.settings import Settings
    from symprior.agents.priors.prior import Prior


FUSED, TORCH = "fused", "torch"
"""Kernels: a compiled one for whole updates, and torch, which every learner has."""


class Where(TypedDict, total=False):
    """Where the arrays of environments lie, as arguments of `Task.make_vector`; nothing: in numpy."""

    namespace: ModuleType
    device: str


@dataclass(frozen=True)
class Training:
    """What an agent is made from.

    Attributes:
        problem: what it is told of the task.
        seeds: of the runs that it carries out.
        algorithm, prior: what is trained; no prior where nothing is learned.
        settings: hyperparameters, one for each seed.
        device: where it computes, `cpu` or `cuda`.
        kernel: what is asked to compute updates, one of the learner's `kernels`.
        portable: whether the same numbers are to come out on processors of another make.
    """

    problem: Problem
    seeds: tuple[int, ...]
    algorithm: Algorithm
    prior: Prior | None
    settings: tuple[Settings, ...]
    device: str = "cpu"
    kernel: str = TORCH
    portable: bool = False


@dataclass(frozen=True)
class Recipe:
    """How a learner carries out one algorithm.

    Attributes:
        discrete, vectors: make the agent, for discrete actions and for action vectors; None: it does not take these.
    """

    discrete: Callable[[Training], Agent] | None = None
    vectors: Callable[[Training], Agent] | None = None


class Learner(ABC):
    """What carries algorithms out.

    Attributes:
        name: part of a row's identity; results of two learners are never compared.
        trains: whether it trains anything.
        is_chosen: whether a user says that it is to train. One that is not carries out its algorithms wherever they are
            named, and no other learner has them.
        trains_many: whether it trains many seeds as one computation.
        is_reference: whether it is the one that others are held against.
        devices: the kinds of devices that it computes on.
        kernels: what can compute its updates, the one that own runs take first; an agent that a kernel does not know is
            computed in torch.
        steps_on_device: whether it takes environments whose arrays lie on the device that it computes on.
    """

    name: ClassVar[str]
    trains: ClassVar[bool] = True
    is_chosen: ClassVar[bool] = True
    trains_many: ClassVar[bool] = False
    is_reference: ClassVar[bool] = False
    devices: ClassVar[tuple[str, ...]] = ("cpu", "cuda")
    kernels: ClassVar[tuple[str, ...]] = (TORCH,)
    steps_on_device: ClassVar[bool] = False

    @cached_property
    def algorithms(self) -> tuple[str, ...]:
        """The names of those that it carries out."""
        recipes = import_module(f"{type(self).__module__}.algorithms")
        return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(recipes.__path__)))

    def recipe(self, algorithm: str) -> Recipe:
        """How it carries out one of its algorithms."""
        module = import_module(f"{type(self).__module__}.algorithms.{algorithm.replace('-', '_')}")
        return cast(Recipe, module.RECIPE)

    def build(self, training: Training) -> Agent:
        """The agent that will be trained.

        Raises:
            SympriorError: the learner does not carry the algorithm out, the algorithm does not take the task, or settings
                do not fit it.
        """
        training.algorithm.check(training.problem)
        if reason := learner_refusal(training.algorithm, self.name):
            raise SympriorError(reason)
        if training.kernel not in self.kernels:
            raise unknown_name(f"kernel of the learner {self.name}", training.kernel, self.kernels)
        recipe = self.recipe(training.algorithm.name)
        make = recipe.discrete if training.problem.symmetry.discrete else recipe.vectors
        assert make is not None  # the algorithm would have refused the task
        return make(training)

    def environments_on(self, device: str) -> Where:
        """Where training environments lie: the arguments of `Task.make_vector` beside their number."""
        if device == "cpu" or not self.steps_on_device:
            return {}
        from array_api_compat import torch as namespace

        return {"namespace": namespace, "device": device}


LEARNERS: Registry[Learner] = Registry("learner", "symprior.agents.learners", packages_only=True)


def register(kind: type[Learner]) -> type[Learner]:
    """Put a learner into the registry."""
    LEARNERS.register(kind.name, kind(), kind.__module__)
    return kind


def learner_names() -> list[str]:
    """Those that a user may ask for, the reference first."""
    return sorted(
        (name for name in LEARNERS if LEARNERS[name].is_chosen), key=lambda name: not LEARNERS[name].is_reference
    )


def reference_learner() -> str:
    """The name of the one that others are held against."""
    return next(name for name in LEARNERS if LEARNERS[name].is_reference)


def stacking_learner() -> str:
    """The name of the one to choose that trains many seeds as one computation."""
    return next(name for name in learner_names() if LEARNERS[name].trains_many)


def learner_of(algorithm: Algorithm, asked: str) -> str:
    """What carries the algorithm out where this learner is asked for: another one only where nobody chooses it."""
    unasked = (name for name in LEARNERS if not LEARNERS[name].is_chosen)
    return next((name for name in unasked if algorithm.name in LEARNERS[name].algorithms), asked)


def learner_refusal(algorithm: Algorithm, learner: str) -> str | None:
    """Why this learner does not carry the algorithm out; None where it does."""
    able = [name for name in LEARNERS if algorithm.name in LEARNERS[name].algorithms]
    if learner_of(algorithm, learner) in able:
        return None
    return f"{algorithm.name} runs on the learner {' and '.join(able)} only, not on {learner}."
