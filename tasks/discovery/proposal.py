"""A symmetry that is proposed: a group that was found, with the grades that the certificate measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.certificates.certificate import Certificate, certify
from symprior.tasks.discovery.found import FoundGroup
from symprior.tasks.discovery.subject import Subject
from symprior.tasks.environments.probes.probe import Probe
from symprior.tasks.environments.probes.rollout_probe import RolloutProbe

SAMPLES = 200
"""States from each sampler of the certificate, as `symprior check` takes."""


@dataclass(frozen=True)
class Proposal:
    """What was found, measured.

    Attributes:
        found: the group.
        symmetry: as it should be declared.
        certificate: what was measured of it.
    """

    found: FoundGroup
    symmetry: Symmetry
    certificate: Certificate

    @property
    def holds(self) -> bool:
        """Whether the certificate confirms the dynamics; how episodes start is graded apart."""
        return self.certificate.shows_a_symmetry


def certified(
    subject: Subject, found: FoundGroup, seed: int, probe: Callable[[], Probe | RolloutProbe] | None = None
) -> Proposal:
    """Measure a group that was found, by the certificate's own states; declared is what is measured.

    Args:
        subject: whose symmetry it is.
        found: the group.
        seed: of the certificate.
        probe: drives the environment; by default what puts it into states.
    """
    drives = probe or (lambda: subject.probe(found.state_representation))
    measured = certify(subject.declaring(found.symmetry(), drives), SAMPLES, seed)
    exactness = measured.dynamics if measured.shows_a_symmetry else Exactness.NONE
    reset = measured.reset if measured.reset != Exactness.NOT_SHOWN else Exactness.BROKEN
    agrees = exactness != Exactness.NONE and measured.reset == reset
    certificate = replace(measured, declared_dynamics=exactness, declared_reset=reset, agrees=agrees)
    return Proposal(found, found.symmetry(exactness, reset), certificate)
