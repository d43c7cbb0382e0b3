"""Controls: priors that are told a wrong group, which acts so that it is no symmetry of the task."""

from __future__ import annotations

from symprior.agents.priors.augmentation.augment import Augment
from symprior.agents.priors.homomorphic import Homomorphic
from symprior.agents.priors.prior import Prior, register
from symprior.agents.priors.relaxed import Relaxed
from symprior.symmetry.symmetry import Symmetry
from symprior.tasks.references.wrong_groups import wrong_symmetry
from symprior.tasks.task import Task


class _WrongGroup(Prior):
    """Does *this* symmetry explain the gain, or would any group of its kind do? What is told is frozen for each task.

    Networks have as many parameters as under the declared symmetry and tie as many weights, but those that belong together
    in another world. The equivariance error in the records is against the declared symmetry. A task's frozen wrong group is
    shown, or drawn where there is none, by `symprior wrong-group`.
    """

    is_control = True
    strict = False

    def symmetry(self, task: Task, settings: object = None) -> Symmetry:
        """The task's frozen wrong group.

        Raises:
            SympriorError: none was drawn for the task yet.
        """
        return wrong_symmetry(task)


@register
class WrongGroup(_WrongGroup, Homomorphic):
    """The homomorphic network, exactly equivariant under a group that is no symmetry."""

    name = "wrong-group"
    title = "homomorphic network, wrong group"
    description = "The homomorphic network under a wrong group: as many parameters, measured not to be a symmetry."


@register
class WrongGroupAugment(_WrongGroup, Augment):
    """Augmentation with transitions that the task does not have."""

    name = "wrong-group-augment"
    title = "augmentation, wrong group"
    description = "Each minibatch holds the orbit of its transitions under a wrong group, which is no symmetry."


@register
class WrongGroupRelaxed(_WrongGroup, Relaxed):
    """The relaxed network, which can leave the wrong group where that pays."""

    name = "wrong-group-relaxed"
    title = "relaxed network, wrong group"
    description = "The relaxed network about a wrong group: equivariant weights, and free ones that are held back."
