"""Tasks with declared symmetries: environments, the registry, certificates, reference scores.

A family (`families/`) registers tasks: dynamics (`environments/`), a symmetry, and a probe (`probes/`) by which a
certificate (`certificates/`) measures it. `references/` holds what scores are measured against. Importing this package also
registers the project's environments with gymnasium.
"""

from symprior.symmetry.errors import SympriorError
from symprior.symmetry.symmetry import Exactness, Symmetry
from symprior.tasks.custom.own_tasks import own_task
from symprior.tasks.dials import DIALS
from symprior.tasks.lookup import get_task, task_names
from symprior.tasks.task import TASKS, Task

__all__ = ["DIALS", "TASKS", "Exactness", "Symmetry", "SympriorError", "Task", "get_task", "own_task", "task_names"]

list(TASKS)  # discover the families, which register their environments with gymnasium
