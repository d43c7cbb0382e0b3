"""Wrong groups: the declared group acting in a way that is no symmetry of the task, frozen for each task as a control."""

from symprior.tasks.references.wrong_groups.wrong_group import WrongGroup, is_frozen, wrong_group, wrong_symmetry

__all__ = ["WrongGroup", "is_frozen", "wrong_group", "wrong_symmetry"]
