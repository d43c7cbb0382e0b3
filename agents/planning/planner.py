"""A planner in a latent model: prototypes are states, the model's steps are moves, and goals are planned for together.

Source: van der Pol, Kipf, Oliehoek and Welling (AAMAS 2020), section 4.3. The goal ends the way, as it does in
the tasks; and what an action is worth is read off where the model says that it leads, not at the nearest prototype.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from symprior.agents.planning.value_iteration import Arrivals, iterate_values, shared
from symprior.symmetry.errors import SympriorError

SAME = -1e-3
"""A prototype is the goal where −½ ‖z − z_goal‖² / τ is at least this: no plan could tell the two apart."""

Step = Callable[[Tensor], Tensor]
"""Codes [batch, code] → the codes that each action leads to, [batch, actions, code]."""


@dataclass(frozen=True)
class PlanSettings:
    """How plans are made.

    Attributes:
        temperature: τ of P(j | z, a) ∝ exp(−½ ‖T(z, a) − z_j‖² / τ).
        gamma: the discount of plans.
        sweeps: of value iteration, at most.

    Raises:
        SympriorError: a number is out of its range.
    """

    temperature: float = 0.01
    gamma: float = 0.9
    sweeps: int = 500

    def __post_init__(self) -> None:
        if not (self.temperature > 0 and 0 < self.gamma < 1 and self.sweeps >= 1):
            raise SympriorError(
                "A plan has a temperature over 0, a discount between 0 and 1, and at least one sweep; given are "
                f"{self.temperature:g}, {self.gamma:g} and {self.sweeps}."
            )


@dataclass(frozen=True)
class Plan:
    """The way to some goals.

    Attributes:
        goals: their codes, [goals, code].
        known: whether a goal is one of the prototypes, [goals].
        worth: of each prototype as the next one, [prototypes, goals]: 1 at the goal, γ one step before it.
    """

    goals: Tensor
    known: Tensor
    worth: Tensor

    def with_goals(self, others: Plan) -> Plan:
        """The way to these goals, and to others behind them."""
        return Plan(
            torch.cat([self.goals, others.goals]),
            torch.cat([self.known, others.known]),
            torch.cat([self.worth, others.worth], dim=1),
        )


class Planner:
    """Plans towards any goals on fixed prototypes, without training.

    All but the sweeps is computed in double precision: at a low temperature probabilities magnify the codes' round-off.

    Args:
        prototypes: codes of known observations, [prototypes, code].
        step: the model.
        settings: how plans are made.

    Raises:
        SympriorError: there is no prototype.
    """

    def __init__(self, prototypes: Tensor, step: Step, settings: PlanSettings = PlanSettings()) -> None:
        if len(prototypes) == 0:
            raise SympriorError("A plan needs at least one prototype: an observation that the model knows.")
        self._prototypes, self._step, self._settings = prototypes.double(), step, settings
        self._flat = self._moved(self._prototypes).transpose(0, 1).flatten(0, 1)  # [actions · prototypes, code]
        self._near = self._closeness(self._flat, self._prototypes)
        self._probabilities = shared(self._near.softmax(-1))

    @torch.no_grad()
    def _moved(self, codes: Tensor) -> Tensor:
        return self._step(codes).double()

    def _closeness(self, codes: Tensor, others: Tensor) -> Tensor:
        """−½ ‖z − z'‖² / τ, [codes, others]."""
        squares = codes.square().sum(-1, keepdim=True) + others.square().sum(-1) - 2 * codes @ others.T
        return squares.clamp_(min=0) / (-2 * self._settings.temperature)

    @torch.no_grad()
    def plan(self, goals: Tensor) -> Plan:
        """The way to each goal from everywhere.

        Args:
            goals: their codes, [goals, code].
        """
        goals = goals.double()
        at = self._closeness(self._prototypes, goals) >= SAME
        known = at.any(0)
        beside = self._share(self._flat, self._near, goals, known)
        arrivals = Arrivals(at.double(), beside)
        worth = iterate_values(self._probabilities, arrivals, self._settings.gamma, self._settings.sweeps)
        return Plan(goals, known, worth.double())

    def _share(self, codes: Tensor, near: Tensor, goals: Tensor, known: Tensor) -> Tensor:
        """The probability of the goal beside the prototypes, [codes, goals]; 0 for a goal that is one of them."""
        odds = self._closeness(codes, goals) - near.logsumexp(-1, keepdim=True)
        return torch.where(known, 0.0, odds.sigmoid())

    @torch.no_grad()
    def action_values(self, codes: Tensor, plan: Plan, goal: Tensor) -> Tensor:
        """What each action is worth, [batch, actions]: 1 to the goal at once, γ with one step between, 0 never.

        Args:
            codes: where the way starts, [batch, code].
            plan: what was planned.
            goal: the number of the goal in the plan, [batch].
        """
        moved = self._moved(codes)  # [batch, actions, code]
        flat = moved.flatten(0, 1)
        near = self._closeness(flat, self._prototypes)
        worth = plan.worth[:, goal].T.unsqueeze(-1)  # [batch, prototypes, 1]
        inside = (near.softmax(-1).unflatten(0, moved.shape[:2]) @ worth).squeeze(-1)
        beside = self._share(flat, near, plan.goals, plan.known).unflatten(0, moved.shape[:2])
        own = beside.gather(-1, goal.view(-1, 1, 1).expand(-1, moved.shape[1], 1)).squeeze(-1)
        values: Tensor = own + (1 - own) * inside
        return values
