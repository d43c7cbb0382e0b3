"""Control: a homomorphic network that is told only a part of the symmetry."""

from __future__ import annotations

from typing import cast

from pydantic import Field

from symprior.agents.priors.homomorphic import Homomorphic
from symprior.agents.priors.prior import PriorSettings, register
from symprior.symmetry.errors import SympriorError
from symprior.symmetry.groups import Group
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.task import Task


class SubgroupSettings(PriorSettings):
    """Which subgroup."""

    subgroup: tuple[str, ...] | None = Field(
        default=None,
        description="elements that generate the subgroup; null: the largest proper one, the first of these",
    )


@register
class Subgroup(Homomorphic):
    """How much of the gain does a part of the group give? The homomorphic network under a proper subgroup.

    By default the largest, and among the largest the one whose elements have the smallest numbers (of D4 the turns). Records
    name it as the group that was used. The network has as many parameters as the plain one, and so more channels than under
    the whole group; its equivariance error in the records is against the whole group.
    """

    name = "subgroup"
    title = "homomorphic network, subgroup"
    description = "The homomorphic network under a proper subgroup of the declared group, the largest by default."
    settings = SubgroupSettings
    is_control = True
    strict = False

    def symmetry(self, task: Task, settings: object = None) -> Symmetry:
        """The task's symmetry under the subgroup.

        Raises:
            SympriorError: the group has no subgroup but itself and the trivial one, or the elements generate none other.
        """
        own = task.symmetry()
        chosen = cast(SubgroupSettings, settings).subgroup if settings else None
        elements = _largest(task, own.group) if chosen is None else _generated(own.group, chosen)
        generators = own.group.subgroup(elements).generators
        named = ",".join(own.group.elements[elements[g]] for g in generators)
        return own.restrict(elements, f"⟨{named}⟩⊂{own.group.name}")


def _largest(task: Task, group: Group) -> tuple[int, ...]:
    proper = [subgroup for subgroup in group.subgroups if 1 < len(subgroup) < len(group)]
    if not proper:
        raise SympriorError(
            f"{group.name} of {task.id} has no subgroup for +subgroup: its only proper subgroup is trivial: that is the "
            "plain agent."
        )
    return max(proper, key=len)  # the first of the largest: subgroups are sorted


def _generated(group: Group, names: tuple[str, ...]) -> tuple[int, ...]:
    if unknown := [name for name in names if name not in group.elements]:
        raise SympriorError(f"{unknown[0]!r} is no element of {group.name}: {', '.join(group.elements)}.")
    elements = group.generated_by([group.elements.index(name) for name in names])
    if not 1 < len(elements) < len(group):
        what = "the whole group" if len(elements) == len(group) else "the trivial one"
        raise SympriorError(f"{', '.join(names) or 'No element'} generates {what} of {group.name}, no proper subgroup.")
    return elements
