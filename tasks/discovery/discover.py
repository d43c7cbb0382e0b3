"""From a name or an environment to the symmetry that it has: searched, certified, and ready to be declared."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symprior.symmetry.errors import unknown_name
from symprior.symmetry.names import PICTURE_AXES, Names
from symprior.tasks.certificates.entries import entries_in_words
from symprior.tasks.discovery.declaration import declaration
from symprior.tasks.discovery.found import FoundGroup, sentences
from symprior.tasks.discovery.proposal import Proposal, certified
from symprior.tasks.discovery.rollouts.search import search_play
from symprior.tasks.discovery.steps.black_box import BlackBox, Robot, box_of
from symprior.tasks.discovery.steps.single_steps import Candidates, SingleSteps
from symprior.tasks.discovery.subject import Subject, borrowed, subject_of
from symprior.tasks.discovery.tables import search_table
from symprior.tasks.environments.gymnasium_types import Environment
from symprior.tasks.environments.probes.probe import Probe, RecognisingProbe
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe
from symprior.tasks.environments.simulators import SimulatorEnv, TabularSimulator
from symprior.tasks.families.mujoco.model_symmetry import proposed
from symprior.tasks.task import Task


@dataclass(frozen=True)
class Discovery:
    """What a search says of an environment.

    Attributes:
        name: the environment's.
        proposal: the symmetry to declare, which its certificate confirms; None where nothing was found.
        refused: what was found and the certificate did not confirm.
        larger: the larger group that keeps dynamics and reward but not where episodes start, certified; None where there is
            none that is larger.
        lines: all of it in words, (what, found).
        declaration: Python that declares the proposal, or the empty text.
        still: observation entries that never moved; of these it says nothing.
        seconds: of processor time.
    """

    name: str
    proposal: Proposal | None
    refused: Proposal | None
    larger: Proposal | None
    lines: tuple[tuple[str, str], ...]
    declaration: str
    still: tuple[int, ...]
    seconds: float


def discover(
    subject: Environment | Task | str, *, seed: int = 0, keep: Sequence[str] = (), any_start: bool = False
) -> Discovery:
    """Find the symmetry of an environment that nobody declared.

    It is put into states: by its own get_state and set_state, by what MuJoCo or classic control keep, or by the table of a
    simulator that can be enumerated. Any other one is played, and less can be shown. What a task declares is not read. The
    certificate judges what is found.

    Args:
        subject: a gymnasium environment, which is left open; a task, its name, or an id of gymnasium's registry.
        seed: decides all that is drawn.
        keep: names of state entries that stay where they are, for a smaller search.
        any_start: propose what dynamics and reward have, wherever episodes start.

    Raises:
        SympriorError: it shows neither vectors nor pictures and its state cannot be set, or there are too many entries to
            search.
    """
    if isinstance(subject, Task):
        subject = subject.name_to_type
    searched = subject_of(subject) if isinstance(subject, str) else borrowed(subject)
    return discover_subject(searched, seed, keep, with_starts=not any_start)


def discover_subject(subject: Subject, seed: int = 0, keep: Sequence[str] = (), with_starts: bool = True) -> Discovery:
    """Search an environment for a symmetry that nobody declared; what it declares is not read.

    Args:
        subject: what is searched.
        seed: decides all that is drawn.
        keep: names of state entries that stay where they are; `symprior discover --keep`.
        with_starts: whether the proposal must keep where episodes start.

    Raises:
        SympriorError: nothing can be searched there, or a name of `keep` is no state entry.
    """
    began = time.process_time()
    return _concluded(subject, _searched(subject, seed, keep), seed, with_starts, began)


@dataclass(frozen=True)
class _Searched:
    """A search that is over.

    Attributes:
        how: it was done, in words.
        candidates: what it left.
        drives: what the certificate drives, where that is nothing that is put into states.
        box: what was put into states, where something was.
        is_table: everything was enumerated.
    """

    how: str
    candidates: Candidates
    drives: Callable[[], Probe | RolloutProbe] | None = None
    box: BlackBox | None = None
    is_table: bool = False


def _searched(subject: Subject, seed: int, keep: Sequence[str]) -> _Searched:
    """By its table, by single steps or, where neither can be had, by roll-outs."""
    probe = subject.probe()
    inner = probe.env.unwrapped
    try:
        if isinstance(inner, SimulatorEnv) and isinstance(inner.simulator, TabularSimulator):
            found = search_table(probe.env, inner.simulator, seed)
            return _Searched(
                "the table of what can happen", found, lambda: RecognisingProbe(subject.make()), is_table=True
            )
        if isinstance(probe, RolloutProbe) or len(probe.env.observation_space.shape or ()) == PICTURE_AXES:
            found = search_play(probe.env, seed)
            return _Searched("roll-outs of random actions", found, lambda: RolloutProbe(subject.make()))
        box = box_of(probe)
        model = proposed(box.model) if isinstance(box, Robot) else None
        found = SingleSteps(box, seed, _numbers(box, keep)).run(model)
        return _Searched("single steps from states of choice", found, None, box)
    finally:
        probe.env.close()


def _numbers(box: BlackBox, names: Sequence[str]) -> list[int]:
    """The state entries with these names, or all whose names begin so."""
    numbers: list[int] = []
    for name in names:
        chosen = [i for i, known in enumerate(box.names) if known == name or known.startswith(f"{name},")]
        if not chosen:
            raise unknown_name("state entry", name, box.names)
        numbers += chosen
    return numbers


def _concluded(subject: Subject, searched: _Searched, seed: int, with_starts: bool, began: float) -> Discovery:
    """The certificates, and all of it in words."""

    def measured(group: FoundGroup | None) -> Proposal | None:
        return None if group is None else certified(subject, group, seed, searched.drives)

    found = searched.candidates
    first = measured(found.kept if with_starts else found.but_starts or found.kept)
    larger = measured(found.but_starts) if with_starts else None
    proposal = first if first is not None and first.holds else None
    return Discovery(
        name=subject.name,
        proposal=proposal,
        refused=None if proposal is first else first,
        larger=larger if larger is not None and larger.holds else None,
        lines=tuple(_lines(subject, searched, first, larger)),
        declaration="" if proposal is None else declaration(subject, proposal, searched.is_table),
        still=found.still,
        seconds=time.process_time() - began,
    )


def _lines(
    subject: Subject, searched: _Searched, first: Proposal | None, larger: Proposal | None
) -> list[tuple[str, str]]:
    found, names = searched.candidates, subject.names()
    states = [] if searched.box is None else searched.box.names
    rows = [("environment", subject.name), ("searched by", searched.how), ("group", _group_in_words(first))]
    if first is not None:
        rows += [("", line) for line in sentences(first.found, states, names)]
        rows += _measured(first)
    if found.residual:
        rows.append(
            ("residual", f"{found.residual:.3g} of what a step does, in the mean; so the symmetry is approximate")
        )
    if larger is not None and larger.holds:
        rows.append(
            ("and also", f"{larger.found.group.name}: dynamics and reward have it, where episodes start breaks it")
        )
        rows += [("", line) for line in sentences(larger.found, states, names)]
        rows += _measured(larger)
    if found.but_rewards is not None:
        words = sorted({word for word in found.broken_by if word}) or ["the reward"]
        breaks = "breaks" if words == ["the reward"] else "break"
        rows.append(("dynamics", f"have also {found.but_rewards.group.name}; {' and '.join(words)} {breaks} it"))
        rows += [("", line) for line in sentences(found.but_rewards, states, names)]
    return [*rows, *_limits(found, names)]


def _group_in_words(first: Proposal | None) -> str:
    if first is None:
        return "none found"
    part = "" if first.found.is_whole else "; the whole group has too many elements, this is a part of it"
    return f"{first.found.group.name}, {len(first.found.group)} elements{part}"


def _measured(proposal: Proposal) -> list[tuple[str, str]]:
    """The certificate in a line, or two."""
    measured = proposal.certificate
    but = f", but for what never moved: {measured.never_moved}" if measured.never_moved else ""
    graded = f"dynamics {measured.dynamics}, starts {measured.reset}; {measured.distinct_states} states{but}"
    if proposal.holds:
        return [("certificate", graded)]
    return [("certificate", graded), ("verdict", "the certificate does not confirm it, so it is not proposed")]


def _limits(found: Candidates, names: Names) -> list[tuple[str, str]]:
    """How much was tried, and what was not shown."""
    rows = [("the model proposes", found.of_model)] if found.of_model else []
    rows.append(("tried", f"{found.tried} maps"))
    if found.unobserved:
        rows.append(
            ("not declared", f"{found.unobserved} more maps keep steps, but are no signed permutation of observations")
        )
    if found.still:
        size = (max(found.still) + 1,)
        rows.append(("never moved", entries_in_words(found.still, size, names.observation)))
    if found.is_cut_short:
        rows.append(
            (
                "cut short",
                "too many maps fit, so more may hold. Name state entries that stay where they are: --keep NAME",
            )
        )
    return rows
