"""From records to a leaderboard.

`build` computes it, `write_pages` and `terminal_table` show it, `publish` keeps the results:

    board = build(read_records(folder))
    write_pages(board, Path("site"))

What is here works without torch: a record carries its agent's card.
"""

from symprior.leaderboard.board import Board, build
from symprior.leaderboard.citations import bibliography
from symprior.leaderboard.pages import write_pages
from symprior.leaderboard.published import OWN_RESULTS, publish, read_published
from symprior.leaderboard.records import RunRecord, read_record, read_records, write_record
from symprior.leaderboard.terminal import terminal_table

__all__ = [
    "OWN_RESULTS",
    "Board",
    "RunRecord",
    "bibliography",
    "build",
    "publish",
    "read_published",
    "read_record",
    "read_records",
    "terminal_table",
    "write_pages",
    "write_record",
]
