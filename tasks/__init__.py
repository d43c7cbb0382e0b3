"""Tasks with declared symmetries: environments, the registry, certificates, reference scores.

A family (`families/`) registers tasks (`task/`): dynamics and a probe (`environments/`), and a symmetry, which a
certificate (`certificates/`) measures by the probe. `references/` holds what scores are measured against. Families are
imported when `TASKS` or `DIALS` is first asked for an entry. Importing this package also registers all environments with
gymnasium, from a table of strings.
"""

from typing import TYPE_CHECKING

from symprior.symmetry.lazy_names import lazy_names
from symprior.tasks.environments.gymnasium_ids import register_all

if TYPE_CHECKING:
    from symprior.symmetry.errors import SympriorError
    from symprior.symmetry.names import Names
    from symprior.symmetry.symmetry import Exactness, Symmetry
    from symprior.tasks.custom.custom_tasks import custom_task
    from symprior.tasks.lookup import get_task, task_names
    from symprior.tasks.task import TASKS, Task
    from symprior.tasks.task.dials import DIALS

__all__ = [
    "DIALS",
    "TASKS",
    "Exactness",
    "Names",
    "Symmetry",
    "SympriorError",
    "Task",
    "custom_task",
    "get_task",
    "task_names",
]

__getattr__ = lazy_names(
    __name__,
    {
        "SympriorError": "symprior.symmetry.errors",
        "Names": "symprior.symmetry.names",
        **dict.fromkeys(("Exactness", "Symmetry"), "symprior.symmetry.symmetry"),
        "custom_task": "symprior.tasks.custom.custom_tasks",
        "DIALS": "symprior.tasks.task.dials",
        **dict.fromkeys(("get_task", "task_names"), "symprior.tasks.lookup"),
        **dict.fromkeys(("TASKS", "Task"), "symprior.tasks.task"),
    },
)

register_all()
