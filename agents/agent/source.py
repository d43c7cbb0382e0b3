"""The seam between an agent and what it learns from: a source of data, metered in a unit of its own."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from symprior.tasks.environments.gymnasium_types import VectorEnvironment
from symprior.tasks.task.transitions import Transitions


class BudgetExhausted(Exception):
    """Raised by a source that has given all of its budget; it ends `learn`."""


@runtime_checkable
class KeepsRuns(Protocol):
    """A source whose runs can be put down, and go on in another process."""

    def may_rest(self) -> None:
        """Here is a place for that: the agent's `save` says all that it needs to go on from here."""


def may_rest(env: VectorEnvironment) -> None:
    """Say, between two rounds of learning, that a run may be put down here; most environments do nothing about it."""
    source = env.unwrapped
    if isinstance(source, KeepsRuns):
        source.may_rest()


@runtime_checkable
class Source(Protocol):
    """What an agent learns from, under a budget that is counted here and not by the agent.

    Environments that count their steps are one; transitions that were given beforehand can be another. What every source
    keeps: `used` only grows and never exceeds the budget; asking for more raises `BudgetExhausted` and gives nothing;
    evaluations that are due happen between two portions of data.

    Attributes:
        unit: what a budget counts, in words, `environment steps`.
        used: how many of them each run has had.
    """

    unit: ClassVar[str]
    used: int

    @property
    def is_exhausted(self) -> bool:
        """Whether not one portion more fits into the budget."""

    def close(self) -> None:
        """Give back what it holds."""


@runtime_checkable
class GivesTransitions(Source, Protocol):
    """A source of transitions that were made beforehand, in growing portions: what there was comes again in the next one."""

    def more(self) -> Transitions:
        """All that is given so far, after one portion more; what is due is evaluated before that.

        Raises:
            BudgetExhausted: all is given.
        """
