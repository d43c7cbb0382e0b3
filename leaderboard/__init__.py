"""From records to a leaderboard.

`build` computes it, `write_pages` and `terminal_table` show it, `publish` keeps the results:

    board = build(read_records(folder))
    write_pages(board, Path("site"))

`records/` holds what was run, `statistics/` reduces and resamples it, `board/` compares, `pages/` draws, `site/` brings
all of it together, `calibration/` measures whether the intervals keep their promises; `submissions/` are of others, and
`verification/` says what was shown of records by training them again; `results/` are the published records and pages. All
of it works without torch: a record carries its agent's card.
"""

from typing import TYPE_CHECKING

from symprior.symmetry.lazy_names import lazy_names

if TYPE_CHECKING:
    from symprior.leaderboard.board.board import Board, build
    from symprior.leaderboard.board.citations import bibliography
    from symprior.leaderboard.board.export import rliable_scores
    from symprior.leaderboard.pages.pages import write_pages
    from symprior.leaderboard.pages.terminal import terminal_table
    from symprior.leaderboard.records.published import PUBLISHED_RESULTS, publish, read_published
    from symprior.leaderboard.records.record import RunRecord, read_record, read_records, write_record

__all__ = [
    "PUBLISHED_RESULTS",
    "Board",
    "RunRecord",
    "bibliography",
    "build",
    "publish",
    "read_published",
    "read_record",
    "read_records",
    "rliable_scores",
    "terminal_table",
    "write_pages",
    "write_record",
]

_RECORD = ("RunRecord", "read_record", "read_records", "write_record")
__getattr__ = lazy_names(
    __name__,
    {
        **dict.fromkeys(("Board", "build"), "symprior.leaderboard.board.board"),
        "bibliography": "symprior.leaderboard.board.citations",
        "rliable_scores": "symprior.leaderboard.board.export",
        "write_pages": "symprior.leaderboard.pages.pages",
        "terminal_table": "symprior.leaderboard.pages.terminal",
        **dict.fromkeys(("PUBLISHED_RESULTS", "publish", "read_published"), "symprior.leaderboard.records.published"),
        **dict.fromkeys(_RECORD, "symprior.leaderboard.records.record"),
    },
)
