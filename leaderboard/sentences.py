"""What the board says in plain sentences: how much data a prior needs, measured against its plain arm."""

from __future__ import annotations

from symprior.leaderboard.board import Board, TaskTable
from symprior.leaderboard.gains import Gain


def headline(board: Board) -> str:
    """The first sentence: the best complete agent that has a prior and a plain arm to be compared with."""
    for learner in board.learners:
        for row in board.rows_of(learner):
            if row.complete and not row.plain and row.gain is not None:
                where = over(board, learner) + (f" ({learner})" if len(board.learners) > 1 else "")
                return data_needed(where, row.agent, row.gain)
    if not any(board.compared.values()):
        which = " that all agents of a learner were run on" if any(t.track == "headline" for t in board.tasks) else ""
        return f"{board.suite}-{board.version} has no headline task{which}: each of its tasks stands for itself, below."
    return f"No agent of {board.suite}-{board.version} is complete and has a plain arm beside it yet."


def of_task(table: TaskTable, learner: str) -> tuple[str, ...]:
    """A sentence for each agent of a learner that has a plain arm on a task."""
    rows = [row for row in table.rows if row.learner == learner]
    return tuple(data_needed(f"On {table.task}", row.agent, row.gain) for row in rows if row.gain is not None)


def data_needed(where: str, agent: str, gain: Gain) -> str:
    """How much of the plain arm's data an agent needs: the gain the other way up."""
    of_prior, of_plain = gain.censored
    if gain.mark == "unresolved":
        return (
            f"{where}, it is unresolved how much data {agent} needs: {of_prior} of its {gain.runs[0]} runs "
            f"and {of_plain} of "
            f"{gain.runs[1]} of {gain.plain} never reach the threshold."
        )
    bound = {"≥": "at most ", "≤": "at least "}.get(gain.mark, "")
    interval = gain.estimate.interval
    share = f"{bound}{1 / gain.estimate.value:.2f}×"
    if interval is None:
        return f"{where}, {agent} needs {share} the data of {gain.plain}; {gain.estimate.note}."
    between = f"95 %: {1 / interval.high:.2f} – {1 / interval.low:.2f}{interval.mark}"
    sentence = f"{where}, {agent} needs {share} ({between}) the data of {gain.plain}"
    if interval.low <= 1 <= interval.high:
        return f"{sentence}; the interval includes 1×, so no difference is shown."
    return f"{sentence}."


def over(board: Board, learner: str) -> str:
    """What the rows of a learner are over."""
    tasks = board.compared[learner]
    return f"On {tasks[0]}" if len(tasks) == 1 else f"Over the {len(tasks)} headline tasks"
