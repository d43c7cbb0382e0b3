"""What a task is: environment, symmetry, budget, card, what was measured of it, and dials, a task for each value."""

from symprior.tasks.task.card import Card
from symprior.tasks.task.measured import BY_HAND, REFERENCES, TOO_SHORT, Price, Reference, References
from symprior.tasks.task.task import DATA, TASKS, Task, TaskVectorEnv, Track, register

__all__ = [
    "BY_HAND",
    "DATA",
    "REFERENCES",
    "TASKS",
    "TOO_SHORT",
    "Card",
    "Price",
    "Reference",
    "References",
    "Task",
    "TaskVectorEnv",
    "Track",
    "register",
]
