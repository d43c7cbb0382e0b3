"""A homomorphic network under the symmetry that a search found, not the declared one: does discovery do as well?"""

from __future__ import annotations

from symprior.agents.priors.homomorphic import Homomorphic
from symprior.agents.priors.prior import register
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.references.discovered import discovered_symmetry
from symprior.tasks.task import Task


@register
class Discovered(Homomorphic):
    """The homomorphic network, with its settings, told what `symprior discover TASK --write` found and kept."""

    name = "discovered"
    title = "homomorphic network, discovered group"
    description = "The homomorphic network under the symmetry that was found without reading any declaration."
    is_control = True
    tuned_as = Homomorphic.name

    def symmetry(self, task: Task, settings: object = None) -> Symmetry:
        """What was found on the task and kept.

        Raises:
            SympriorError: nothing was kept for the task yet.
        """
        return discovered_symmetry(task)
