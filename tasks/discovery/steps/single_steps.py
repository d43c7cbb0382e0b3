"""The search of an environment that can be put into states: what moves what, which maps fit, which of them hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.generated.closing import SignedMap, close, unchanged
from symprior.tasks.discovery.found import FoundGroup, Motion, closed
from symprior.tasks.discovery.graphs.automorphisms import Search
from symprior.tasks.discovery.graphs.graph import Graph, Layer
from symprior.tasks.discovery.steps.black_box import BlackBox
from symprior.tasks.discovery.steps.influences import measure_influences
from symprior.tasks.discovery.steps.observations import Observations
from symprior.tasks.discovery.steps.starts import Starts
from symprior.tasks.discovery.steps.trial import FAR_OFF, Residual, Trial, split

STATES = 120
"""Random states of each kind at which influences are measured."""

NOT_EXACT = 1e-3
"""A residual in the first step, in mean changes of the entry, that no round-off leaves."""

LOOSE = 0.7
"""By how much the logarithm of an influence may differ where a symmetry is only approximate: by a factor of two."""


@dataclass(frozen=True)
class Candidates:
    """What single steps leave of a search.

    Attributes:
        kept: the group to propose: it keeps dynamics, reward, observations and, as far as a quick test tells, starts.
        but_starts: the larger group that keeps all but starts; None where it is no larger.
        but_rewards: the larger group of the dynamics alone, on states and actions; None where it is no larger.
        broken_by: of each generator of that, whether the reward or the ends of episodes break it, or nothing does.
        residual: the largest of a generator's mean residuals, of steps and of observations; 0 where all are exact.
        unobserved: maps that keep dynamics and reward but act on observations by no signed permutation.
        still: observation entries that never moved.
        is_cut_short: whether the search was given up before it was through.
        tried: how many maps single steps decided about.
        of_model: what a model proposed and how that compares, in words; empty where there is no model.
    """

    kept: FoundGroup | None = None
    but_starts: FoundGroup | None = None
    but_rewards: FoundGroup | None = None
    broken_by: tuple[str, ...] = ()
    residual: float = 0.0
    unobserved: int = 0
    still: tuple[int, ...] = ()
    is_cut_short: bool = False
    tried: int = 0
    of_model: str = ""


class SingleSteps:
    """A search by single steps.

    Args:
        box: what steps.
        seed: decides all that is drawn.
        kept: state entries that stay where they are.
    """

    def __init__(self, box: BlackBox, seed: int, kept: Sequence[int] = ()) -> None:
        self._box, self._kept, self._is_cut_short = box, tuple(kept), False
        self._rng = np.random.default_rng([seed, 1])
        self._trial = Trial(box, np.random.default_rng([seed, 2]))
        self._observations = Observations(box, np.random.default_rng([seed, 3]))
        self._starts = Starts(box.probe.env, np.random.default_rng([seed, 4]))

    def run(self, proposed: Sequence[SignedMap] | None = None) -> Candidates:
        """Exact symmetries; approximate ones where there are no exact ones that keep the starts.

        Args:
            proposed: maps of states and actions that a model proposes; None where there is no model.
        """
        layers = measure_influences(self._box, self._rng, STATES)
        exact, said = self._with_model(self._generators(layers, _is_exact), proposed, _is_exact)
        candidates = self._sorted(exact)
        if candidates.kept is None:
            near = self._generators(layers, lambda found: found.is_near, exact, LOOSE)
            near, said = self._with_model(near, proposed, lambda found: found.is_near)
            candidates = self._sorted(near) if len(near) > len(exact) else candidates
        exact_dynamics = [each for each in proposed or () if self._holds(each, lambda found: found.dynamics_is_exact)]
        candidates = self._with_dynamics(layers, [*exact, *exact_dynamics], exact, candidates)
        return replace(candidates, is_cut_short=self._is_cut_short, tried=self._trial.tried, of_model=said)

    def _with_model(
        self, searched: list[SignedMap], proposed: Sequence[SignedMap] | None, holds: Callable[[Residual], bool]
    ) -> tuple[list[SignedMap], str]:
        """The generators, with those that a model proposes and the search missed; and how both compare, in words."""
        if proposed is None:
            return searched, ""
        known = {each.key for each in self._all_of(searched)}
        holding = [each for each in proposed if self._holds(each, holds)]
        missed = [each for each in holding if each.key not in known]
        of_model = {each.key for each in self._all_of(holding)}
        alone = sum(each.key not in of_model for each in searched)
        words = (
            f"{len(proposed)} map{'s' if len(proposed) != 1 else ''}, {len(holding)} of which keep dynamics and reward"
        )
        return [*searched, *missed], f"{words}; of these the search missed {len(missed)}, and found {alone} others"

    def _all_of(self, maps: list[SignedMap]) -> list[SignedMap]:
        """What maps generate; the maps alone, where that is too much."""
        try:
            return close(maps, self._box.size + self._box.actions)
        except SympriorError:
            return maps

    def _holds(self, motion: SignedMap, holds: Callable[[Residual], bool]) -> bool:
        residual = self._trial.residual(motion)
        return residual is not None and holds(residual)

    def _generators(
        self,
        layers: Sequence[Layer],
        holds: Callable[[Residual], bool],
        known: Sequence[SignedMap] = (),
        slack: float = 0.0,
    ) -> list[SignedMap]:
        def accepts(motion: SignedMap) -> bool:
            residual = self._trial.residual(motion, FAR_OFF if slack else NOT_EXACT)
            return residual is not None and holds(residual)

        graph = Graph(layers, self._box.size, self._box.actions, self._box.discrete, slack, self._kept)
        search = Search(graph, self._box.angles, accepts)
        found = search.run(list(known))
        self._is_cut_short |= search.is_cut_short
        return found

    def _sorted(self, maps: list[SignedMap]) -> Candidates:
        """Which of the generated group act on observations, and which of these keep the starts."""
        if not maps:
            return Candidates()
        fits = {motion.key: self._observations.fit(motion) for motion in maps}
        if not all(fit.holds for fit in fits.values()):
            maps = close(maps, self._box.size + self._box.actions)[1:]
            fits |= {each.key: self._observations.fit(each) for each in maps if each.key not in fits}
        holding = [each for each in maps if fits[each.key].holds]
        unobserved = len(maps) - len(holding)
        if not holding:
            return Candidates(unobserved=unobserved)
        shape = self._box.probe.env.observation_space.shape or ()
        motions = [Motion(*split(each, self._box), fits[each.key].map) for each in holding]
        whole = closed(motions, self._box.discrete, shape)
        keeping = [g for g, each in enumerate(whole.motions) if self._starts.are_kept(each.observations)]
        return Candidates(
            kept=whole.restricted(keeping) if len(keeping) > 1 else None,
            but_starts=whole if len(keeping) < len(whole.group) else None,
            residual=max(self._residual(each, fits[each.key].residual) for each in holding),
            unobserved=unobserved,
            still=fits[holding[0].key].still,
        )

    def _residual(self, motion: SignedMap, of_observations: float) -> float:
        found = self._trial.residual(motion)
        assert found is not None
        return 0.0 if found.is_exact else max(found.largest, of_observations)

    def _with_dynamics(
        self, layers: Sequence[Layer], known: list[SignedMap], exact: list[SignedMap], candidates: Candidates
    ) -> Candidates:
        """With the larger group of the dynamics alone, where there is one."""
        blind = [_without_reward(layer) for layer in layers]
        found = self._generators(blind, lambda residual: residual.dynamics_is_exact, known)
        keeping = {each.key for each in self._all_of(exact)}
        if all(each.key in keeping for each in found):
            return candidates
        motions = [Motion(*split(each, self._box), unchanged(0)) for each in found]
        group = closed(motions, self._box.discrete, (0,))
        return replace(candidates, but_rewards=group, broken_by=tuple(self._broken_by(group)))

    def _broken_by(self, group: FoundGroup) -> list[str]:
        """What breaks each generator."""
        words = []
        for g in group.group.generators:
            found = self._trial.residual(group.motions[g].on_states_and_actions)
            assert found is not None
            words.append("" if found.reward_is_exact else "the ends" if found.ends > found.reward else "the reward")
        return words


def _is_exact(found: Residual) -> bool:
    return found.is_exact


def _without_reward(layer: Layer) -> Layer:
    """The same layer, in which nothing moves the reward."""
    return Layer(*(np.vstack([each[:-1], np.zeros_like(each[-1:])]) for each in vars(layer).values()))
