"""`symprior verify`: drawn runs of somebody's records trained again, or the same agents on fresh seeds."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.symmetry.errors import SympriorError

if TYPE_CHECKING:
    from symprior.benchmark.verification.pack import Pack
    from symprior.leaderboard.verification.record import Verification

AGAIN = Path("verified")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    folder: Annotated[Path, typer.Argument(help="A folder of records, as run or published, or a submission's.")],
    cells: Annotated[
        int | None,
        typer.Option(min=1, help="Runs to draw, at least one of each agent on each task.", show_default="22"),
    ] = None,
    seed_from: Annotated[
        str | None,
        typer.Option(help="The text of the draw, which the submitter could not know.", show_default="drawn here"),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who vouches for it; no level rests on a nameless one.", show_default="nobody")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Instead: seeds that nobody knew, and secret places for entries of vectors.")
    ] = False,
    seeds: Annotated[
        int | None, typer.Option(min=2, help="Of --fresh: seeds on each task.", show_default="as many as recorded")
    ] = None,
    agent: Annotated[
        list[str] | None, typer.Option(help="`path/to/file.py:Name` of an agent whose file is not in the folder.")
    ] = None,
    suite: Annotated[str | None, typer.Option(help="Which suite, where the folder holds several.")] = None,
    remark: Annotated[str, typer.Option(help="A sentence that is kept with it.")] = "",
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side, one thread each.")] = 2,
    records: Annotated[Path, typer.Option(help="Where the new records are kept, to carry on from.")] = AGAIN,
) -> None:
    """Train runs of somebody's records again, in processes of their own, and keep what came of it beside the records.

    Exits with 0 where nothing speaks against the records, with 3 where runs cannot be compared, with 1 where they differ.

    Examples:
      symprior verify runs --seed-from "a random number that was published later"

      symprior verify runs --fresh --by "Ada Lovelace"
    """
    from symprior.benchmark.sweep.progress.telling.words import Words
    from symprior.benchmark.verification.pack import read_pack
    from symprior.benchmark.verification.shown import exit_code
    from symprior.benchmark.verification.verifying import Verifier
    from symprior.leaderboard.verification.record import check_line, write_verification

    if seeds is not None and not fresh:
        raise SympriorError("--seeds says how many fresh ones there are; give it with --fresh.")
    if cells is not None and fresh:
        raise SympriorError("--cells draws recorded runs; give it without --fresh.")
    for option, given in (("--by", by), ("--seed-from", seed_from), ("--remark", remark or None)):
        if given is not None:
            check_line(option, given)
    pack, text = read_pack(folder, suite, agent or ()), seed_from or _drawn_here()
    verifier = Verifier(by, remark, records, workers, Words(console))
    found = verifier.fresh_seeds(pack, text, seeds) if fresh else verifier.replays(pack, text, cells)
    path = write_verification(pack.verifications, found)
    _conclude(pack, found)
    console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)
    raise typer.Exit(exit_code(found))


def _drawn_here() -> str:
    """A text that nobody knew, printed so that the same draw can be made again."""
    text = secrets.token_hex(16)
    console.print(f"The text of the draw is {text}; to carry on after a stop, give it as --seed-from.", soft_wrap=True)
    return text


def _conclude(pack: Pack, found: Verification) -> None:
    """What was found, and the levels that follow from all that is kept."""
    from symprior.benchmark.verification.shown import conclusions

    for part in conclusions(pack, found):
        console.print(part, highlight=False, soft_wrap=True)
    if found.by is None:
        console.print("No level rests on it, as nobody vouches for it: --by says who does.", soft_wrap=True)
