"""Tasks with declared symmetries: groups, representations, environments, the registry, certificates.

Importing this package also registers the project's environments with gymnasium.
"""

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.custom.own_tasks import own_task
from symprior.tasks.dials import DIALS
from symprior.tasks.lookup import get_task, task_names
from symprior.tasks.task import TASKS, Task

__all__ = ["DIALS", "TASKS", "Exactness", "Symmetry", "SympriorError", "Task", "get_task", "own_task", "task_names"]

list(TASKS)  # discover the families, which register their environments with gymnasium
