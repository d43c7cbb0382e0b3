"""What the board says in plain sentences: how much data a prior needs, measured against its plain arm."""

from __future__ import annotations

from collections.abc import Sequence

from symprior.leaderboard.board.board import AgentRow, Board, TaskTable
from symprior.leaderboard.board.gains import Gain


def headline(board: Board) -> str:
    """What the first sentence says, of the best agent that has a prior and a plain arm; and of those tied with it."""
    return " ".join(filter(None, (first(board), tied(board))))


def first(board: Board) -> str:
    """The first sentence: the best complete agent that has a prior and a plain arm."""
    for learner in board.learners:
        if best := _best(board.rows_of(learner)):
            where = over(board, learner) + (f" ({learner})" if len(board.learners) > 1 else "")
            return data_needed(where, *best[0])
    if not any(board.compared.values()):
        which = " that all agents of a learner were run on" if any(t.track == "headline" for t in board.tasks) else ""
        return f"{board.suite}-{board.version} has no headline task{which}: each of its tasks stands for itself, below."
    return f"No agent of {board.suite}-{board.version} with a prior is complete and has a plain arm beside it yet."


def tied(board: Board) -> str:
    """What shares the first rank with that agent; empty where nothing does."""
    best = next(filter(None, (_best(board.rows_of(learner)) for learner in board.learners)), [])
    others = ", ".join(f"{agent} {_share(gain)}" for agent, gain in best[1:])
    return f"Tied with it: {others}." if others else ""


def _best(rows: Sequence[AgentRow]) -> list[tuple[str, Gain]]:
    """The best agent that has a gain to speak of, and those whose ranks begin where its ranks do; controls are none."""
    spoken_of = [row for row in rows if row.complete and not row.plain and not row.control]
    gains = [(row, row.gain) for row in spoken_of if row.gain is not None]
    return [
        (row.agent, gain)
        for place, (row, gain) in enumerate(gains)
        if place == 0 or (row.rank and gains[0][0].rank and row.rank.best == gains[0][0].rank.best)
    ]


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
    sentence, interval = f"{where}, {agent} needs {_share(gain)} the data of {gain.plain}", gain.estimate.interval
    if interval is None:
        return f"{sentence}; {gain.estimate.note}."
    if interval.low <= 1 <= interval.high:
        return f"{sentence}; the interval includes 1×, so no difference is shown."
    return f"{sentence}."


def _share(gain: Gain) -> str:
    """Of the plain arm's data, with its interval."""
    if gain.mark == "unresolved":
        return gain.mark
    bound = {"≥": "at most ", "≤": "at least "}.get(gain.mark, "")
    share, interval = f"{bound}{1 / gain.estimate.value:.2f}×", gain.estimate.interval
    return f"{share} (95 %: {1 / interval.high:.2f} – {1 / interval.low:.2f}{interval.mark})" if interval else share


def over(board: Board, learner: str) -> str:
    """What the rows of a learner are over."""
    tasks = board.compared[learner]
    return f"On {tasks[0]}" if len(tasks) == 1 else f"Over the {len(tasks)} headline tasks"
