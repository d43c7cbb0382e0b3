"""What was measured of a task and frozen: returns of policies, scores 0 and 1, threshold, budget, price of its symmetry."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import FiniteFloat, PositiveInt, TypeAdapter

BY_HAND = "set by hand"
"""What the source of a budget says until a tuned plain agent reaches the threshold."""
TOO_SHORT = "the tuning was too short"
"""What is provisional where more than half of that agent's runs never reached the threshold."""


@dataclass(frozen=True)
class Reference:
    """The mean undiscounted return of a named policy, its standard error (0: exact), and how it was found."""

    value: FiniteFloat
    standard_error: FiniteFloat
    method: str


@dataclass(frozen=True)
class Price:
    """What the best equivariant policy loses against the optimum, in raw return: between `least` and `most`."""

    least: FiniteFloat
    most: FiniteFloat
    method: str

    @property
    def in_words(self) -> str:
        """What a card prints."""
        value = f"{self.most:.4f}" if self.least == self.most else f"between {self.least:.4f} and {self.most:.4f}"
        return f"{value} of the return ({self.method})"


@dataclass(frozen=True)
class OfGoals:
    """What the optimal policy reaches with the goals of one set: mean return, and mean steps of an episode."""

    optimal_return: FiniteFloat
    optimal_steps: FiniteFloat


@dataclass(frozen=True)
class References:
    """Frozen measurements of a task: policies' returns, scores 0 and 1, the threshold, the budget.

    Written by `symprior references TASK --write`; never typed in. `provisional` says what was not measured by the
    protocol's rules yet; empty where all was. The price of symmetry is known where a dial's task can be enumerated.
    `of_goal_sets` has what is optimal for each set of goals, where a task has some. `file_digest` is that of the user's
    file with which they were measured; empty for a shipped task.

    Raises:
        ValueError: score 1 is no policy's that reaches more than score 0's.
    """

    policies: dict[str, Reference]
    zero: str
    one: str
    threshold: FiniteFloat
    threshold_source: str
    budget: PositiveInt
    budget_source: str
    provisional: str = ""
    price_of_symmetry: Price | None = None
    file_digest: str = ""
    of_goal_sets: dict[str, OfGoals] = field(default_factory=dict)

    def __post_init__(self) -> None:
        low, high = (self.policies.get(name) for name in (self.zero, self.one))
        if low is None or high is None or not high.value > low.value:
            raise ValueError(f"score 1, {self.one!r}, is no policy that reaches more than score 0, {self.zero!r}")

    @property
    def budget_is_provisional(self) -> bool:
        """Whether the budget was set by hand, or follows from too short a tuning."""
        return BY_HAND in self.budget_source or TOO_SHORT in self.provisional

    @property
    def is_provisional(self) -> bool:
        """Whether anything that a score rests on is: the budget or score 1."""
        return bool(self.provisional) or self.budget_is_provisional

    def normalise(self, raw_return: float) -> float:
        """The normalised score of a raw return, not clipped: 0 and 1 are the references `zero` and `one`."""
        low, high = self.policies[self.zero].value, self.policies[self.one].value
        return (raw_return - low) / (high - low)


REFERENCES = TypeAdapter(References)
