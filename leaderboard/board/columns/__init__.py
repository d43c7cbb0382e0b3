"""The columns of the board: one entry in one table each, of agents (`of_agents`) and of single tasks (`of_tasks`).

Terminal, Markdown and page go through these tables, so that a new column is one entry here and shows up with its explanation
in all three.
"""

from symprior.leaderboard.board.columns.column import Column, Row
from symprior.leaderboard.board.columns.marks import MARKS
from symprior.leaderboard.board.columns.of_agents import AGENT_COLUMNS
from symprior.leaderboard.board.columns.of_tasks import TASK_COLUMNS

__all__ = ["AGENT_COLUMNS", "MARKS", "TASK_COLUMNS", "Column", "Row"]
