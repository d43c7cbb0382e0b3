"""Tasks with declared symmetries: groups, representations, environments, the registry, certificates.

Importing this package also registers the project's environments with gymnasium.
"""

from symprior.tasks.errors import SympriorError
from symprior.tasks.symmetry import Exactness, Symmetry
from symprior.tasks.task import TASKS, Task, get_task

__all__ = ["TASKS", "Exactness", "Symmetry", "SympriorError", "Task", "get_task"]

list(TASKS)  # discover the families, which register their environments with gymnasium
