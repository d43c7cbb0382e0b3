"""What an algorithm is: its hyperparameters, the heads of its network, the actions that it takes.

How one is carried out is a learner's matter: one file of each learner in `learners/`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from symprior.agents.agent import Problem
from symprior.agents.algorithms.settings import LearningSettings, OnPolicySettings, ReplaySettings, Settings
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.task import Task
from symprior.tasks.task.registry import Registry

if TYPE_CHECKING:
    from symprior.agents.networks.heads.actor_critic import ActorCritic
    from symprior.agents.networks.trunk import Trunk


class Actions(StrEnum):
    """The two kinds of actions."""

    DISCRETE = "discrete actions"
    VECTORS = "action vectors"

    @classmethod
    def of(cls, symmetry: Symmetry) -> Actions:
        """What a symmetry acts on."""
        return cls.DISCRETE if symmetry.discrete else cls.VECTORS


class Algorithm(ABC):
    """One algorithm.

    Attributes:
        settings: the class of its hyperparameters.
        priors: the names of those that it can be combined with; None: all that do not refuse it. What learns nothing has
            none.
        mode: how its policy acts in the evaluation that counts.
        actions: the kinds of actions that it takes.
        learns_from_given: whether it learns from transitions that are given beforehand, not from environments.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    bibtex: ClassVar[str] = ""
    settings: ClassVar[type[Settings]] = Settings
    priors: ClassVar[frozenset[str] | None] = None
    mode: ClassVar[str] = "sample"
    actions: ClassVar[frozenset[Actions]] = frozenset(Actions)
    learns_from_given: ClassVar[bool] = False

    @property
    def takes_prior(self) -> bool:
        """Whether it can be combined with any prior."""
        return self.priors is None or bool(self.priors)

    def refusal(self, symmetry: Symmetry) -> str | None:
        """Why it cannot be used where this symmetry acts; None where it can."""
        if Actions.of(symmetry) in self.actions:
            return None
        takes = " or ".join(sorted(self.actions))
        has = "discrete" if symmetry.discrete else "vectors"
        return f"{self.name} takes {takes}, but the task's actions are {has}. `symprior agents` lists other algorithms."

    def task_refusal(self, task: Task) -> str | None:
        """Why it cannot be used on this task; None where it can."""
        if self.learns_from_given and task.given is None:
            return (
                f"{self.name} learns from transitions that are given beforehand, and {task.id} has none. Tasks to plan in "
                "have some, such as plan-room-v1."
            )
        return self.refusal(task.symmetry())

    def check(self, problem: Problem) -> None:
        """Find out before anything is made whether it can learn there.

        Raises:
            SympriorError: it cannot; the message says why.
        """
        if reason := self.refusal(problem.symmetry):
            raise SympriorError(reason)


L = TypeVar("L", bound=LearningSettings)


class LearningAlgorithm(Algorithm, Generic[L]):
    """An algorithm that trains a network."""

    @abstractmethod
    def network(self, settings: L) -> type[Trunk]:
        """The kind of network: which heads it has."""

    @abstractmethod
    def updates(self, settings: L) -> tuple[int, int]:
        """(gradient steps of an update, transitions in each)."""


P = TypeVar("P", bound=OnPolicySettings)


class OnPolicyAlgorithm(LearningAlgorithm[P]):
    """An actor-critic algorithm that learns from fresh rollouts.

    Attributes:
        reads_old_probabilities: whether its loss compares the policy with the one that collected the rollout.
    """

    reads_old_probabilities: ClassVar[bool] = False

    def network(self, settings: P) -> type[ActorCritic]:
        """Policy and value."""
        from symprior.agents.networks.heads.actor_critic import ActorCritic

        return ActorCritic


R = TypeVar("R", bound=ReplaySettings)


class ReplayAlgorithm(LearningAlgorithm[R]):
    """An algorithm that learns from a replay buffer."""

    def updates(self, settings: R) -> tuple[int, int]:
        """(gradient steps of an update, transitions in each)."""
        return settings.gradient_steps, settings.batch_size


ALGORITHMS: Registry[Algorithm] = Registry("algorithm", "symprior.agents.algorithms")


def register(kind: type[Algorithm]) -> type[Algorithm]:
    """Put an algorithm into the registry."""
    ALGORITHMS.register(kind.name, kind(), kind.__module__)
    return kind
