"""The price of symmetry: the optimum minus the best return of an equivariant policy.

The policies compared choose by what they see and by the step, without memory, and may be random; so may the optimum. An
equivariant one has π(g a | g s) = π(a | s) at every step; in a state that g fixes it must be indifferent between a and
g a, which costs nothing where the symmetry is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.environments.simulators import TabularSimulator
from symprior.tasks.references.dynamic_programming import optimal_return, tabulate
from symprior.tasks.references.price_of_symmetry.equivariant import best_with_even_occupancy, locally_best
from symprior.tasks.references.price_of_symmetry.ignorance import bound_by_ignorance
from symprior.tasks.references.price_of_symmetry.ties import find_ties, keeps_occupancy


@dataclass(frozen=True)
class PriceOfSymmetry:
    """What the best equivariant policy loses, in raw undiscounted return.

    Attributes:
        optimum: the greatest return of any policy.
        attained: the return of an equivariant policy that was found.
        bound: a return that no equivariant policy exceeds.
        method: how the two were found.
    """

    optimum: float
    attained: float
    bound: float
    method: str

    @property
    def least(self) -> float:
        """The price is no lower."""
        return self.optimum - self.bound

    @property
    def most(self) -> float:
        """The price is no higher."""
        return self.optimum - self.attained

    @property
    def exact(self) -> bool:
        """Whether the price is known."""
        return self.attained == self.bound


def price_of_symmetry(simulator: TabularSimulator, symmetry: Symmetry, attempts: int = 20) -> PriceOfSymmetry:
    """The price of a symmetry, or of a group that is none, on a task that can be enumerated.

    Where starts and transitions are exactly symmetric it is exact, whatever the rewards are: an equivariant policy is
    in all states of an orbit equally often, so that averaging the rewards over orbits leaves a task whose optimum it
    attains. Elsewhere it lies between two bounds: that of a policy that was found, and what is possible for one who is
    told the state after some steps.

    Args:
        simulator: the task.
        symmetry: the group and how it acts; it need not be a symmetry.
        attempts: how often a better equivariant policy is looked for, where the best one is not computed.

    Raises:
        SympriorError: two states look the same.
    """
    mdp, ties, horizon = tabulate(simulator), find_ties(simulator, symmetry), simulator.max_episode_steps
    optimum = optimal_return(mdp, horizon)
    if keeps_occupancy(mdp, ties):
        value = best_with_even_occupancy(mdp, ties, horizon)
        return PriceOfSymmetry(optimum, value, value, "dynamic programming on orbits")
    attained = locally_best(mdp, ties, horizon, attempts)
    bound, steps = bound_by_ignorance(mdp, ties, horizon)
    method = f"at most: by an equivariant policy that was found; at least: by who is told the state after {steps} steps"
    return PriceOfSymmetry(optimum, attained, min(bound, optimum), method)
