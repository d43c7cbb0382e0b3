"""What the board says in plain sentences: what its seeds can find, who is best, and how much less data an agent loses."""

from __future__ import annotations

from collections.abc import Sequence

from symprior.leaderboard.board.board import Board
from symprior.leaderboard.board.claims import ALL_TASKS, Claim, not_told_apart
from symprior.leaderboard.board.tables.rows import AgentRow, TaskTable
from symprior.leaderboard.comparison.gains import Gain
from symprior.leaderboard.comparison.resolution import Resolution
from symprior.leaderboard.statistics.intervals import in_words
from symprior.leaderboard.statistics.power import POWER


def headline(board: Board) -> str:
    """The first sentence, and what the agents it names gain."""
    return " ".join((first(board), *of_best(board)))


def first(board: Board) -> str:
    """Who has the best headline, and everybody who is not told apart from it."""
    for learner in board.learners:
        if best := _best(board, learner):
            where = over(board, learner) + (f" ({learner})" if len(board.learners) > 1 else "")
            return _best_in_words(where, best)
    if not any(board.compared.values()):
        return f"{board.suite_id} has no headline task: each of its tasks stands for itself, below."
    return f"No agent of {board.suite_id} is complete and has enough seeds for a rank yet."


def of_best(board: Board) -> tuple[str, ...]:
    """The gains over all tasks of the agents that the first sentence names."""
    for learner in board.learners:
        if best := _best(board, learner):
            where = over(board, learner)
            found = (_of_gain(board, row, where, row.gain) for row in best if row.gain is not None)
            return tuple(sentence for sentence in found if sentence)
    return ()


def resolutions(board: Board) -> tuple[str, ...]:
    """What the seeds can find, or why they can find nothing, said before any result."""
    return tuple(
        f"{over(board, learner)}{f' ({learner})' if len(board.learners) > 1 else ''}, {_resolution(board, learner)}"
        for learner in board.learners
        if board.compared[learner]
    )


def _resolution(board: Board, learner: str) -> str:
    found = board.resolutions.get(learner)
    if found is not None:
        return resolved(found)
    gains = [
        row.gain for row in board.rows_of(learner) if row.tasks == board.compared[learner] and row.gain is not None
    ]
    reasons = {gain.why_none or (gain.estimate.note if gain.estimate else "") for gain in gains} - {""}
    return f"no gain can be found: {min(reasons, default='there is none to measure, or runs are too few')}."


def resolved(found: Resolution) -> str:
    """What one number of seeds can find."""
    of_plain, of_prior = (f"{100 * each:.0f} %" for each in found.spread)
    return (
        f"{found.runs} seeds find a gain of {found.gain:.2f}× with {100 * POWER:.0f} % power (lost data varies by "
        f"{of_plain} of its mean between plain runs, {of_prior} with a typical prior)."
    )


def of_task(board: Board, table: TaskTable, learner: str) -> tuple[str, ...]:
    """A sentence for each agent of a learner that has a plain arm on a task."""
    where = f"On {table.task}"
    rows = [row for row in table.rows_of(learner) if row.gain is not None]
    return tuple(
        _about(where, row.agent, row.gain, board.claims.about(learner, row.agent, table.task))
        for row in rows
        if row.gain is not None
    )


def of_agent(board: Board, learner: str, agent: str) -> tuple[str, ...]:
    """All that is said of one agent's gains: over all tasks, then on each."""
    over_all = (
        _of_gain(board, row, over(board, learner), row.gain)
        for row in board.rows_of(learner)
        if row.agent == agent and row.gain is not None and len(row.tasks) > 1
    )
    on_each = (
        _about(f"On {table.task}", agent, row.gain, board.claims.about(learner, agent, table.task))
        for table in board.tasks
        for row in table.rows_of(learner)
        if row.agent == agent and row.gain is not None
    )
    return (*over_all, *on_each)


def over(board: Board, learner: str) -> str:
    """What the first rows of a learner are over."""
    tasks = board.compared[learner]
    if len(tasks) == 1:
        return f"On {tasks[0]}"
    return f"Over {', '.join(tasks[:-1])} and {tasks[-1]}" if board.free else f"Over the {len(tasks)} headline tasks"


def apart(board: Board) -> tuple[str, ...]:
    """Where rows are over other tasks than the first ones of their learner, which a free comparison may hold."""
    others = [row for row in board.rows if row.tasks != board.compared[row.learner]]
    return tuple(
        f"{row.agent} ({row.learner}) is over {_listed(row.tasks) if row.tasks else 'no headline task'} alone, and is not "
        "ranked with the others."
        for row in others
    )


def _best(board: Board, learner: str) -> list[AgentRow]:
    """The best ranked agent that is no control, and all that are not told apart from it."""
    rows = [row for row in board.rows_of(learner) if row.tasks == board.compared[learner]]
    best = next((row for row in rows if row.rank is not None and not row.control), None)
    return [best, *not_told_apart(best, rows)] if best else []


def _best_in_words(where: str, best: Sequence[AgentRow]) -> str:
    names = [row.agent for row in best]
    seeds = f"{min(row.seeds.low for row in best):.0f} seeds"
    if len(names) == 1:
        return f"{where}, {names[0]} has the best data efficiency at {seeds}."
    return f"{where}, {_listed(names)} have the best data efficiency and are not told apart at {seeds}."


def _of_gain(board: Board, row: AgentRow, where: str, gain: Gain) -> str:
    return _about(where, row.agent, gain, board.claims.about(row.learner, row.agent, ALL_TASKS))


def _about(where: str, agent: str, gain: Gain, claim: Claim | None) -> str:
    """What is said of one gain: a claim with the interval that it rests on, or that nothing is told apart."""
    if gain.estimate is None:
        return f"{where}, no gain of {agent} over {gain.plain} is given: {gain.why_none}."
    number = f"{gain.estimate.bound} {gain.estimate.value:.2f}×".strip()
    if claim is None:
        return f"{where}, {agent} has a gain of {number} over {gain.plain}; {gain.estimate.note}."
    rests_on = _rests_on(gain, claim)
    if not claim.differs:
        why = rests_on if claim.rejected else f"({_simultaneous(claim)})"
        return (
            f"{where}, {agent} and {gain.plain} are not told apart at {min(gain.runs)} seeds: a gain of {number} {why}."
        )
    within = f" within {gain.budget:,} steps" if gain.budget else " within the budgets"
    if gain.estimate.value < 1:
        return f"{where}, {agent} loses more data{within} than {gain.plain}: a gain of {number} {rests_on}."
    return f"{where}, {agent} loses {number} less data{within} than {gain.plain} {rests_on}."


def _rests_on(gain: Gain, claim: Claim) -> str:
    """The simultaneous interval, and the gain with one more lost run of the arm that is said to be better."""
    of_plain = gain.estimate is not None and gain.estimate.value < 1
    lost = gain.with_lost_plain_run if of_plain else gain.with_lost_run
    return f"({_simultaneous(claim)}; with one more lost run{f' of {gain.plain}' if of_plain else ''} {lost:.2f}×)"


def _simultaneous(claim: Claim) -> str:
    return f"{100 * claim.confidence:.2f} %: {in_words(*claim.interval, 2)}"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
